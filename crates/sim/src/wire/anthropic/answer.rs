//! Messages, whole and as events, in the order and the fields that recordings of Anthropic show.

use serde_json::{Value, json};

use crate::behaviour::Behaviour;
use crate::say::{End, Said, tokens};
use crate::wire::Piece;

/// A signature that `ask` takes back.
const SIGNATURE: &str = "sim-c2lnbmF0dXJl";

pub(crate) fn whole(said: &Said, behaviour: &Behaviour) -> Value {
    let mut content = Vec::new();
    if !behaviour.no_choices {
        if !said.reasoning.is_empty() {
            content.push(
                json!({ "type": "thinking", "thinking": said.reasoning.concat(), "signature": SIGNATURE }),
            );
        }
        if !said.text.is_empty() && said.end != End::Refusal {
            content.push(json!({ "type": "text", "text": said.whole_text() }));
        }
        content.extend(said.calls.iter().enumerate().map(|(nth, call)| {
            json!({ "type": "tool_use", "id": call_id(said, nth), "name": call.name, "input": call.arguments })
        }));
    }
    let mut message = message(said, json!(content));
    message["stop_reason"] = json!(stop_reason(said));
    message["stop_sequence"] = json!(said.stopped_by);
    if behaviour.no_usage {
        message["usage"] = Value::Null;
    } else {
        message["usage"] = usage(said, said.answer_tokens + said.reasoning_tokens);
    }
    message
}

pub(crate) fn stream(said: &Said, behaviour: &Behaviour) -> Vec<Piece> {
    let mut opening = message(said, json!([]));
    opening["usage"] = if behaviour.no_usage { json!({}) } else { usage(said, 1) };
    let mut pieces = vec![Piece::event(&json!({ "type": "message_start", "message": opening }))];
    let mut index = 0;
    let mut block = |start: Value, deltas: Vec<Value>, pieces: &mut Vec<Piece>| {
        // The start of a tool's block names it, which an app is shown; the other starts are empty.
        let names = start["type"] == "tool_use";
        let start =
            Piece::event(&json!({ "type": "content_block_start", "index": index, "content_block": start }));
        pieces.push(if names { start.with_content() } else { start });
        if index == 0 {
            pieces.push(Piece::event(&json!({ "type": "ping" })));
        }
        for delta in deltas {
            let carries = delta["type"] != "signature_delta" && delta["partial_json"] != "";
            let delta =
                Piece::event(&json!({ "type": "content_block_delta", "index": index, "delta": delta }));
            pieces.push(if carries { delta.with_content() } else { delta });
        }
        pieces.push(Piece::event(&json!({ "type": "content_block_stop", "index": index })));
        index += 1;
    };
    if !behaviour.no_choices {
        if !said.reasoning.is_empty() {
            let thoughts = said.reasoning.iter().map(|t| json!({ "type": "thinking_delta", "thinking": t }));
            let sealed =
                thoughts.chain([json!({ "type": "signature_delta", "signature": SIGNATURE })]).collect();
            block(json!({ "type": "thinking", "thinking": "", "signature": "" }), sealed, &mut pieces);
        }
        if !said.text.is_empty() && said.end != End::Refusal {
            let deltas = said.text.iter().map(|t| json!({ "type": "text_delta", "text": t })).collect();
            block(json!({ "type": "text", "text": "" }), deltas, &mut pieces);
        }
        for (nth, call) in said.calls.iter().enumerate() {
            let json_text = call.arguments.to_string();
            // The first fragment is empty, and a tool without arguments gets no other.
            let mut fragments = vec![String::new()];
            if json_text != "{}" {
                fragments.extend(tokens::fragments(&json_text));
            }
            let deltas =
                fragments.iter().map(|f| json!({ "type": "input_json_delta", "partial_json": f })).collect();
            let start =
                json!({ "type": "tool_use", "id": call_id(said, nth), "name": call.name, "input": {} });
            block(start, deltas, &mut pieces);
        }
    }
    let delta = json!({ "stop_reason": stop_reason(said), "stop_sequence": said.stopped_by });
    let mut last = json!({ "type": "message_delta", "delta": delta });
    if !behaviour.no_usage {
        last["usage"] = usage(said, said.answer_tokens + said.reasoning_tokens);
    }
    pieces.push(Piece::event(&last).with_finish());
    pieces.push(Piece::event(&json!({ "type": "message_stop" })).at_end());
    pieces
}

fn message(said: &Said, content: Value) -> Value {
    json!({
        "id": format!("msg_sim{}", said.serial),
        "type": "message",
        "role": "assistant",
        "model": said.model,
        "content": content,
        "stop_reason": null,
        "stop_sequence": null,
    })
}

fn usage(said: &Said, output: usize) -> Value {
    json!({
        "input_tokens": said.prompt_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": output,
        "service_tier": "standard",
    })
}

fn call_id(said: &Said, nth: usize) -> String {
    format!("toolu_sim{}_{nth}", said.serial)
}

fn stop_reason(said: &Said) -> &'static str {
    match said.end {
        End::Stop if said.stopped_by.is_some() => "stop_sequence",
        End::Stop => "end_turn",
        End::Length => "max_tokens",
        End::Calls => "tool_use",
        End::Refusal | End::Filtered => "refusal",
    }
}
