//! The frames of a stream differ in their text and in little else. A template is the last frame of content without its
//! text: a frame that fits it needs no parse. It must fit no frame that a parse would treat otherwise.

use super::peek;
use crate::wire::openai::{Chunk, Raw};

/// OpenAI pads each frame to a random length, under this name.
const PADDING: &str = "\"obfuscation\":\"";

/// What stands around the text of a frame, quotes included.
#[derive(Debug)]
pub(super) struct Template {
    before: String,
    after: String,
    /// Behind the padding, where there is some.
    end: Option<String>,
}

impl Template {
    /// The template of a frame that was given to the caller as it came. `None`: it has more in it than one piece of text
    /// of one choice.
    pub(super) fn of(chunk: &Chunk<'_>, frame: &str) -> Option<Self> {
        let [choice] = chunk.choices.as_deref()? else { return None };
        let delta = choice.delta.as_ref()?;
        let more = [delta.role, delta.tool_calls, delta.function_call, chunk.usage, chunk.x_groq];
        if more.iter().any(Option::is_some) || choice.finish_reason.is_some() || frame.contains('\n') {
            return None;
        }
        let texts = [delta.content, delta.refusal, delta.reasoning_content.or(delta.reasoning)];
        let mut texts = texts.into_iter().flatten().filter(|text| peek::chars(Some(*text)) > 0);
        let (Some(text), None) = (texts.next(), texts.next()) else { return None };
        let (before, after) = around(frame, text)?;
        let (after, end) = match after.find(PADDING) {
            None => (after, None),
            Some(at) => {
                let (after, padding) = after.split_at(at + PADDING.len());
                (after, Some(padding.get(end_of_string(padding.as_bytes())?..)?))
            }
        };
        Some(Self { before: before.into(), after: after.into(), end: end.map(Into::into) })
    }

    /// The text of a frame that fits, as it stands in its quotes; never empty.
    pub(super) fn text_of<'f>(&self, frame: &'f [u8]) -> Option<&'f str> {
        let rest = frame.strip_prefix(self.before.as_bytes())?;
        let (text, rest) = rest.split_at_checked(end_of_string(rest)?)?;
        let rest = rest.strip_prefix(self.after.as_bytes())?;
        let fits = match &self.end {
            None => rest.is_empty(),
            Some(end) => rest.get(end_of_string(rest)?..) == Some(end.as_bytes()),
        };
        // All else is what a frame before had, and was UTF-8.
        std::str::from_utf8(text).ok().filter(|text| fits && !text.is_empty())
    }
}

/// What stands before a string's text and behind it.
fn around<'f>(frame: &'f str, value: Raw<'_>) -> Option<(&'f str, &'f str)> {
    let at = (value.get().as_ptr() as usize).checked_sub(frame.as_ptr() as usize)?;
    Some((frame.get(..=at)?, frame.get(at + value.get().len() - 1..)?))
}

/// Where the quote stands that ends the string that `bytes` begin in. `None`: it has no end, is no JSON, or has an escape
/// that takes more than a glance.
fn end_of_string(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let end = loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => break at,
            (_, Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => at += 2,
            _ => return None,
        }
    };
    let control = bytes[..end].iter().fold(false, |control, byte| control | (*byte < b' '));
    (!control).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::super::Passthrough;
    use crate::provider::Provider;
    use crate::sse::Frame;
    use crate::translate::{Head, Relay};

    const TEXTS: [&str; 9] =
        ["Hi", " there", "", r"line\n", r#"\"said\""#, r"caf\u00e9", "día 日本", r"back\\", "tab\there"];

    /// Frames as vendors send them, `T` in the place of the text.
    const SHAPES: [&str; 10] = [
        r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"T"},"finish_reason":null}]}"#,
        r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"T"},"finish_reason":null}],"usage":null,"obfuscation":"xT"}"#,
        r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"T"}}]}"#,
        r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":null,"reasoning_content":"T"}}]}"#,
        r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":1,"delta":{"content":"T"}}]}"#,
        r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"T"},"finish_reason":"stop"}]}"#,
        r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"T"}}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}"#,
        r#"{"choices":[{"index":0,"delta":{"content":"T"}}]}"#,
        r#"{"choices":[],"prompt_filter_results":[{"T":1}]}"#,
        r#"{"error":{"message":"T"}}"#,
    ];

    /// One after another, some of them cut short or run into the next.
    fn frames(seed: u64) -> Vec<String> {
        let mut dice = seed | 1;
        let mut roll = |sides: usize| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            usize::try_from(dice % sides as u64).unwrap()
        };
        let mut shape = SHAPES[0];
        (0..60)
            .map(|_| {
                if roll(4) == 0 {
                    shape = SHAPES[roll(SHAPES.len())];
                }
                let mut frame = shape.replace('T', TEXTS[roll(TEXTS.len())]);
                let at = (0..=roll(frame.len())).rev().find(|at| frame.is_char_boundary(*at)).unwrap();
                match roll(12) {
                    0 => frame.truncate(at),
                    1 => frame.insert(at, '"'),
                    2 => frame.insert(at, '\\'),
                    3 => frame.push('}'),
                    _ => {}
                }
                frame
            })
            .collect()
    }

    #[test]
    fn a_frame_that_fits_becomes_what_a_parse_makes_of_it() {
        let mut fitted = 0;
        for seed in 1..2000 {
            let head = Head { id: "x".into(), created: 7, model: "n".into() };
            let mut fast = Passthrough::new(Provider::OpenAi, head.clone(), seed % 2 == 0);
            let mut slow = Passthrough::new(Provider::OpenAi, head, seed % 2 == 0);
            for data in frames(seed) {
                fitted +=
                    usize::from(fast.template.as_ref().is_some_and(|t| t.text_of(data.as_bytes()).is_some()));
                slow.template = None;
                let frame = Frame { event: None, data: data.clone().into() };
                let (mut ours, mut parsed) = (Vec::new(), Vec::new());
                let (got, expected) = (fast.frame(&frame, &mut ours), slow.frame(&frame, &mut parsed));
                assert_eq!(format!("{got:?}"), format!("{expected:?}"), "{data}");
                assert_eq!(String::from_utf8(ours), String::from_utf8(parsed), "{data}");
            }
        }
        assert!(fitted > 10_000, "templates were in use: {fitted}");
    }
}
