//! What an app, a tool or a browser carries to prove who it is: `maig_live_` and 49 characters.
//!
//! After the prefix come 43 base62 characters (32 random bytes) and 6 base62 characters (CRC-32 of all before them), so
//! that a typo is told from an unknown key without a look-up. Only the digest is ever stored. Nothing here may log,
//! keep, or compare a key other than by its digest.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

use crate::secret::Secret;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 > 2^256 > 62^42.
const BODY: usize = 43;
/// 62^6 > 2^32 > 62^5.
const CHECK: usize = 6;

/// What a key is for; told by its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// A project key that reaches real providers.
    Live,
    /// A project key that is answered by the simulator.
    Test,
    /// A token of the admin API.
    Admin,
    /// A dashboard session, in a cookie.
    Session,
    /// A link that works once (the first user).
    Once,
}

impl KeyKind {
    pub const ALL: &[Self] = &[Self::Live, Self::Test, Self::Admin, Self::Session, Self::Once];

    pub fn prefix(self) -> &'static str {
        match self {
            Self::Live => "maig_live_",
            Self::Test => "maig_test_",
            Self::Admin => "maig_admin_",
            Self::Session => "maig_session_",
            Self::Once => "maig_once_",
        }
    }
}

/// Why a text is no key of ours. The messages are safe to show: they never repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("no key was given")]
    Empty,
    #[error("not a MAIG key: it does not begin with maig_live_ or maig_test_")]
    NotOurs,
    #[error("the key is incomplete or has characters that a key cannot have; copy it whole")]
    Malformed,
    #[error("the key has a typo: its checksum does not match")]
    Typo,
}

/// Makes a key of 32 random bytes; whoever owns randomness passes them.
pub fn generate(kind: KeyKind, mut random: [u8; 32]) -> Secret<String> {
    let prefix = kind.prefix();
    let mut text = String::with_capacity(prefix.len() + BODY + CHECK);
    text.push_str(prefix);
    push_base62(&mut text, &mut random, BODY);
    random.zeroize();
    let mut check = crc32fast::hash(text.as_bytes()).to_be_bytes();
    push_base62(&mut text, &mut check, CHECK);
    Secret::new(text)
}

/// Says what a text is, if it is whole and free of typos. Allocates nothing; whether the key is *known* is for the
/// caller to look up by [`digest`].
pub fn parse(text: &str) -> Result<KeyKind, KeyError> {
    if text.is_empty() {
        return Err(KeyError::Empty);
    }
    let kind =
        KeyKind::ALL.iter().copied().find(|k| text.starts_with(k.prefix())).ok_or(KeyError::NotOurs)?;
    let rest = &text.as_bytes()[kind.prefix().len()..];
    if rest.len() != BODY + CHECK || !rest.iter().all(u8::is_ascii_alphanumeric) {
        return Err(KeyError::Malformed);
    }
    let (signed, check) = text.as_bytes().split_at(text.len() - CHECK);
    let claimed = check.iter().fold(0u64, |n, c| n * 62 + u64::from(digit_value(*c)));
    if claimed == u64::from(crc32fast::hash(signed)) { Ok(kind) } else { Err(KeyError::Typo) }
}

/// The only form in which a key is stored or looked up. A fast hash is right here: 256 random bits cannot be guessed.
pub fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// What a person may see of a key to tell it from others: `maig_live_…abcd`. Empty for what is no key.
pub fn hint(text: &str) -> String {
    match parse(text) {
        Ok(kind) => format!("{}…{}", kind.prefix(), &text[text.len() - 4..]),
        Err(_) => String::new(),
    }
}

/// Appends `width` base62 digits of a big-endian number, and leaves the number at zero.
fn push_base62(text: &mut String, number: &mut [u8], width: usize) {
    let mut digits = [0u8; BODY];
    for place in digits[..width].iter_mut().rev() {
        let mut rest = 0u32;
        for byte in number.iter_mut() {
            let value = rest * 256 + u32::from(*byte);
            *byte = u8::try_from(value / 62).unwrap_or(0);
            rest = value % 62;
        }
        *place = DIGITS[rest as usize];
    }
    text.extend(digits[..width].iter().map(|d| char::from(*d)));
    digits.zeroize();
}

fn digit_value(c: u8) -> u8 {
    match c {
        b'0'..=b'9' => c - b'0',
        b'A'..=b'Z' => c - b'A' + 10,
        _ => c - b'a' + 36,
    }
}
