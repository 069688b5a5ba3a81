//! One-time links: the one that makes the first owner, while nobody can sign in, and those of invited people.

use maig_core::key::KeyKind;
use maig_core::secret::Secret;
use maig_store::{NewSetupToken, Store, StoreError};

use crate::clock::Clock;
use crate::mint;
use crate::settings::Settings;

/// What the link is for, as the store keeps it.
pub const FIRST_USER: &str = "first_user";
/// A link that sets the first password of a person who was added to a project.
pub const INVITE: &str = "invite";
/// Somebody has to see a message and find the time.
const INVITE_US: i64 = 7 * LIFETIME_US;
/// A link that was printed into a log must not open the door a week later.
const LIFETIME_US: i64 = 24 * 3600 * 1_000_000;

/// A fresh token, which makes every older one useless; `None` once there is a user.
pub async fn first_link(store: &Store) -> anyhow::Result<Option<Secret>> {
    if store.users().any().await? {
        return Ok(None);
    }
    let minted = mint::mint(KeyKind::Once)?;
    let now = Clock::unix_micros();
    let token = NewSetupToken {
        digest: minted.digest,
        purpose: FIRST_USER.to_owned(),
        email: None,
        created_at: now,
        expires_at: now + LIFETIME_US,
    };
    store.setup_tokens().create(&token).await?;
    Ok(Some(minted.secret))
}

/// A fresh invitation of this address, which makes its older ones useless; and when it ends, in microseconds since 1970.
pub async fn invite(store: &Store, email: &str) -> Result<(Secret, i64), StoreError> {
    let minted = mint::mint(KeyKind::Once).map_err(|e| StoreError::Unavailable(e.to_string()))?;
    let now = Clock::unix_micros();
    let expires_at = now + INVITE_US;
    let token = NewSetupToken {
        digest: minted.digest,
        purpose: INVITE.to_owned(),
        email: Some(email.to_owned()),
        created_at: now,
        expires_at,
    };
    store.setup_tokens().create(&token).await?;
    Ok((minted.secret, expires_at))
}

/// The dashboard's page that takes the token.
pub fn link(settings: &Settings, token: &Secret) -> String {
    format!("{}/setup?token={}", settings.dashboard_url(), token.expose())
}
