//! Signing in, and who one is then.

use serde::{Deserialize, Serialize};

use crate::Role;

/// Credentials of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub email: String,
    pub password: String,
    /// The second factor: six digits of the authenticator, or a recovery code. Without it a person who has one is
    /// answered 401 `second_factor_required`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// What a one-time link is worth, before anything is typed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckSetupLink {
    pub token: String,
}

/// A one-time link that still works.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupLink {
    pub purpose: SetupPurpose,
    /// Whom an invitation is for; the first owner chooses.
    pub email: Option<String>,
    pub expires_at: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SetupPurpose {
    /// Makes the first owner.
    FirstUser,
    /// Sets the first password of a person who was invited.
    Invite,
}

/// Uses a one-time link up: the first owner with the one that `maig serve` prints, an invited person with theirs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetupRequest {
    pub token: String,
    /// The first owner's address. An invitation has its own, and refuses another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// At least 10 characters.
    pub password: String,
    /// The first project's name; `default` without. An invitation takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// Whether the gateway still waits for its first owner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetupNeeded {
    pub needed: bool,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    pub user: User,
    /// Goes back in `x-csrf-token` with every write. Null for an admin token, which needs none.
    pub csrf_token: Option<String>,
    /// Null for an admin token that does not expire.
    pub expires_at: Option<String>,
    pub projects: Vec<Membership>,
    /// Where apps reach the gateway, if that is not where this API is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apps_url: Option<String>,
}

/// A person, or an admin token in a person's place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct User {
    pub id: String,
    pub email: String,
    /// May make projects and see all of them.
    pub instance_admin: bool,
    /// Signs in with a code besides the password.
    pub second_factor: bool,
}

/// A project that one belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Membership {
    pub project_id: String,
    pub project: String,
    pub role: Role,
}

/// A new password for oneself; other sessions end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    pub current_password: String,
    /// At least 10 characters.
    pub new_password: String,
}

/// One signed-in browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    pub id: String,
    /// `Firefox on Linux`; null for a program that did not say.
    pub device: Option<String>,
    pub ip: Option<String>,
    pub created_at: String,
    /// To a few minutes.
    pub last_used_at: String,
    pub expires_at: String,
    /// The one that asks.
    pub current: bool,
}
