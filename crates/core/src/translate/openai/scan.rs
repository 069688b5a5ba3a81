//! Finds where the members of a JSON object begin and end, at the speed at which memory is searched: a prompt or an answer
//! is one long string most of the time. It takes only what is JSON beyond doubt and gives up on everything else, which a
//! parser then judges and names the fault of.

use std::ops::Range;

/// Deeper nesting is left to the parser, which has a bound of its own.
const DEEPEST: u32 = 64;
/// Names and words are shorter: looking at so many bytes costs less than to begin a search of memory.
const NEAR: usize = 64;

/// What a string holds.
struct Text {
    /// Where, without the quotes.
    at: Range<usize>,
    /// It does not stand for itself.
    escaped: bool,
}

/// A text that is walked through. What gives `None` gives up: a parser must look again.
pub(super) struct Scan<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
}

impl<'t> Scan<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut scan = Self { text, bytes: text.as_bytes(), at: 0 };
        scan.blank();
        scan
    }

    /// The members of an object; `member` reads a value, given its name. A name with escapes is left to a parser.
    pub(super) fn members(&mut self, mut member: impl FnMut(&mut Self, &'t str) -> Option<()>) -> Option<()> {
        self.object(|scan, name| match name {
            Text { at, escaped: false } => member(scan, scan.text.get(at)?),
            Text { .. } => None,
        })
    }

    /// The next value as it stands there.
    pub(super) fn raw(&mut self) -> Option<&'t str> {
        let from = self.at;
        self.value(DEEPEST)?;
        self.text.get(from..self.at)
    }

    /// A value that says nothing is next.
    pub(super) fn is_null(&self) -> bool {
        self.peek() == Some(b'n')
    }

    /// Nothing but blanks is left.
    pub(super) fn is_over(&mut self) -> Option<()> {
        self.blank();
        (self.at == self.bytes.len()).then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there.then_some(())
    }

    fn blank(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u32) -> Option<()> {
        let deeper = depth.checked_sub(1)?;
        match self.peek()? {
            b'"' => self.string().map(drop),
            b'{' => self.object(|scan, _| scan.value(deeper)),
            b'[' => self.list(|scan| scan.value(deeper)),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            _ => self.number(),
        }
    }

    /// `member` reads a value, given its name.
    fn object(&mut self, mut member: impl FnMut(&mut Self, Text) -> Option<()>) -> Option<()> {
        self.take(b'{')?;
        self.blank();
        if self.take(b'}').is_some() {
            return Some(());
        }
        loop {
            let key = self.string()?;
            self.blank();
            self.take(b':')?;
            self.blank();
            member(self, key)?;
            self.blank();
            if self.take(b',').is_none() {
                return self.take(b'}');
            }
            self.blank();
        }
    }

    /// The values of a list; `value` reads one.
    pub(super) fn list(&mut self, mut value: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(b'[')?;
        self.blank();
        if self.take(b']').is_some() {
            return Some(());
        }
        loop {
            value(self)?;
            self.blank();
            if self.take(b',').is_none() {
                return self.take(b']');
            }
            self.blank();
        }
    }

    fn string(&mut self) -> Option<Text> {
        self.take(b'"')?;
        let from = self.at;
        let mut escaped = false;
        loop {
            self.at += plain(self.bytes.get(self.at..)?)?;
            if self.bytes[self.at] == b'"' {
                break;
            }
            escaped = true;
            self.at += match self.bytes.get(self.at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                b'u' if self.bytes.get(self.at + 2..self.at + 6)?.iter().all(u8::is_ascii_hexdigit) => 6,
                _ => return None,
            };
        }
        let text = Text { at: from..self.at, escaped };
        self.at += 1;
        Some(text)
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let there = self.bytes[self.at..].starts_with(word);
        self.at += word.len();
        there.then_some(())
    }

    /// Whole numbers and decimal fractions; what else there is of numbers, the parser may judge.
    fn number(&mut self) -> Option<()> {
        let _ = self.take(b'-');
        let zero = self.peek() == Some(b'0');
        let whole = self.digits()?;
        if zero && whole > 1 {
            return None;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        (!matches!(self.peek(), Some(b'e' | b'E'))).then_some(())
    }

    /// How many; none is no number.
    fn digits(&mut self) -> Option<usize> {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Some(self.at - from).filter(|count| *count > 0)
    }
}

/// How many bytes stand before the next quote or backslash, none of them a control character.
fn plain(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
        match first_end(*eight) {
            None if at < NEAR => at += eight.len(),
            None => return far(bytes, at),
            Some(end) => return (bytes[at + end] >= b' ').then_some(at + end),
        }
    }
    far(bytes, at)
}

/// Which of eight bytes is the first quote, backslash or control character. What a subtraction borrows from the byte
/// above can only mark bytes above the first.
fn first_end(bytes: [u8; 8]) -> Option<usize> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x80 * EACH;
    let bytes = u64::from_le_bytes(bytes);
    let below = |bytes: u64, bound: u8| bytes.wrapping_sub(u64::from(bound) * EACH) & !bytes;
    let is = |byte: u8| below(bytes ^ (u64::from(byte) * EACH), 1);
    let ends = (is(b'"') | is(b'\\') | below(bytes, b' ')) & HIGH;
    (ends != 0).then_some(ends.trailing_zeros() as usize / 8)
}

/// As `plain`, for what is not near; `from`: where it has not been looked yet.
fn far(bytes: &[u8], from: usize) -> Option<usize> {
    let bytes = bytes.get(from..)?;
    let end = memchr::memchr2(b'"', b'\\', bytes)?;
    // Without a way out of the loop it is done for many bytes at once.
    let control = bytes[..end].iter().fold(false, |control, byte| control | (*byte < b' '));
    (!control).then_some(from + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_text_is_found_wherever_it_lies() {
        for length in 0..200 {
            for end in [b'"', b'\\', b'\n', 0, 0x1f] {
                for filler in [b' ', b'a', b'!', b'#', b'[', b']', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
                    let mut text = vec![filler; length];
                    text.push(end);
                    text.extend([filler, b'"', end, b'\\', 1]);
                    let expected = (end >= b' ').then_some(length);
                    assert_eq!(plain(&text), expected, "{length} × {filler}, then {end}");
                }
            }
        }
        assert_eq!(plain(b"no end"), None);
        assert_eq!(plain(&[b'x'; 100]), None);
    }
}
