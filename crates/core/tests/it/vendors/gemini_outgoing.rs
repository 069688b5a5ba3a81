//! What the fixtures cannot say in OpenAI's words: signatures, and media that tools give.

use maig_core::chat::{
    AssistantMessage, ChatRequest, Media, Message, Origin, Part, Reasoning, Tool, ToolCall,
};
use maig_core::translate::gemini::outgoing;
use serde_json::{Value, json};

/// Base64 of the vendor's word for "no signature at hand".
const NO_SIGNATURE: &str = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

fn contents(messages: Vec<Message>, model: &str) -> Value {
    let request = ChatRequest { messages, ..ChatRequest::default() };
    let told = outgoing(&request, model, None).unwrap();
    serde_json::from_slice::<Value>(&told.body).unwrap()["contents"].take()
}

fn user(text: &str) -> Message {
    Message::User { parts: vec![Part::Text(text.to_owned())], name: None }
}

fn calls(signatures: [Option<&str>; 2]) -> Message {
    let call = |id: &str, signature: Option<&str>| ToolCall {
        id: id.to_owned(),
        name: format!("f{id}"),
        arguments: String::new(),
        signature: signature.map(str::to_owned),
    };
    Message::Assistant(AssistantMessage {
        tool_calls: vec![call("1", signatures[0]), call("2", signatures[1])],
        reasoning: vec![Reasoning {
            origin: Some(Origin::Gemini),
            text: "Hm.".into(),
            ..Reasoning::default()
        }],
        ..AssistantMessage::default()
    })
}

fn result(id: &str) -> Message {
    Message::Tool { call_id: id.to_owned(), parts: vec![Part::Text("ok".to_owned())] }
}

#[test]
fn a_calls_signature_goes_back_with_it() {
    let contents =
        contents(vec![user("Go"), calls([Some("s1"), None]), result("1"), result("2")], "gemini-3-pro");
    let expect = json!({"role": "model", "parts": [
        {"functionCall": {"id": "1", "name": "f1", "args": {}}, "thoughtSignature": "s1"},
        {"functionCall": {"id": "2", "name": "f2", "args": {}}},
    ]});
    assert_eq!(contents[1], expect);
}

#[test]
fn the_first_call_of_a_turn_under_way_never_lacks_a_signature_on_gemini_3() {
    let past = [user("Go"), calls([None, None]), result("1"), result("2")];
    let now = [user("More"), calls([None, None]), result("1"), result("2"), calls([None, None]), result("1")];
    let messages: Vec<Message> = past.into_iter().chain(now).collect();
    let signatures = |model| -> Vec<Value> {
        let contents = contents(messages.clone(), model);
        let calls = contents.as_array().unwrap().iter().filter(|turn| turn["role"] == "model");
        calls
            .map(|turn| json!([turn["parts"][0]["thoughtSignature"], turn["parts"][1]["thoughtSignature"]]))
            .collect()
    };
    let (none, stood_in) = (json!([null, null]), json!([NO_SIGNATURE, null]));
    assert_eq!(signatures("gemini-3-pro"), [none.clone(), stood_in.clone(), stood_in]);
    assert_eq!(signatures("gemini-2.5-pro"), [none.clone(), none.clone(), none]);
}

#[test]
fn a_messages_signature_goes_back_on_its_last_text() {
    let said = AssistantMessage {
        parts: vec![Part::Text("a".into()), Part::Text("b".into())],
        signature: Some("s".into()),
        ..AssistantMessage::default()
    };
    let contents = contents(vec![user("Go"), Message::Assistant(said), user("On")], "gemini-3-pro");
    assert_eq!(contents[1]["parts"], json!([{"text": "a"}, {"text": "b", "thoughtSignature": "s"}]));
}

#[test]
fn media_that_a_tool_gives_goes_inside_its_result_or_beside_it() {
    let media = Media::Data { media_type: "image/png".into(), data: "aGk=".into() };
    let given = Message::Tool {
        call_id: "1".into(),
        parts: vec![Part::Text("see".into()), Part::Image(media, None)],
    };
    let messages = vec![user("Go"), calls([Some("s"), None]), given, result("2")];
    let image = json!({"inlineData": {"mimeType": "image/png", "data": "aGk="}});
    let said = json!({"output": "see"});
    let second = json!({"functionResponse": {"id": "2", "name": "f2", "response": {"output": "ok"}}});

    let inside = contents(messages.clone(), "gemini-3-pro");
    let first = json!({"functionResponse": {"id": "1", "name": "f1", "response": said, "parts": [image]}});
    assert_eq!(inside[2], json!({"role": "user", "parts": [first, second]}));
    assert_eq!(inside.get(3), None);

    let beside = contents(messages, "gemini-2.5-pro");
    let first = json!({"functionResponse": {"id": "1", "name": "f1", "response": said}});
    assert_eq!(beside[2], json!({"role": "user", "parts": [first, second]}));
    assert_eq!(beside[3], json!({"role": "user", "parts": [image]}));
}

#[test]
fn schemas_say_in_words_what_the_wire_has_no_keyword_for() {
    for (given, expect) in [
        (json!({"$schema": "x", "type": "object"}), json!({"type": "object"})),
        (
            json!({"$ref": "#/$defs/a", "description": "d", "$defs": {"a": {"const": 1}}}),
            json!({"$ref": "#/$defs/a", "$defs": {"a": {"enum": [1]}}}),
        ),
        (
            json!({"properties": {"items": {"type": "string", "not": {"enum": ["x"]}}}}),
            json!({"properties": {"items": {"type": "string", "description": "(not: {\"enum\":[\"x\"]})"}}}),
        ),
        (
            json!({"allOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}, "required": ["b"]}]}),
            json!({"properties": {"a": {}, "b": {}}, "required": ["a", "b"]}),
        ),
        (
            json!({"type": ["array", "string"], "items": {"type": "string"}, "maxLength": 3, "title": "T"}),
            json!({"title": "T", "anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string", "maxLength": 3}]}),
        ),
        (
            json!({"type": "string", "nullable": true}),
            json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ),
    ] {
        let tool = Tool { name: "f".into(), description: None, parameters: Some(given), strict: None };
        let request = ChatRequest { messages: vec![user("Go")], tools: vec![tool], ..ChatRequest::default() };
        let told = outgoing(&request, "gemini-2.5-flash", None).unwrap();
        let body: Value = serde_json::from_slice(&told.body).unwrap();
        assert_eq!(body["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"], expect);
    }
}
