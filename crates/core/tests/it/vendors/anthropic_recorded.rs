//! Every recorded answer of Anthropic's Messages API, read by us and, separately, by the plainest reading of its JSON.

use maig_core::failure::FailureKind;
use maig_core::translate::anthropic::{Stream, whole};
use serde_json::Value;

use super::heard::{Heard, cuts, events, parsed, play};
use super::recordings::{Recording, recordings};

#[test]
fn whole_messages_are_read_as_recorded() {
    for recording in recordings("anthropic", "messages").iter().filter(|r| r.status() == 200) {
        let Some(body) = recording.body() else { continue };
        let heard = Heard::of(whole(body.to_string().as_bytes(), false));
        assert_eq!(heard, expected(body), "{}", recording.file);
    }
}

#[test]
fn streams_are_read_as_recorded() {
    for recording in streams() {
        let heard = Heard::of(play(Stream::new(false), [recording.sse().unwrap().as_bytes()]));
        assert_eq!(heard, expected(&told(&recording)), "{}", recording.file);
    }
}

#[test]
fn a_stream_without_its_end_has_no_finish() {
    for recording in streams() {
        let cut = recording.sse().unwrap().split("event: message_delta").next().unwrap();
        let heard = Heard::of(play(Stream::new(false), [cut.as_bytes()]));
        assert_eq!((heard.finish, heard.usage), (None, None), "{}", recording.file);
    }
}

#[test]
fn where_the_bytes_of_a_stream_are_cut_makes_no_difference() {
    let mut streams: Vec<Recording> = streams();
    streams.sort_by_key(|recording| recording.sse().unwrap().len());
    // Cutting at each byte costs the square of the length: the shorter half at each byte, the rest in a few sizes.
    let (short, long) = streams.split_at(streams.len() / 2);
    for recording in short {
        let whole = events(Stream::new(false), [recording.sse().unwrap().as_bytes()]);
        for pieces in cuts(recording.sse().unwrap()) {
            assert_eq!(events(Stream::new(false), pieces), whole, "{}", recording.file);
        }
    }
    for recording in long {
        let bytes = recording.sse().unwrap().as_bytes();
        let whole = events(Stream::new(false), [bytes]);
        for size in [1, 7, 64, 1021] {
            assert_eq!(
                events(Stream::new(false), bytes.chunks(size)),
                whole,
                "{} in {size}s",
                recording.file
            );
        }
    }
}

#[test]
fn an_error_body_is_the_providers_failure_even_under_200() {
    for recording in recordings("anthropic", "messages").iter().filter(|r| r.status() >= 400) {
        let failure = whole(recording.body().unwrap().to_string().as_bytes(), false).unwrap_err();
        let expect = match recording.status() {
            400 => FailureKind::InvalidRequest,
            404 => FailureKind::ModelUnavailable,
            other => panic!("no expectation for {other}"),
        };
        assert!(failure.kind == expect || failure.kind == FailureKind::ContextWindow, "{}", recording.file);
        assert_eq!(failure.error.message, recording.body().unwrap()["error"]["message"].as_str().unwrap());
    }
}

fn streams() -> Vec<Recording> {
    let mut all = recordings("anthropic", "messages");
    all.retain(|r| r.sse().is_some());
    all
}

/// Puts a stream together into the message that a whole answer would have been.
fn told(recording: &Recording) -> Value {
    let mut message = Value::Null;
    // A second message may be spliced in (one recording); its blocks are counted anew.
    let mut base = 0;
    for event in recording.stream_objects() {
        let index = base + event["index"].as_u64().unwrap_or(0) as usize;
        match event["type"].as_str().unwrap() {
            "message_start" if message.is_null() => message = event["message"].clone(),
            "message_start" => base = message["content"].as_array().unwrap().len(),
            "content_block_start" => {
                let blocks = message["content"].as_array_mut().unwrap();
                assert_eq!(blocks.len(), index);
                blocks.push(event["content_block"].clone());
                blocks[index]["json"] = "".into();
            }
            "content_block_delta" => {
                let block = &mut message["content"][index];
                for (from, to) in [("text", "text"), ("thinking", "thinking"), ("partial_json", "json")] {
                    if let Some(more) = event["delta"][from].as_str() {
                        block[to] = format!("{}{more}", block[to].as_str().unwrap_or_default()).into();
                    }
                }
            }
            "message_delta" => {
                message["stop_reason"] = event["delta"]["stop_reason"].clone();
                for (name, count) in event["usage"].as_object().unwrap() {
                    if !count.is_null() {
                        message["usage"][name] = count.clone();
                    }
                }
            }
            _ => {}
        }
    }
    for block in message["content"].as_array_mut().unwrap() {
        let json = block["json"].as_str().unwrap().to_owned();
        if !json.is_empty() {
            block["input"] = parsed(&json);
        }
    }
    message
}

/// What a message says, by the field names of the vendor's documentation.
fn expected(message: &Value) -> Heard {
    let blocks = message["content"].as_array().unwrap();
    let of = |kind: &'static str| blocks.iter().filter(move |block| block["type"] == kind);
    let calls: Vec<(String, Value)> =
        of("tool_use").map(|b| (b["name"].as_str().unwrap().to_owned(), b["input"].clone())).collect();
    let count = |name: &str| message["usage"][name].as_u64().unwrap_or(0);
    let (read, written) = (count("cache_read_input_tokens"), count("cache_creation_input_tokens"));
    let thoughts = message["usage"]["output_tokens_details"]["thinking_tokens"].as_u64().unwrap_or(0);
    let finish = match message["stop_reason"].as_str().unwrap() {
        "end_turn" | "stop_sequence" if calls.is_empty() => "stop",
        "max_tokens" => "length",
        "tool_use" | "end_turn" => "tool_calls",
        "refusal" => "content_filter",
        other => panic!("no expectation for {other}"),
    };
    Heard {
        text: of("text").map(|b| b["text"].as_str().unwrap()).collect(),
        reasoning: of("thinking").map(|b| b["thinking"].as_str().unwrap()).collect(),
        finish: Some(finish.to_owned()),
        calls,
        usage: Some([count("input_tokens") + read + written, read, count("output_tokens"), thoughts]),
        model: message["model"].as_str().map(str::to_owned),
        failed: None,
    }
}
