//! The 32 bytes under which every secret is sealed. Never logged, never stored in the database; wiped when dropped.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maig_core::secret::Secret;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use crate::error::{Result, StoreError};

pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// A new one from the operating system's randomness.
    pub fn generate() -> Result<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(bytes.as_mut_slice())
            .map_err(|e| StoreError::BadMasterKey(format!("no randomness: {e}")))?;
        Ok(Self(bytes))
    }

    /// From 32 bytes in base64, as `MAIG_MASTER_KEY` and the key file hold them. White space around it is no matter.
    pub fn from_base64(text: &str) -> Result<Self> {
        let mut decoded = STANDARD
            .decode(text.trim())
            .map_err(|_| StoreError::BadMasterKey("it must be 32 bytes in base64 (44 characters)".into()))?;
        let bytes = <[u8; 32]>::try_from(decoded.as_slice()).map(Zeroizing::new).map_err(|_| {
            StoreError::BadMasterKey(format!("it must be 32 bytes in base64, and is {}", decoded.len()))
        });
        decoded.zeroize();
        Ok(Self(bytes?))
    }

    pub fn to_base64(&self) -> Secret {
        Secret::new(STANDARD.encode(self.0.as_slice()))
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Tells keys apart without telling the key: the first bytes of a digest with a purpose of its own.
    pub(crate) fn fingerprint(&self) -> [u8; 4] {
        let digest =
            Sha256::new().chain_update(b"maig master key fingerprint\0").chain_update(self.0.as_slice());
        let digest = digest.finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_text_and_a_bad_text_is_refused() {
        let key = MasterKey::generate().unwrap();
        let again = MasterKey::from_base64(&format!(" {}\n", key.to_base64().expose())).unwrap();
        assert_eq!(key.bytes(), again.bytes());
        for bad in ["", "abc", "AAAA", &"A".repeat(44), "%%%"] {
            assert!(matches!(MasterKey::from_base64(bad), Err(StoreError::BadMasterKey(_))), "{bad:?}");
        }
    }
}
