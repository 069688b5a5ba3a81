//! Chat completions, whole and streamed, in the order and the fields that recordings of OpenAI show.

use serde_json::{Value, json};

use super::Vendor;
use crate::behaviour::Behaviour;
use crate::say::{Asked, End, Said, tokens};
use crate::wire::{Piece, unix_now};

pub(crate) fn whole(vendor: Vendor, asked: &Asked, said: &Said, behaviour: &Behaviour) -> Value {
    let count = if behaviour.no_choices { 0 } else { asked.n };
    let choices: Vec<Value> = (0..count).map(|index| choice(vendor, said, index)).collect();
    let mut answer = json!({
        "id": format!("chatcmpl-sim{}", said.serial),
        "object": "chat.completion",
        "created": unix_now(),
        "model": said.model,
        "choices": choices,
    });
    if !behaviour.no_usage {
        answer["usage"] = usage(asked, said);
    }
    answer["service_tier"] = json!("default");
    answer["system_fingerprint"] = json!("fp_sim");
    answer
}

fn choice(vendor: Vendor, said: &Said, index: usize) -> Value {
    let text = said.whole_text();
    let silent = said.end == End::Refusal || !said.calls.is_empty();
    let mut message = json!({
        "role": "assistant",
        "content": if silent { Value::Null } else { json!(text) },
        "refusal": if said.end == End::Refusal { json!(text) } else { Value::Null },
        "annotations": [],
    });
    if !said.reasoning.is_empty() {
        message["reasoning_content"] = json!(said.reasoning.concat());
    }
    if !said.calls.is_empty() {
        let calls = said.calls.iter().enumerate().map(|(nth, call)| {
            let function = json!({ "name": call.name, "arguments": call.arguments.to_string() });
            json!({ "id": call_id(vendor, said, nth), "type": "function", "function": function })
        });
        message["tool_calls"] = calls.collect();
    }
    json!({ "index": index, "message": message, "logprobs": null, "finish_reason": finish(said.end) })
}

pub(crate) fn stream(vendor: Vendor, asked: &Asked, said: &Said, behaviour: &Behaviour) -> Vec<Piece> {
    let created = unix_now();
    let frame = |choices: Value, usage: Option<Value>| {
        let mut chunk = json!({
            "id": format!("chatcmpl-sim{}", said.serial),
            "object": "chat.completion.chunk",
            "created": created,
            "model": said.model,
            "service_tier": "default",
            "system_fingerprint": "fp_sim",
            "choices": choices,
        });
        if asked.include_usage {
            chunk["usage"] = usage.unwrap_or_default();
        }
        Piece::data(&chunk)
    };
    let delta = |index: usize, delta: Value, finish: Value| {
        frame(json!([{ "index": index, "delta": delta, "logprobs": null, "finish_reason": finish }]), None)
    };
    let mut pieces = Vec::new();
    let count = if behaviour.no_choices { 0 } else { asked.n };
    if behaviour.no_choices {
        pieces.push(frame(json!([]), None));
    }
    for index in 0..count {
        let opening = if said.calls.is_empty() { json!("") } else { Value::Null };
        pieces.push(delta(
            index,
            json!({ "role": "assistant", "content": opening, "refusal": null }),
            Value::Null,
        ));
    }
    // Several choices come interleaved, as they are made.
    for text in &said.reasoning {
        pieces.extend(
            (0..count).map(|n| delta(n, json!({ "reasoning_content": text }), Value::Null).with_content()),
        );
    }
    let field = if said.end == End::Refusal { "refusal" } else { "content" };
    for text in &said.text {
        pieces.extend((0..count).map(|n| delta(n, json!({ (field): text }), Value::Null).with_content()));
    }
    for index in 0..count {
        for (nth, call) in said.calls.iter().enumerate() {
            let function = json!({ "name": call.name, "arguments": "" });
            let start = json!({ "index": nth, "id": call_id(vendor, said, nth), "type": "function", "function": function });
            pieces.push(delta(index, json!({ "tool_calls": [start] }), Value::Null).with_content());
            for fragment in tokens::fragments(&call.arguments.to_string()) {
                let more = json!({ "index": nth, "function": { "arguments": fragment } });
                pieces.push(delta(index, json!({ "tool_calls": [more] }), Value::Null).with_content());
            }
        }
    }
    for index in 0..count {
        pieces.push(delta(index, json!({}), json!(finish(said.end))).with_finish());
    }
    if asked.include_usage && !behaviour.no_usage {
        pieces.push(frame(json!([]), Some(usage(asked, said))));
    }
    pieces.push(Piece { bytes: b"data: [DONE]\n\n".into(), ..Piece::default() }.at_end());
    pieces
}

fn usage(asked: &Asked, said: &Said) -> Value {
    let completion = (said.answer_tokens + said.reasoning_tokens) * asked.n;
    json!({
        "prompt_tokens": said.prompt_tokens,
        "completion_tokens": completion,
        "total_tokens": said.prompt_tokens + completion,
        "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
        "completion_tokens_details": { "reasoning_tokens": said.reasoning_tokens * asked.n, "audio_tokens": 0,
            "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0 },
    })
}

fn call_id(vendor: Vendor, said: &Said, nth: usize) -> String {
    match vendor {
        Vendor::Mistral => format!("s{:06}{:02}", said.serial % 1_000_000, nth % 100),
        _ => format!("call_sim{}_{nth}", said.serial),
    }
}

fn finish(end: End) -> &'static str {
    match end {
        End::Stop | End::Refusal => "stop",
        End::Length => "length",
        End::Calls => "tool_calls",
        End::Filtered => "content_filter",
    }
}
