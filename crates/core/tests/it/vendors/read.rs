//! Answers of both vendors that no recording holds, or not in this form: errors inside a 200, emulated schemas, blocks
//! of kinds to come.

use maig_core::chat::{Answer, ChatEvent, FinishReason, Part};
use maig_core::failure::FailureKind;
use maig_core::translate::{Decode, NotAFrame, anthropic, gemini};
use serde_json::{Value, json};

use super::heard::{events, play};

fn stream(said: &[Value]) -> String {
    said.iter().map(|event| format!("event: x\ndata: {event}\n\n")).collect()
}

fn read(emulated: bool, said: &[Value]) -> Result<Answer, maig_core::failure::Failure> {
    play(anthropic::Stream::new(emulated), [stream(said).as_bytes()])
}

fn start() -> Value {
    json!({"type": "message_start", "message": {"id": "msg_1", "model": "m", "content": [], "usage": {"input_tokens": 3, "output_tokens": 1}}})
}

fn begin(index: u64, block: Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}

fn grow(index: u64, delta: Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

fn stop(index: u64) -> Value {
    json!({"type": "content_block_stop", "index": index})
}

fn finish(reason: &str) -> Value {
    json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 9}})
}

#[test]
fn calls_are_counted_apart_from_blocks_and_have_arguments_even_without_a_fragment() {
    let answer = read(
        false,
        &[
            start(),
            begin(0, json!({"type": "text", "text": ""})),
            grow(0, json!({"type": "text_delta", "text": "Well."})),
            stop(0),
            begin(1, json!({"type": "server_tool_use", "id": "srv", "name": "web_search", "input": {}})),
            grow(1, json!({"type": "input_json_delta", "partial_json": "{\"query\": 1}"})),
            stop(1),
            begin(2, json!({"type": "web_search_tool_result", "content": []})),
            stop(2),
            begin(5, json!({"type": "tool_use", "id": "a", "name": "f", "input": {}})),
            grow(5, json!({"type": "input_json_delta", "partial_json": ""})),
            stop(5),
            begin(6, json!({"type": "tool_use", "id": "b", "name": "g", "input": {}})),
            begin(7, json!({"type": "tool_use", "id": "c", "name": "h", "input": {"x": 1}})),
            grow(6, json!({"type": "input_json_delta", "partial_json": "{\"y\":"})),
            grow(6, json!({"type": "input_json_delta", "partial_json": "2}"})),
            grow(6, json!({"type": "delta_to_come", "z": 0})),
            json!({"type": "event_to_come", "index": "not a number's place", "index": 0}),
            finish("end_turn"),
            json!({"type": "message_stop"}),
        ],
    );
    let choice = &answer.unwrap().choices[0];
    let calls: Vec<_> = choice
        .message
        .tool_calls
        .iter()
        .map(|call| (call.id.as_str(), call.name.as_str(), call.arguments.as_str()))
        .collect();
    assert_eq!(calls, [("a", "f", "{}"), ("b", "g", "{\"y\":2}"), ("c", "h", "{\"x\":1}")]);
    assert_eq!(choice.message.parts, [Part::Text("Well.".to_owned())]);
    assert_eq!(choice.finish, Some(FinishReason::ToolCalls));
}

#[test]
fn an_emulated_schemas_tool_is_read_as_text() {
    let tool = json!({"type": "tool_use", "id": "t", "name": "answer_in_json", "input": {}});
    let answer = read(
        true,
        &[
            start(),
            begin(0, json!({"type": "text", "text": "Here it is:"})),
            begin(1, tool.clone()),
            grow(1, json!({"type": "input_json_delta", "partial_json": "{\"a\""})),
            grow(1, json!({"type": "input_json_delta", "partial_json": ":1}"})),
            stop(1),
            finish("tool_use"),
        ],
    );
    let choice = &answer.unwrap().choices[0];
    assert_eq!(choice.message.parts, [Part::Text("{\"a\":1}".to_owned())]);
    assert!(choice.message.tool_calls.is_empty());
    assert_eq!(choice.finish, Some(FinishReason::Stop));

    let body = json!({"id": "m", "content": [{"type": "text", "text": "Here:"}, {"type": "tool_use", "name": "answer_in_json", "input": {"a": 1}}], "stop_reason": "tool_use"});
    assert_eq!(anthropic::whole(body.to_string().as_bytes(), true).unwrap().choices[0], *choice);
}

#[test]
fn a_refusal_in_place_of_an_emulated_answer_is_heard() {
    let answer =
        read(true, &[start(), begin(0, json!({"type": "text", "text": "I will not."})), finish("refusal")]);
    let choice = &answer.unwrap().choices[0];
    assert_eq!(choice.message.parts, [Part::Text("I will not.".to_owned())]);
    assert_eq!(choice.finish, Some(FinishReason::ContentFilter));
}

#[test]
fn an_apps_call_beside_an_emulated_answer_is_a_call() {
    let answer = read(
        true,
        &[
            start(),
            begin(0, json!({"type": "text", "text": "Let me look."})),
            begin(1, json!({"type": "tool_use", "id": "a", "name": "f", "input": {}})),
            finish("tool_use"),
        ],
    );
    let choice = &answer.unwrap().choices[0];
    assert_eq!(choice.message.parts, [Part::Text("Let me look.".to_owned())]);
    assert_eq!((choice.message.tool_calls.len(), choice.finish), (1, Some(FinishReason::ToolCalls)));
}

