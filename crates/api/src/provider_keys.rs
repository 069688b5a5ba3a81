//! Credentials for upstream accounts. A secret goes in and never comes out.

use std::collections::BTreeMap;

use maig_core::provider::Provider;
use serde::{Deserialize, Serialize};

use crate::Health;
use crate::patch::present;

/// An upstream account, without its secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderKey {
    pub id: String,
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "openai"))]
    pub provider: Provider,
    pub enabled: bool,
    /// Whether a secret is stored.
    pub has_secret: bool,
    /// The secret's last four characters, to tell two keys apart; null for short ones.
    pub secret_hint: Option<String>,
    pub base_url: Option<String>,
    pub region: Option<String>,
    pub api_version: Option<String>,
    pub project_id: Option<String>,
    /// Names of the extra headers; their values are as secret as the key.
    pub header_names: Vec<String>,
    /// What the provider said when it last refused the key.
    pub last_error: Option<String>,
    pub last_error_at: Option<String>,
    /// Routes that would lose a target without it, by name.
    pub used_by: Vec<String>,
    /// The breakers of its models that were asked since the gateway's start.
    pub health: Vec<Health>,
    pub created_at: String,
    pub updated_at: String,
    /// For `If-Match`; also the ETag.
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateProviderKey {
    pub name: String,
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "openai"))]
    pub provider: Provider,
    /// The secret; needed by every provider that is not one's own server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// Absent fields stay as they are; null clears.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PatchProviderKey {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub base_url: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub region: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub api_version: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub project_id: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
}

/// A new secret for the same account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RotateProviderKey {
    pub api_key: String,
    /// Take it although the provider does not answer to it. Without: the new secret is checked first, and one that
    /// fails is refused with 422 `check_failed`, while the old one serves on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub force: bool,
}

/// Whether the account answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckResult {
    pub ok: bool,
    /// What was seen, in words.
    pub message: String,
    /// The provider's HTTP status, if it came to one.
    pub status: Option<u16>,
    pub ms: u64,
    /// How many models the account lists, where the provider says so.
    pub models: Option<u32>,
}
