//! Edits of JSON text in place: a value replaced, a member taken out or put in, all else byte for byte as it was.
//! Values are named by the slices that a borrowed parse gave of the same text.

use std::borrow::Cow;

use crate::wire::openai::Raw;

/// Edits of one text, gathered, then written in one pass.
#[derive(Debug)]
pub(super) struct Splice<'t> {
    text: &'t str,
    edits: Vec<Edit>,
}

#[derive(Debug)]
struct Edit {
    from: usize,
    to: usize,
    with: Cow<'static, str>,
    /// A member is taken out: one of the commas around it goes with it.
    comma: bool,
}

impl<'t> Splice<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, edits: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Puts `with` (JSON, or JSON and further members) in place of a value.
    pub(super) fn replace(&mut self, value: Raw<'_>, with: impl Into<Cow<'static, str>>) {
        let from = self.offset(value);
        self.edits.push(Edit { from, to: from + value.get().len(), with: with.into(), comma: false });
    }

    /// Takes out the member whose value this is.
    pub(super) fn remove(&mut self, value: Raw<'_>) {
        let at = self.offset(value);
        self.edits.push(Edit {
            from: self.key(at),
            to: at + value.get().len(),
            with: "".into(),
            comma: true,
        });
    }

    /// Puts members (`"a":1,`) before the member whose value this is.
    pub(super) fn insert_before(&mut self, value: Raw<'_>, members: impl Into<Cow<'static, str>>) {
        let at = self.key(self.offset(value));
        self.edits.push(Edit { from: at, to: at, with: members.into(), comma: false });
    }

    /// Puts members (`"a":1,`) at the head of the outermost object, which is not empty.
    pub(super) fn insert_first(&mut self, members: impl Into<Cow<'static, str>>) {
        let at = self.text.find('{').map_or(0, |brace| brace + 1);
        self.edits.push(Edit { from: at, to: at, with: members.into(), comma: false });
    }

    pub(super) fn write(mut self, out: &mut Vec<u8>) {
        self.edits.sort_by_key(|edit| edit.from);
        let text = self.text.as_bytes();
        let start = out.len();
        let mut at = 0;
        for edit in &self.edits {
            out.extend_from_slice(&text[at..edit.from.max(at)]);
            out.extend_from_slice(edit.with.as_bytes());
            at = edit.to.max(at);
            if edit.comma {
                let blank = text[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
                if text.get(at + blank) == Some(&b',') {
                    at += blank + 1;
                } else {
                    let end = out[start..].trim_ascii_end().len();
                    if out[start..][..end].ends_with(b",") {
                        out.truncate(start + end - 1);
                    }
                }
            }
        }
        out.extend_from_slice(&text[at..]);
    }

    /// Where a slice of the text begins in it.
    fn offset(&self, value: Raw<'_>) -> usize {
        let at = (value.get().as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        debug_assert!(at + value.get().len() <= self.text.len(), "the value is of another text");
        at.min(self.text.len())
    }

    /// Where the key of the member begins whose value begins at `value`. Keys that are edited have no escapes.
    fn key(&self, value: usize) -> usize {
        let before = self.text[..value].trim_end().strip_suffix(':').map_or("", str::trim_end);
        before.strip_suffix('"').and_then(|before| before.rfind('"')).unwrap_or(value)
    }
}
