//! What the fixtures cannot say in OpenAI's words: whose thoughts go back to Anthropic, and when it may think.

use maig_core::catalog::{Capabilities, ModelCard};
use maig_core::chat::{
    AssistantMessage, ChatRequest, Effort, Message, Origin, Part, Reasoning, ResponseFormat, ToolCall,
    ToolChoice,
};
use maig_core::provider::Provider;
use maig_core::translate::anthropic::{Told, outgoing};
use serde_json::{Value, json};

fn card(can: Capabilities) -> ModelCard {
    ModelCard {
        provider: Provider::Anthropic,
        id: "m".to_owned(),
        aliases: Vec::new(),
        max_input: Some(200_000),
        max_output: Some(64_000),
        price: None,
        ends: None,
        reasoning: true,
        can,
        send_as: None,
    }
}

fn told(request: &ChatRequest, can: Capabilities) -> (Told, Value) {
    let told = outgoing(request, "m", Some(&card(can)), false).unwrap();
    let body = serde_json::from_slice(&told.body).unwrap();
    (told, body)
}

fn user(text: &str) -> Message {
    Message::User { parts: vec![Part::Text(text.to_owned())], name: None }
}

/// A call of a tool after some thoughts, and its result.
fn called(reasoning: Vec<Reasoning>) -> [Message; 2] {
    let call = ToolCall {
        id: "c1".into(),
        name: "f".into(),
        arguments: "{}".into(),
        signature: Some("other".into()),
    };
    let said = AssistantMessage { reasoning, tool_calls: vec![call], ..AssistantMessage::default() };
    [Message::Assistant(said), Message::Tool { call_id: "c1".into(), parts: vec![Part::Text("1".into())] }]
}

fn thought(origin: Origin) -> Reasoning {
    Reasoning { origin: Some(origin), text: "Hm.".into(), signature: Some("sig".into()), redacted: None }
}

fn asking(turn: [Message; 2]) -> ChatRequest {
    let mut messages = vec![user("Go")];
    messages.extend(turn);
    ChatRequest {
        messages,
        max_tokens: Some(20_000),
        reasoning_effort: Some(Effort::Low),
        ..ChatRequest::default()
    }
}

#[test]
fn thoughts_go_back_unchanged_before_the_call_that_they_led_to() {
    let sealed = Reasoning {
        redacted: Some("xyz".into()),
        text: String::new(),
        signature: None,
        ..thought(Origin::Anthropic)
    };
    let (told, body) =
        told(&asking(called(vec![thought(Origin::Anthropic), sealed])), Capabilities::default());
    let expect = json!([
        {"type": "thinking", "thinking": "Hm.", "signature": "sig"},
        {"type": "redacted_thinking", "data": "xyz"},
        {"type": "tool_use", "id": "c1", "name": "f", "input": {}},
    ]);
    assert_eq!(body["messages"][1]["content"], expect);
    assert_eq!(body["thinking"], json!({"type": "enabled", "budget_tokens": 2048}));
    assert!(told.dropped.is_empty());
}

#[test]
fn a_strangers_thoughts_are_not_shown_and_a_turn_without_its_own_goes_on_without_thinking() {
    for reasoning in [vec![thought(Origin::OpenAiWire)], vec![thought(Origin::Gemini)], Vec::new()] {
        let (told, body) = told(&asking(called(reasoning)), Capabilities::default());
        let expect = json!([{"type": "tool_use", "id": "c1", "name": "f", "input": {}}]);
        assert_eq!(body["messages"][1]["content"], expect);
        assert_eq!(body.get("thinking"), None);
        assert_eq!(told.dropped, ["reasoning_effort"]);
    }
}

#[test]
fn a_finished_turn_may_lack_its_thoughts() {
    let mut request = asking(called(Vec::new()));
    request.messages.push(user("And now?"));
    let (_, body) = told(&request, Capabilities::default());
    assert_eq!(body["thinking"]["type"], "enabled");
}

#[test]
fn adaptive_thinking_does_not_mind_a_turn_that_another_began() {
    let can = Capabilities { adaptive_thinking: Some(true), ..Capabilities::default() };
    let (_, body) = told(&asking(called(Vec::new())), can);
    assert_eq!(body["thinking"]["type"], "adaptive");
}

