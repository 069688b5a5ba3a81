//! The names of streams and of their events. A stream's name is random, because every copy of an app carries the same
//! project key: knowing the key must not be enough to read somebody else's answer.

use std::fmt;

/// A stream, as `x-maig-stream-id` names it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct StreamId(u128);

impl StreamId {
    /// `None`: the system has no random bytes.
    pub(super) fn random() -> Option<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).ok()?;
        Some(Self(u128::from_be_bytes(bytes)))
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let hexadecimal = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        hexadecimal.then(|| u128::from_str_radix(text, 16).ok().map(Self))?
    }

    /// The number in `STREAM:N`, if it is this stream's.
    pub(super) fn number_in(self, event: &str) -> Option<u64> {
        let (stream, number) = event.split_once(':')?;
        let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        (Self::parse(stream)? == self && digits).then(|| number.parse().ok())?
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_as_it_is_written_and_nothing_else_is_one() {
        let id = StreamId(0xab);
        let text = id.to_string();
        assert_eq!(text, "000000000000000000000000000000ab");
        assert!(StreamId::parse(&text) == Some(id));
        for wrong in ["", "ab", "+00000000000000000000000000000ab", "zz0000000000000000000000000000ab"] {
            assert!(StreamId::parse(wrong).is_none(), "{wrong}");
        }
        assert!(StreamId::random() != StreamId::random());
    }

    #[test]
    fn an_event_is_named_by_its_stream_and_a_number() {
        let id = StreamId(0xab);
        let check = |event: &str, expect| assert_eq!(id.number_in(event), expect, "{event}");
        check(&format!("{id}:0"), Some(0));
        check(&format!("{id}:17"), Some(17));
        check(&format!("{}:17", StreamId(0xac)), None);
        for wrong in ["", ":", "17", ":17"] {
            check(wrong, None);
        }
        for wrong in ["", "x", "-1", "+1", " 1", "1:2", "99999999999999999999"] {
            check(&format!("{id}:{wrong}"), None);
        }
    }
}
