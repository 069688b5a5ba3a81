//! Secrets at rest: XChaCha20-Poly1305 under the master key, with the row's identity as associated data, so that a
//! ciphertext copied into another row does not open. Plaintext leaves this module only as [`Secret`].

pub(crate) mod canary;
pub mod key_file;
pub mod master_key;
mod rotate;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use maig_core::secret::Secret;
use zeroize::Zeroize;

pub use master_key::MasterKey;

use crate::error::{Result, StoreError};

/// The envelope: this byte, 4 bytes of the key's fingerprint, 24 of nonce, then ciphertext and tag; base64 of it all.
const FORMAT: u8 = 1;
const HEAD: usize = 1 + 4 + 24;

/// Where a sealed value lives. Moving it anywhere else breaks its seal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) id: &'a str,
    pub(crate) project: &'a str,
}

impl Place<'_> {
    fn associated_data(&self) -> Vec<u8> {
        format!("{}|{}|{}|{}", self.table, self.column, self.id, self.project).into_bytes()
    }
}

pub(crate) fn seal(key: &MasterKey, place: Place<'_>, plain: &str) -> Result<String> {
    let mut nonce = [0; 24];
    getrandom::fill(&mut nonce).map_err(|e| StoreError::Unavailable(format!("no randomness: {e}")))?;
    let aad = place.associated_data();
    let sealed = cipher(key)
        .encrypt(&XNonce::from(nonce), Payload { msg: plain.as_bytes(), aad: &aad })
        .map_err(|_| StoreError::Invalid("the secret is too long to be sealed".into()))?;
    let mut envelope = Vec::with_capacity(HEAD + sealed.len());
    envelope.push(FORMAT);
    envelope.extend_from_slice(&key.fingerprint());
    envelope.extend_from_slice(&nonce);
    envelope.extend_from_slice(&sealed);
    Ok(STANDARD.encode(envelope))
}

/// `WrongMasterKey` when another key sealed it, `SealBroken` when it was moved or changed.
pub(crate) fn open(key: &MasterKey, place: Place<'_>, sealed: &str) -> Result<Secret> {
    let broken = || StoreError::SealBroken { what: format!("{} {}", place.table, place.id) };
    let envelope = STANDARD.decode(sealed).map_err(|_| broken())?;
    let (head, body) = envelope.split_at_checked(HEAD).ok_or_else(broken)?;
    if head[0] != FORMAT {
        return Err(broken());
    }
    if head[1..5] != key.fingerprint() {
        return Err(StoreError::WrongMasterKey);
    }
    let nonce: [u8; 24] = head[5..].try_into().map_err(|_| broken())?;
    let aad = place.associated_data();
    let plain =
        cipher(key).decrypt(&XNonce::from(nonce), Payload { msg: body, aad: &aad }).map_err(|_| broken())?;
    match String::from_utf8(plain) {
        Ok(text) => Ok(Secret::new(text)),
        Err(e) => {
            e.into_bytes().zeroize();
            Err(broken())
        }
    }
}

fn cipher(key: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place<'a>(id: &'a str, project: &'a str, column: &'static str) -> Place<'a> {
        Place { table: "provider_keys", column, id, project }
    }

    #[test]
    fn a_secret_opens_only_where_it_was_sealed() {
        let key = MasterKey::generate().unwrap();
        let home = place("1", "shop", "secret");
        let sealed = seal(&key, home, "sk-1").unwrap();
        assert_eq!(open(&key, home, &sealed).unwrap().expose(), "sk-1");
        for away in
            [place("2", "shop", "secret"), place("1", "blog", "secret"), place("1", "shop", "headers")]
        {
            assert!(matches!(open(&key, away, &sealed), Err(StoreError::SealBroken { .. })), "{away:?}");
        }
    }

    #[test]
    fn two_sealings_of_one_secret_differ() {
        let key = MasterKey::generate().unwrap();
        let home = place("1", "shop", "secret");
        assert_ne!(seal(&key, home, "sk-1").unwrap(), seal(&key, home, "sk-1").unwrap());
    }

    #[test]
    fn another_key_is_told_from_a_broken_seal() {
        let key = MasterKey::generate().unwrap();
        let home = place("1", "shop", "secret");
        let sealed = seal(&key, home, "sk-1").unwrap();
        let other = MasterKey::generate().unwrap();
        assert!(matches!(open(&other, home, &sealed), Err(StoreError::WrongMasterKey)));
        let mut bytes = STANDARD.decode(&sealed).unwrap();
        for at in [HEAD, bytes.len() - 1, 5] {
            bytes[at] ^= 1;
            let bent = STANDARD.encode(&bytes);
            assert!(matches!(open(&key, home, &bent), Err(StoreError::SealBroken { .. })), "byte {at}");
            bytes[at] ^= 1;
        }
        for bad in ["", "AQ==", "not base64"] {
            assert!(matches!(open(&key, home, bad), Err(StoreError::SealBroken { .. })), "{bad:?}");
        }
    }
}
