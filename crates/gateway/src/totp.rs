//! Codes of an authenticator app: RFC 6238 with SHA-1, 30 seconds and six digits, which is what every such app does.
//! ring's HMAC, which is here for TLS anyway, and twenty lines do it; a crate for it would bring its own HMAC and QR.
//! It must never read a clock, and must compare codes in constant time.

use maig_core::secret::Secret;
use ring::hmac;
use subtle::ConstantTimeEq as _;

/// Seconds that a code lasts.
pub const STEP_S: u64 = 30;
/// Steps before and after now whose codes are taken: clocks of phones are off.
const SLACK: i64 = 1;
/// RFC 4226 asks for as many bytes as the hash has.
const SECRET_BYTES: usize = 20;
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A fresh secret in base32, as authenticators take it. Fails only when the system has no randomness.
pub fn secret() -> Result<Secret, getrandom::Error> {
    random::<SECRET_BYTES>()
}

/// A recovery code: 80 random bits, in groups that can be written down.
pub fn recovery_code() -> Result<Secret, getrandom::Error> {
    let plain = random::<10>()?;
    let groups: Vec<&str> = (0..4).filter_map(|n| plain.expose().get(4 * n..4 * n + 4)).collect();
    Ok(Secret::new(groups.join("-")))
}

/// What is stored and looked up of a recovery code, however it was typed.
pub fn recovery_digest(typed: &str) -> String {
    let plain: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    crate::mint::digest(&format!("recovery:{}", plain.to_ascii_uppercase()))
}

/// The time step whose code `typed` is at `unix` seconds; `None`: the code of none.
pub fn step_of(secret: &Secret, typed: &str, unix: u64) -> Option<i64> {
    let typed: Vec<u8> = typed.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &base32_bytes(secret.expose())?);
    let now = i64::try_from(unix / STEP_S).ok()?;
    let right = |step: &i64| bool::from(code(&key, *step).as_bytes().ct_eq(&typed));
    (now - SLACK..=now + SLACK).rev().find(right)
}

fn code(key: &hmac::Key, step: i64) -> String {
    let tag = hmac::sign(key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let at = usize::from(tag[tag.len() - 1] & 15);
    let number = u32::from_be_bytes([tag[at] & 0x7f, tag[at + 1], tag[at + 2], tag[at + 3]]);
    format!("{:06}", number % 1_000_000)
}

fn random<const N: usize>() -> Result<Secret, getrandom::Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)?;
    Ok(Secret::new(base32(&bytes)))
}

/// Without padding; `N` bytes that are a multiple of five need none.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut held, mut bits) = (0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(ALPHABET[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    text
}

fn base32_bytes(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|known| *known == letter)?;
        held = held << 5 | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 255).ok()?);
        }
        held &= (1 << bits) - 1;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, whose eight digits end in the six that are used here.
        let secret = Secret::new(base32(b"12345678901234567890"));
        for (unix, digits) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let step = i64::try_from(unix / STEP_S).unwrap();
            assert_eq!(step_of(&secret, digits, unix), Some(step), "{unix}");
            assert_eq!(step_of(&secret, &format!("{} {}", &digits[..3], &digits[3..]), unix), Some(step));
            assert_eq!(step_of(&secret, digits, unix + STEP_S), Some(step), "one step late");
            assert_eq!(step_of(&secret, digits, unix - STEP_S), Some(step), "one step early");
            assert_eq!(step_of(&secret, digits, unix + 2 * STEP_S + 1), None, "two steps late");
        }
        for wrong in ["", "287083", "0287082", "28708", "abcdef"] {
            assert_eq!(step_of(&secret, wrong, 59), None, "{wrong}");
        }
    }

    #[test]
    fn base32_survives_the_way_there_and_back() {
        for (bytes, text) in [(&b"fooba"[..], "MZXW6YTB"), (b"", "")] {
            assert_eq!(base32(bytes), text);
            assert_eq!(base32_bytes(text).as_deref(), Some(bytes));
        }
        let fresh = secret().unwrap();
        assert_eq!((fresh.expose().len(), base32_bytes(fresh.expose()).unwrap().len()), (32, 20));
    }

    #[test]
    fn a_recovery_code_is_known_however_it_is_typed() {
        let code = recovery_code().unwrap();
        assert_eq!(code.expose().len(), 19, "{}", code.expose());
        let sloppy = format!(" {}", code.expose().to_lowercase().replace('-', " "));
        assert_eq!(recovery_digest(&sloppy), recovery_digest(code.expose()));
    }
}
