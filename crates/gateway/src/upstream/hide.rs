//! Takes an account's own secrets out of what its provider said. The scrubbing in `maig-core` knows what keys look like;
//! a key that looks like a word, and an operator's own header, are known only here.

use http::HeaderValue;
use maig_core::failure::Failure;

use super::account::{Account, Credential};

/// A shorter piece is in too many words to be told from them.
const SHORTEST: usize = 6;

impl Account {
    /// Makes a failure fit to be shown and stored: none of its texts holds a credential that the account sends.
    pub fn hide_in(&self, failure: &mut Failure) {
        let error = &mut failure.error;
        let fields = [&mut error.kind, &mut error.param, &mut error.code];
        let texts = fields.into_iter().filter_map(Option::as_mut).chain([&mut error.message]);
        let signed_in = match &self.credential {
            Credential::ServiceAccount(service) => service.held(),
            _ => None,
        };
        let sent = match &self.credential {
            Credential::Header(_, value) => Some(value),
            _ => None,
        };
        let secrets: Vec<&str> =
            sent.into_iter().chain(&signed_in).chain(self.headers.values()).filter_map(secret_of).collect();
        for text in texts {
            for secret in &secrets {
                hide(text, secret);
            }
        }
    }
}

fn secret_of(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?;
    Some(text.strip_prefix("Bearer ").unwrap_or(text))
}

/// Also what is left of the secret where a part of it was already taken for a key or a link.
fn hide(text: &mut String, secret: &str) {
    let pieces = secret.split(|c: char| !c.is_ascii_alphanumeric() && !"_-.+~".contains(c));
    for piece in std::iter::once(secret).chain(pieces).filter(|piece| piece.len() >= SHORTEST) {
        if text.contains(piece) {
            *text = text.replace(piece, "[key]");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_whole_or_in_pieces() {
        let check = |text: &str, secret: &str, expect: &str| {
            let mut text = text.to_owned();
            hide(&mut text, secret);
            assert_eq!(text, expect);
        };
        check("your horse-battery is bad", "horse-battery", "your [key] is bad");
        check("your horse/battery: bad", "horse/battery", "your [key]: bad");
        check("api key: [key]/battery.", "horse/battery", "api key: [key]/[key].");
        check("a b c", "a", "a b c");
    }
}