#[test]
fn a_small_bound_or_a_forced_tool_leaves_no_room_to_think() {
    let tool = maig_core::chat::Tool { name: "f".into(), description: None, parameters: None, strict: None };
    let small = ChatRequest { max_tokens: Some(1200), ..asking(called(vec![thought(Origin::Anthropic)])) };
    let forced = ChatRequest {
        tools: vec![tool],
        tool_choice: Some(ToolChoice::Required),
        ..asking(called(vec![thought(Origin::Anthropic)]))
    };
    for request in [small, forced] {
        let (told, body) = told(&request, Capabilities::default());
        assert_eq!(body.get("thinking"), None);
        assert_eq!(told.dropped, ["reasoning_effort"]);
    }
}

#[test]
fn tools_of_a_conversation_are_declared_even_when_none_is_offered() {
    let (_, body) = told(&asking(called(Vec::new())), Capabilities::default());
    let expect = json!([{"name": "f", "input_schema": {"type": "object", "properties": {}}}]);
    assert_eq!((&body["tools"], &body["tool_choice"]), (&expect, &json!({"type": "none"})));
}

#[test]
fn the_header_names_the_version_that_takes_what_the_body_says() {
    // Thinking would forbid the temperature, but the forced tool forbids thinking.
    let mut request =
        ChatRequest { temperature: Some(0.3), ..asking(called(vec![thought(Origin::Anthropic)])) };
    let can = Capabilities { sampling: Some(true), ..Capabilities::default() };
    let (thinking, body) = told(&request, can);
    assert_eq!((body.get("temperature"), thinking.version), (None, "2026-10-21"));
    request.response_format = Some(ResponseFormat::JsonSchema {
        name: "x".into(),
        schema: json!({}),
        strict: None,
        description: None,
    });
    let (forced, body) = told(&request, can);
    assert!(forced.emulated);
    assert_eq!((&body["temperature"], forced.version), (&json!(0.3), "2023-06-01"));
}

#[test]
fn a_model_that_cannot_be_forced_cannot_be_held_to_a_schema_by_a_tool() {
    let schema = json!({"type": "object"});
    for (can, schema) in [
        (Capabilities { forced_tool_choice: Some(false), ..Capabilities::default() }, schema.clone()),
        (Capabilities { tools: Some(false), ..Capabilities::default() }, schema),
        (Capabilities::default(), json!({"type": "array"})),
    ] {
        let format = ResponseFormat::JsonSchema { name: "x".into(), schema, strict: None, description: None };
        let request = ChatRequest {
            messages: vec![user("Go")],
            response_format: Some(format),
            ..ChatRequest::default()
        };
        assert_eq!(outgoing(&request, "m", Some(&card(can)), false).unwrap_err().param, "response_format");
    }
}

#[test]
fn a_tools_schema_is_an_object_whatever_it_was() {
    for (given, expect) in [
        (json!(null), json!({"type": "object", "properties": {}})),
        (
            json!({"type": "object", "properties": {"a": {"minimum": 1}}}),
            json!({"type": "object", "properties": {"a": {"minimum": 1}}}),
        ),
        (
            json!({"anyOf": [
                {"properties": {"a": {}, "b": {}}, "required": ["a", "b"]},
                {"properties": {"a": {}, "c": {}}, "required": ["a"]},
            ]}),
            json!({"properties": {"a": {}, "b": {}, "c": {}}, "required": ["a"], "type": "object"}),
        ),
        (
            json!({"required": ["z"], "properties": {"z": {}}, "allOf": [{"required": ["a"], "properties": {"a": {}}}]}),
            json!({"required": ["z", "a"], "properties": {"z": {}, "a": {}}, "type": "object"}),
        ),
    ] {
        let tool = maig_core::chat::Tool {
            name: "f".into(),
            description: None,
            parameters: Some(given),
            strict: None,
        };
        let request = ChatRequest { messages: vec![user("Go")], tools: vec![tool], ..ChatRequest::default() };
        assert_eq!(told(&request, Capabilities::default()).1["tools"][0]["input_schema"], expect);
    }
}
