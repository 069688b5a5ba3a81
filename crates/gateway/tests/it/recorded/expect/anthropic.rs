//! What a recording of Anthropic's Messages says.

use serde_json::Value;

use super::super::said::{Said, Spoken, arguments, list, number};

/// Puts a stream together into the message that a whole answer would have been; `None`: it broke.
pub(super) fn told(events: &[Value]) -> (Value, bool) {
    let mut message = Value::Null;
    // A second message may be spliced in; its blocks are counted anew.
    let mut base = 0;
    for event in events {
        let at = base + usize::try_from(number(&event["index"])).unwrap();
        match event["type"].as_str().unwrap_or_default() {
            "message_start" if message.is_null() => message = event["message"].clone(),
            "message_start" => base = list(&message["content"]).len(),
            "content_block_start" => {
                let blocks = message["content"].as_array_mut().expect("content is a list");
                assert_eq!(blocks.len(), at, "blocks come in order");
                blocks.push(event["content_block"].clone());
                blocks[at]["json"] = "".into();
            }
            "content_block_delta" => {
                let block = &mut message["content"][at];
                for (from, to) in [("text", "text"), ("thinking", "thinking"), ("partial_json", "json")] {
                    if let Some(more) = event["delta"][from].as_str() {
                        block[to] = format!("{}{more}", block[to].as_str().unwrap_or_default()).into();
                    }
                }
            }
            "message_delta" => {
                message["stop_reason"] = event["delta"]["stop_reason"].clone();
                for (name, count) in event["usage"].as_object().into_iter().flatten() {
                    if !count.is_null() {
                        message["usage"][name] = count.clone();
                    }
                }
            }
            "error" => return (message, true),
            _ => {}
        }
    }
    for block in message["content"].as_array_mut().into_iter().flatten() {
        let json = block["json"].as_str().unwrap_or_default().to_owned();
        if !json.is_empty() {
            block["input"] = arguments(&json);
        }
    }
    (message, false)
}

pub(super) fn said(message: &Value, broke: bool) -> Said {
    let mut spoken = Spoken::default();
    for block in list(&message["content"]) {
        let text = |field: &str| block[field].as_str().unwrap_or_default();
        match text("type") {
            "text" => spoken.text.push_str(text("text")),
            "thinking" => spoken.reasoning.push_str(text("thinking")),
            "tool_use" => spoken.calls.push((text("name").to_owned(), block["input"].clone())),
            _ => {}
        }
    }
    let usage = &message["usage"];
    let (read, written) =
        (number(&usage["cache_read_input_tokens"]), number(&usage["cache_creation_input_tokens"]));
    let prompt = number(&usage["input_tokens"]) + read + written;
    let completion = number(&usage["output_tokens"]);
    let thoughts = number(&usage["output_tokens_details"]["thinking_tokens"]);
    let finish = match message["stop_reason"].as_str().unwrap_or_default() {
        "max_tokens" | "model_context_window_exceeded" => Some("length"),
        "refusal" => Some("content_filter"),
        // Only with server tools: the turn is not over.
        "pause_turn" => None,
        _ if !spoken.calls.is_empty() => Some("tool_calls"),
        _ => Some("stop"),
    };
    let broke = broke || finish.is_none();
    spoken.finish = finish.filter(|_| !broke).unwrap_or_default().to_owned();
    Said {
        model: message["model"].as_str().map(str::to_owned),
        choices: [(0, spoken)].into(),
        usage: usage.is_object().then_some([prompt, read, completion, thoughts, prompt + completion]),
        broke,
    }
}
