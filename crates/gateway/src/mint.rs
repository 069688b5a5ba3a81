//! New keys and tokens from the system's randomness. What is minted is shown once by the caller; the store gets the
//! digest and the hint.

use maig_core::key::{self, KeyKind};
use maig_core::secret::Secret;
use maig_store::NewDigest;

/// A key that exists nowhere else yet.
pub struct Minted {
    pub secret: Secret,
    /// As the store keeps it.
    pub digest: String,
    pub hint: String,
}

/// Fails only when the system has no randomness.
pub fn mint(kind: KeyKind) -> Result<Minted, getrandom::Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random)?;
    let secret = key::generate(kind, random);
    let (digest, hint) = (digest(secret.expose()), key::hint(secret.expose()));
    Ok(Minted { secret, digest, hint })
}

/// The stored form of a key: its digest in lower-case hex.
pub fn digest(key: &str) -> String {
    key::digest(key).iter().fold(String::with_capacity(64), |mut text, byte| {
        text.push(char::from(b"0123456789abcdef"[usize::from(byte >> 4)]));
        text.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
        text
    })
}

impl Minted {
    pub fn new_digest(&self) -> NewDigest {
        NewDigest { digest: self.digest.clone(), hint: self.hint.clone() }
    }
}
