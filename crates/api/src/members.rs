//! People in a project.

use serde::{Deserialize, Serialize};

/// What a person may do in a project, from most to least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Sees everything, changes nothing.
    Viewer,
    /// Changes routes.
    Editor,
    /// Changes keys, limits and people below owner.
    Admin,
    /// Everything, owners and the project's end included.
    Owner,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Admin, Self::Owner];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

/// A person's place in a project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub user_id: String,
    pub email: String,
    pub role: Role,
    /// Has a password; one who was invited and has not come yet has none.
    pub joined: bool,
    /// Signs in with a code besides the password.
    pub second_factor: bool,
    /// The last request of a browser that is signed in; null without one.
    pub last_seen_at: Option<String>,
}

/// A member as added, with a link for a person who has no login yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddedMember {
    #[serde(flatten)]
    pub member: Member,
    pub invite: Option<Invite>,
}

/// A link that sets a first password, once. No mail is sent: whoever invites hands it on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invite {
    /// Shown now and never again.
    pub token: String,
    /// The dashboard's page with the token in it, at the address where the gateway says that it is.
    pub url: String,
    pub expires_at: String,
}

/// Adds a person to a project. An address that nobody has a login for becomes an invited person, whose link is in the
/// answer; with a password the login is made at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddMember {
    pub email: String,
    pub role: Role,
    /// The first password of a person without a login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetRole {
    pub role: Role,
}
