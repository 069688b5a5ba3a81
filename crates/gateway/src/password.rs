//! Passwords of the dashboard: argon2id, off the runtime's threads because a hash takes tens of milliseconds on purpose.
//! A password must never be logged, and a wrong one must take as long as a right one.

use anyhow::anyhow;
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use maig_core::secret::Secret;

/// In PHC text form.
pub async fn hash(password: &Secret) -> anyhow::Result<String> {
    let password = password.clone();
    let hash = tokio::task::spawn_blocking(move || {
        Argon2::default().hash_password(password.expose().as_bytes()).map(|hash| hash.to_string())
    });
    hash.await?.map_err(|e| anyhow!("cannot hash the password: {e}"))
}

/// Whether it is the password of `hash`. Without one the same work is done for nothing, so that nobody can tell by
/// time which addresses have a login.
pub async fn verify(password: &Secret, hash: Option<String>) -> bool {
    let password = password.clone();
    let checked = tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let Ok(hash) = argon2::PasswordHash::new(&hash) else { return false };
        Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok() && known
    });
    checked.await.unwrap_or(false)
}

/// A hash of no password anybody knows, of the same cost.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b2dWRWJTmaaVCTmZ9tHkOJM0xg";
