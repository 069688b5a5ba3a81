//! What a request cannot do without, told from its bytes. It may take longer than the envelope (it scans the prompt),
//! and is asked only where a target's answer depends on it.

use memchr::memmem;
use serde::Deserialize;
use serde_json::Value;

use super::Envelope;
use crate::chat::Needs;

/// Kinds of content part that carry an image, as callers of OpenAI's wire spell them.
const IMAGES: [&str; 3] = ["image_url", "input_image", "image"];
const AUDIO: [&str; 2] = ["input_audio", "audio_url"];
const FILES: [&str; 4] = ["file", "input_file", "document_url", "file_url"];

pub(super) fn of(envelope: &Envelope) -> Needs {
    let messages = envelope.raw("messages").unwrap_or_default();
    // Plain text, which most prompts are, has no typed part at all: then one pass is enough.
    let typed = has_quoted(messages, |word| word == b"type");
    let has = |kinds: &[&str]| typed && kinds.iter().any(|kind| has_part(messages, kind));
    Needs {
        several_choices: envelope.n > 1,
        tools: is_filled_list(envelope.raw("tools")) || is_filled_list(envelope.raw("functions")),
        forced_tool_choice: forces_a_tool(envelope.raw("tool_choice").or(envelope.raw("function_call"))),
        json_schema: wants_schema(envelope.raw("response_format")),
        image: has(&IMAGES),
        audio: has(&AUDIO),
        file: has(&FILES),
    }
}

/// Whether a `"type": "KIND"` stands in the messages. Inside a string its quotes would be escaped, so text that talks
/// about such a part is not taken for one.
fn has_part(messages: &[u8], kind: &str) -> bool {
    let word = format!("\"{kind}\"");
    memmem::find_iter(messages, word.as_bytes()).any(|at| {
        let before = messages[..at].trim_ascii_end();
        before.strip_suffix(b":").is_some_and(|before| before.trim_ascii_end().ends_with(b"\"type\""))
    })
}

/// Names that are looked for are no longer.
const LONGEST_NAME: usize = 32;

/// Whether a word that is `wanted` stands in quotes, as a member's name or a string would. One pass from quote to quote:
/// a prompt is mostly text, which has few.
pub(super) fn has_quoted(raw: &[u8], wanted: impl Fn(&[u8]) -> bool) -> bool {
    let mut quotes = memchr::memchr_iter(b'"', raw);
    let Some(mut before) = quotes.next() else { return false };
    for quote in quotes {
        let word = &raw[before + 1..quote];
        before = quote;
        if word.len() <= LONGEST_NAME && wanted(word) {
            return true;
        }
    }
    false
}

pub(super) fn is_filled_list(raw: Option<&[u8]>) -> bool {
    matches!(raw, Some([b'[', inside @ ..]) if inside.trim_ascii_start() != b"]")
}

/// `required` (Mistral: `any`), or a named tool, or `allowed_tools` of which one must be called.
pub(super) fn forces_a_tool(raw: Option<&[u8]>) -> bool {
    match raw.map(serde_json::from_slice::<Value>) {
        Some(Ok(Value::String(word))) => matches!(word.as_str(), "required" | "any"),
        Some(Ok(choice @ Value::Object(_))) => match choice["type"].as_str() {
            Some("allowed_tools") => choice["allowed_tools"]["mode"] == "required",
            _ => true,
        },
        _ => false,
    }
}

pub(super) fn wants_schema(raw: Option<&[u8]>) -> bool {
    #[derive(Deserialize)]
    struct Format {
        r#type: Option<String>,
    }
    let format = raw.and_then(|raw| serde_json::from_slice::<Option<Format>>(raw).ok()).flatten();
    format.and_then(|format| format.r#type).as_deref() == Some("json_schema")
}
