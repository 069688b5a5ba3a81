//! generateContent answers, whole and streamed: each chunk is an answer of its own, with the usage so far, and the last
//! one has the finish reason and some of the content.

use serde_json::{Value, json};

use super::contents::SIGNATURE;
use crate::behaviour::{Behaviour, Mood};
use crate::say::{Call, End, Said, tokens};
use crate::wire::Piece;

pub(crate) fn whole(said: &Said, behaviour: &Behaviour) -> Value {
    if behaviour.no_choices {
        return answer(said, None, behaviour, said.answer_tokens, said.reasoning_tokens);
    }
    let mut parts: Vec<Value> = Vec::new();
    if !said.reasoning.is_empty() {
        parts.push(thought(&said.reasoning.concat()));
    }
    let text = shown(said).concat();
    if !text.is_empty() {
        parts.push(json!({ "text": text }));
    }
    parts.extend(said.calls.iter().enumerate().map(|(nth, call)| function_call(said, nth, call)));
    let candidate = candidate(parts, Some(finish(said.end, behaviour)));
    answer(said, Some(candidate), behaviour, said.answer_tokens, said.reasoning_tokens)
}

pub(crate) fn stream(said: &Said, behaviour: &Behaviour) -> Vec<Piece> {
    if behaviour.no_choices {
        return vec![Piece::crlf_data(&answer(said, None, behaviour, 0, 0))];
    }
    let mut parts: Vec<(Value, usize, usize)> =
        said.reasoning.iter().map(|text| (thought(text), 0, 1)).collect();
    parts.extend(shown(said).iter().map(|text| (json!({ "text": text }), tokens::count(text), 0)));
    let calls = said.calls.iter().enumerate();
    parts.extend(calls.map(|(nth, call)| {
        let size = 2 + tokens::count(&call.arguments.to_string());
        (function_call(said, nth, call), size, 0)
    }));
    let (mut spoken, mut thought) = (0, 0);
    let last = parts.len().saturating_sub(1);
    let mut pieces = Vec::new();
    if parts.is_empty() {
        let candidate = candidate(Vec::new(), Some(finish(said.end, behaviour)));
        return vec![Piece::crlf_data(&answer(said, Some(candidate), behaviour, 0, 0)).with_finish()];
    }
    for (at, (part, words, thoughts)) in parts.into_iter().enumerate() {
        spoken += words;
        thought += thoughts;
        let end = (at == last).then(|| finish(said.end, behaviour));
        let candidate = candidate(vec![part], end);
        let piece =
            Piece::crlf_data(&answer(said, Some(candidate), behaviour, spoken, thought)).with_content();
        pieces.push(if at == last { piece.with_finish() } else { piece });
    }
    pieces
}

/// The same chunks as one JSON array, which is what a stream without `alt=sse` is.
pub(crate) fn as_array(pieces: Vec<Piece>) -> Vec<Piece> {
    let last = pieces.len().saturating_sub(1);
    let mut array = Vec::new();
    for (at, piece) in pieces.into_iter().enumerate() {
        let chunk = piece.bytes.strip_prefix(b"data: ".as_slice()).unwrap_or(&piece.bytes).trim_ascii_end();
        let before: &[u8] = if at == 0 { b"[" } else { b"\r\n," };
        let after: &[u8] = if at == last { b"]" } else { b"" };
        let bytes = [before, chunk, after].concat();
        array.push(Piece { bytes, ..piece });
    }
    array
}

/// A refusal has no words here: the filter's finish reason stands alone.
fn shown(said: &Said) -> &[String] {
    if said.end == End::Refusal { &[] } else { &said.text }
}

fn thought(text: &str) -> Value {
    json!({ "text": text, "thought": true })
}

fn function_call(said: &Said, nth: usize, call: &Call) -> Value {
    let mut function = json!({ "name": call.name, "args": call.arguments });
    let signs = said.model.starts_with("gemini-3");
    if signs {
        // Older models give no ids.
        function["id"] = json!(format!("sim{}_{nth}", said.serial));
    }
    let mut part = json!({ "functionCall": function });
    if signs && nth == 0 {
        part["thoughtSignature"] = json!(SIGNATURE);
    }
    part
}

fn candidate(parts: Vec<Value>, finish: Option<&str>) -> Value {
    let mut candidate = if parts.is_empty() {
        json!({ "content": { "role": "model" }, "index": 0 })
    } else {
        json!({ "content": { "parts": parts, "role": "model" }, "index": 0 })
    };
    if let Some(finish) = finish {
        candidate["finishReason"] = json!(finish);
    }
    candidate
}

fn answer(
    said: &Said,
    candidate: Option<Value>,
    behaviour: &Behaviour,
    spoken: usize,
    thought: usize,
) -> Value {
    let mut answer = json!({});
    if let Some(candidate) = candidate {
        answer["candidates"] = json!([candidate]);
    }
    if !behaviour.no_usage {
        let mut usage = json!({ "promptTokenCount": said.prompt_tokens });
        if spoken > 0 {
            usage["candidatesTokenCount"] = json!(spoken);
        }
        if thought > 0 {
            usage["thoughtsTokenCount"] = json!(thought);
        }
        usage["totalTokenCount"] = json!(said.prompt_tokens + spoken + thought);
        answer["usageMetadata"] = usage;
    }
    answer["modelVersion"] = json!(said.model);
    answer["responseId"] = json!(format!("sim{}", said.serial));
    answer
}

fn finish(end: End, behaviour: &Behaviour) -> &'static str {
    match (end, behaviour.mood) {
        (End::Length, _) => "MAX_TOKENS",
        (End::Refusal | End::Filtered, _) | (_, Mood::Refusal) => "SAFETY",
        _ => "STOP",
    }
}
