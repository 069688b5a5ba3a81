//! The one-time link that makes the first owner, while nobody can sign in.

use maig_core::key::KeyKind;
use maig_core::secret::Secret;
use maig_store::{NewSetupToken, Store};

use crate::clock::Clock;
use crate::mint;

/// What the link is for, as the store keeps it.
pub const FIRST_USER: &str = "first_user";
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
