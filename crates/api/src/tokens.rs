//! Tokens for programs that use this API.

use serde::{Deserialize, Serialize};

use crate::Role;

/// A token, without the token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminToken {
    pub id: String,
    pub name: String,
    /// `maig_admin_…abcd`, to tell two tokens apart.
    pub hint: String,
    pub role: Role,
    /// Null: every project.
    pub project_id: Option<String>,
    pub expires_at: Option<String>,
    pub created_at: String,
    pub last_used_at: Option<String>,
    pub revoked_at: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateAdminToken {
    pub name: String,
    pub role: Role,
    /// A project by name or id; every project without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
}

/// The one answer that holds a token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedAdminToken {
    /// Shown now and never again.
    pub token: String,
    #[serde(flatten)]
    pub about: AdminToken,
}