#[test]
fn a_refusal_without_a_word_is_an_answer() {
    let answer = read(false, &[start(), finish("refusal"), json!({"type": "message_stop"})]).unwrap();
    assert_eq!(answer.choices[0].finish, Some(FinishReason::ContentFilter));
    assert!(!answer.is_empty());
}

#[test]
fn counts_are_overwritten_field_by_field() {
    let mut end = finish("end_turn");
    end["usage"] = json!({"output_tokens": 9, "cache_read_input_tokens": 5, "output_tokens_details": {"thinking_tokens": 4}});
    let usage = read(false, &[start(), end]).unwrap().usage.unwrap();
    assert_eq!((usage.prompt, usage.cached, usage.completion, usage.reasoning), (8, 5, 9, 4));
}

#[test]
fn an_error_in_the_stream_is_the_providers_failure_and_the_last_word() {
    for (kind, expect) in [
        ("overloaded_error", FailureKind::ServerError),
        ("api_error", FailureKind::ServerError),
        ("rate_limit_error", FailureKind::RateLimit),
        ("error_to_come", FailureKind::ServerError),
    ] {
        let error = json!({"type": "error", "error": {"type": kind, "message": "Sorry"}});
        let told = stream(&[start(), error, finish("end_turn")]);
        let events = events(anthropic::Stream::new(false), [told.as_bytes()]);
        let Some(ChatEvent::Failed(failure)) = events.last() else { panic!("{events:?}") };
        assert_eq!((failure.kind, failure.error.message.as_str()), (expect, "Sorry"), "{kind}");
    }
    let paused = read(false, &[start(), finish("pause_turn")]).unwrap_err();
    assert_eq!(paused.kind, FailureKind::BadResponse);
}

#[test]
fn what_is_no_answer_is_a_bad_response() {
    for body in
        ["", "{", "[]", "null", "3", "{}", "{\"candidates\":[]}", "{\"content\":null}", "<html>", "\"x\""]
    {
        assert_eq!(
            anthropic::whole(body.as_bytes(), false).unwrap_err().kind,
            FailureKind::BadResponse,
            "{body}"
        );
        assert_eq!(gemini::whole(body.as_bytes()).unwrap_err().kind, FailureKind::BadResponse, "{body}");
    }
}

#[test]
fn a_frame_that_is_not_the_wires_is_none() {
    for data in [
        "",
        "x",
        "[1]",
        "null",
        "3",
        "{\"type\":\"message_start\"}",
        "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\"}}",
    ] {
        let frame = maig_core::sse::Frame { event: None, data: bytes::Bytes::from(data) };
        let mut out = Vec::new();
        assert_eq!(anthropic::Stream::new(false).frame(&frame, &mut out), Err(NotAFrame), "{data}");
        assert!(out.is_empty());
    }
    for data in ["", "x", "[1]", "null", "3", "{\"candidates\":3}"] {
        let frame = maig_core::sse::Frame { event: None, data: bytes::Bytes::from(data) };
        assert_eq!(gemini::Stream::new().frame(&frame, &mut Vec::new()), Err(NotAFrame), "{data}");
    }
}

#[test]
fn geminis_errors_come_bare_or_in_an_array_of_one() {
    let error =
        json!({"error": {"code": 503, "status": "UNAVAILABLE", "message": "The model is overloaded."}});
    for data in [error.to_string(), json!([error]).to_string()] {
        let events = events(gemini::Stream::new(), [format!("data: {data}\r\n\r\n").as_bytes()]);
        let [ChatEvent::Failed(failure)] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(failure.kind, FailureKind::ServerError);
        assert_eq!(gemini::whole(data.as_bytes()).unwrap_err().kind, FailureKind::ServerError);
    }
}

#[test]
fn geminis_finish_follows_what_was_said() {
    let call = json!([{"functionCall": {"name": "f"}}]);
    for (parts, reason, expect) in [
        (json!([{"text": "x"}]), json!("STOP"), Ok(FinishReason::Stop)),
        (call.clone(), json!("STOP"), Ok(FinishReason::ToolCalls)),
        (call.clone(), json!("MAX_TOKENS"), Ok(FinishReason::Length)),
        (json!([]), json!("PROHIBITED_CONTENT"), Ok(FinishReason::ContentFilter)),
        (json!([{"text": "x"}]), json!("REASON_TO_COME"), Ok(FinishReason::Stop)),
        (json!([{"text": "x"}]), json!(2), Ok(FinishReason::Length)),
        (json!([]), json!("MALFORMED_FUNCTION_CALL"), Err(FailureKind::BadResponse)),
        (json!([]), json!("OTHER"), Err(FailureKind::BadResponse)),
    ] {
        let body = json!({"candidates": [{"content": {"parts": parts}, "finishReason": reason}]});
        let answer = gemini::whole(body.to_string().as_bytes());
        let got = answer.map(|answer| answer.choices[0].finish.unwrap()).map_err(|failure| failure.kind);
        assert_eq!(got, expect, "{body}");
    }
    let blocked =
        json!({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 4}});
    let answer = gemini::whole(blocked.to_string().as_bytes()).unwrap();
    assert_eq!(answer.choices[0].finish, Some(FinishReason::ContentFilter));
    assert_eq!(answer.usage.unwrap().prompt, 4);
}
