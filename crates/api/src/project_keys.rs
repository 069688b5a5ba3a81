//! What apps carry. The key itself is shown once, when it is made.

use serde::{Deserialize, Serialize};

use crate::patch::present;

/// A project key, without the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProjectKey {
    pub id: String,
    pub name: String,
    /// `maig_live_abcd…`, to tell two keys apart.
    pub hint: String,
    /// A test key never reaches a real provider.
    pub test: bool,
    /// Names it may call; empty for everything in the project.
    pub routes: Vec<String>,
    /// Refuses bare models and inline failover.
    pub routes_only: bool,
    pub platforms: Vec<String>,
    pub bundle_ids: Vec<String>,
    /// `600/min`.
    pub rate: Option<String>,
    pub monthly_requests: Option<u64>,
    /// What counts against `monthly_requests` in this month, UTC; null without such a limit.
    pub used_this_month: Option<u64>,
    /// `60/hour` for each end user.
    pub per_user: Option<String>,
    /// After a roll: until when the key before this one works on.
    pub previous_until: Option<String>,
    /// Made for the playground: true in the answer that makes it alone, since it is in no list.
    pub playground: bool,
    /// Who made it.
    pub created_by: String,
    pub expires_at: Option<String>,
    pub revoked_at: Option<String>,
    pub last_used_at: Option<String>,
    pub created_at: String,
    /// For `If-Match`; also the ETag.
    pub version: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateProjectKey {
    pub name: String,
    #[serde(default)]
    pub test: bool,
    #[serde(default)]
    pub routes: Vec<String>,
    #[serde(default)]
    pub routes_only: bool,
    #[serde(default)]
    pub platforms: Vec<String>,
    #[serde(default)]
    pub bundle_ids: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_requests: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// The one answer that holds a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedProjectKey {
    /// Shown now and never again.
    pub key: String,
    #[serde(flatten)]
    pub about: ProjectKey,
}

/// Absent fields stay as they are; null clears.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PatchProjectKey {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routes: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routes_only: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platforms: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bundle_ids: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub rate: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u64>))]
    pub monthly_requests: Option<Option<u64>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub per_user: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub expires_at: Option<Option<String>>,
}

/// A new key in place of an old one, which goes on working for the grace time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RollProjectKey {
    /// Seconds; 0 ends the old key at once. A week without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_s: Option<u64>,
}
