//! Finds where the members of a JSON object begin and end, at the speed at which memory is searched: a prompt or an answer
//! is one long string most of the time. It takes only what is JSON beyond doubt and gives up on everything else, which a
//! parser then judges and names the fault of.

use std::ops::Range;

/// Deeper nesting is left to the parser, which has a bound of its own.
const DEEPEST: u32 = 64;

/// Gives each member of the object that a text is, name and value, and ends early if it is not taken. `None`: look again,
/// with a parser. A name that is written with escapes is left to it too.
pub(super) fn object<'t>(
    text: &'t str,
    mut member: impl FnMut(&'t str, &'t str) -> Option<()>,
) -> Option<()> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    scan.blank();
    scan.object(|scan, key| {
        let from = scan.at;
        scan.value(DEEPEST)?;
        member(text.get(key).filter(|key| !key.contains('\\'))?, text.get(from..scan.at)?)
    })?;
    scan.is_over()
}

/// Gives each value of the list that a text is.
pub(super) fn list<'t>(text: &'t str, mut value: impl FnMut(&'t str) -> Option<()>) -> Option<()> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    scan.blank();
    scan.list(|scan| {
        let from = scan.at;
        scan.value(DEEPEST)?;
        value(text.get(from..scan.at)?)
    })?;
    scan.is_over()
}

struct Scan<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl Scan<'_> {
    /// Nothing but blanks is left.
    fn is_over(&mut self) -> Option<()> {
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

    /// `member` reads a value, given its name's place.
    fn object(&mut self, mut member: impl FnMut(&mut Self, Range<usize>) -> Option<()>) -> Option<()> {
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

    fn list(&mut self, mut value: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
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

    /// Where its text lies, without the quotes.
    fn string(&mut self) -> Option<Range<usize>> {
        self.take(b'"')?;
        let from = self.at;
        loop {
            self.at += memchr::memchr2(b'"', b'\\', self.bytes.get(self.at..)?)?;
            if self.bytes[self.at] == b'"' {
                break;
            }
            self.at += match self.bytes.get(self.at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => 2,
                b'u' if self.bytes.get(self.at + 2..self.at + 6)?.iter().all(u8::is_ascii_hexdigit) => 6,
                _ => return None,
            };
        }
        let text = from..self.at;
        self.at += 1;
        // Without a way out of the loop it is done for many bytes at once.
        let control = self.bytes[text.clone()].iter().fold(false, |control, byte| control | (*byte < b' '));
        (!control).then_some(text)
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
