//! Questions to a raw JSON value that need no unpacking. They are asked of every frame, so they must not allocate
//! where the answer is usual.

use std::borrow::Cow;

use serde::Deserialize;

use crate::wire::openai::Raw;

/// The string that a value is; borrowed unless it is escaped.
pub(super) fn string(value: Option<Raw<'_>>) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    let raw = value?.get();
    let inside = raw.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inside.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inside));
    }
    serde_json::from_str::<Text<'_>>(raw).ok().map(|text| text.0)
}

/// As `string`, with absent and empty alike.
pub(super) fn word(value: Option<Raw<'_>>) -> Cow<'_, str> {
    string(value).unwrap_or_default()
}

/// Characters of a string value, near enough for an estimate: escapes count as what they stand for.
pub(super) fn chars(value: Option<Raw<'_>>) -> usize {
    let inside = value.and_then(|value| value.get().strip_prefix('"')?.strip_suffix('"'));
    inside.map_or(0, chars_of)
}

/// As `chars`, of what stands in the quotes.
pub(super) fn chars_of(inside: &str) -> usize {
    let starts = inside.bytes().filter(|byte| byte & 0xC0 != 0x80).count();
    let escapes = memchr::memchr_iter(b'\\', inside.as_bytes()).count();
    starts.saturating_sub(escapes)
}

/// Something other than `""`, `[]` and `{}`.
pub(super) fn is_filled(value: Option<Raw<'_>>) -> bool {
    value.is_some_and(|value| !matches!(value.get(), "\"\"" | "[]" | "{}" | "false" | "null"))
}

/// A list of parts in the place of text, as Mistral's reasoning models give it: `(reasoning, text)`.
pub(super) fn parts(list: Raw<'_>) -> (String, String) {
    #[derive(Deserialize)]
    struct Part {
        text: Option<String>,
        thinking: Option<Thinking>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Thinking {
        Text(String),
        Parts(Vec<Part>),
    }
    let parts: Vec<Part> = serde_json::from_str(list.get()).unwrap_or_default();
    let (mut reasoning, mut text) = (String::new(), String::new());
    for part in parts {
        text.push_str(&part.text.unwrap_or_default());
        match part.thinking {
            None => {}
            Some(Thinking::Text(thought)) => reasoning.push_str(&thought),
            Some(Thinking::Parts(parts)) => {
                parts
                    .into_iter()
                    .filter_map(|part| part.text)
                    .for_each(|thought| reasoning.push_str(&thought));
            }
        }
    }
    (reasoning, text)
}
