//! What each wire's plain answers look like: tools, schemas, counts, order.

use maig_sim::Sim;
use serde_json::{Value, json};

use crate::client::{WIRES, Wire, send};

const WEATHER: &str = r#"{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"#;

fn with_tool(wire: Wire, mut body: Value) -> Value {
    let schema: Value = serde_json::from_str(WEATHER).unwrap();
    let tool = match wire {
        Wire::OpenAi => {
            json!([{ "type": "function", "function": { "name": "weather", "parameters": schema } }])
        }
        Wire::Anthropic => json!([{ "name": "weather", "input_schema": schema }]),
        Wire::Gemini => {
            json!([{ "functionDeclarations": [{ "name": "weather", "parametersJsonSchema": schema }] }])
        }
    };
    body["tools"] = tool;
    body
}

/// The names and arguments of the calls of an answer.
fn calls(wire: Wire, answer: &Value) -> Vec<(Value, Value)> {
    let list = |path: &str| answer.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
    match wire {
        Wire::OpenAi => list("/choices/0/message/tool_calls")
            .iter()
            .map(|call| {
                let arguments = call["function"]["arguments"].as_str().unwrap();
                (call["function"]["name"].clone(), serde_json::from_str(arguments).unwrap())
            })
            .collect(),
        Wire::Anthropic => {
            list("/content").iter().map(|use_| (use_["name"].clone(), use_["input"].clone())).collect()
        }
        Wire::Gemini => list("/candidates/0/content/parts")
            .iter()
            .map(|part| (part["functionCall"]["name"].clone(), part["functionCall"]["args"].clone()))
            .collect(),
    }
}

#[tokio::test]
async fn three_tools_are_called_at_once_on_every_wire() {
    let sim = Sim::start().await.unwrap();
    for wire in WIRES {
        let model = format!("{}+tools=3", wire.model());
        let body = with_tool(wire, wire.body(&model, false, "How is it in Paris?"));
        let seen = wire.post(&sim, &model, false, &body).await;
        let expect: Vec<(Value, Value)> = ["some city", "some city 2", "some city 3"]
            .map(|city| (json!("weather"), json!({ "city": city })))
            .into();
        assert_eq!(calls(wire, &seen.json()), expect, "{wire:?}: {}", seen.text());
    }
}

#[tokio::test]
async fn a_result_is_answered_with_text_on_every_wire() {
    let sim = Sim::start().await.unwrap();
    let turns = [
        json!({ "messages": [
            { "role": "user", "content": "Weather?" },
            { "role": "assistant", "content": null, "tool_calls": [
                { "id": "c1", "type": "function", "function": { "name": "weather", "arguments": "{}" } }] },
            { "role": "tool", "tool_call_id": "c1", "content": "18 degrees" }] }),
        json!({ "messages": [
            { "role": "user", "content": "Weather?" },
            { "role": "assistant", "content": [{ "type": "tool_use", "id": "c1", "name": "weather", "input": {} }] },
            { "role": "user", "content": [{ "type": "tool_result", "tool_use_id": "c1", "content": "18 degrees" }] }] }),
        json!({ "contents": [
            { "role": "user", "parts": [{ "text": "Weather?" }] },
            { "role": "model", "parts": [{ "functionCall": { "name": "weather", "args": {} } }] },
            { "role": "user", "parts": [{ "functionResponse": { "name": "weather", "response": { "output": "18 degrees" } } }] }] }),
    ];
    for (wire, turns) in WIRES.into_iter().zip(turns) {
        let mut body = with_tool(wire, wire.body(wire.model(), false, ""));
        for (field, value) in turns.as_object().unwrap() {
            body[field] = value.clone();
        }
        let seen = wire.post(&sim, wire.model(), false, &body).await;
        assert!(wire.said(&seen).contains("was told: "), "{wire:?}: {}", seen.text());
        assert!(wire.said(&seen).contains("18 degrees"), "{wire:?}: {}", seen.text());
    }
}

#[tokio::test]
async fn a_schema_gets_an_instance_on_every_wire() {
    let sim = Sim::start().await.unwrap();
    let schema = json!({ "type": "object", "additionalProperties": false, "required": ["n", "ok"],
        "properties": { "n": { "type": "integer" }, "ok": { "type": "boolean" } } });
    for wire in WIRES {
        let mut body = wire.body(wire.model(), false, "Give me one");
        match wire {
            Wire::OpenAi => {
                let named = json!({ "name": "answer", "strict": true, "schema": schema });
                body["response_format"] = json!({ "type": "json_schema", "json_schema": named });
            }
            Wire::Anthropic => {
                body["output_config"] = json!({ "format": { "type": "json_schema", "schema": schema } })
            }
            Wire::Gemini => {
                body["generationConfig"] =
                    json!({ "responseMimeType": "application/json", "responseJsonSchema": schema });
            }
        }
        let seen = wire.post(&sim, wire.model(), false, &body).await;
        let said: Value = serde_json::from_str(&wire.said(&seen)).unwrap();
        assert_eq!(said, json!({ "n": 1, "ok": true }), "{wire:?}");
    }
}

#[tokio::test]
async fn a_limit_ends_the_answer_and_is_counted_on_every_wire() {
    let sim = Sim::start().await.unwrap();
    for wire in WIRES {
        let mut body = wire.body(wire.model(), false, "one two three four five");
        match wire {
            Wire::OpenAi => body["max_completion_tokens"] = json!(3),
            Wire::Anthropic => body["max_tokens"] = json!(3),
            Wire::Gemini => body["generationConfig"] = json!({ "maxOutputTokens": 3 }),
        }
        let seen = wire.post(&sim, wire.model(), false, &body).await;
        let answer = seen.json();
        let (finish, count) = match wire {
            Wire::OpenAi => (&answer["choices"][0]["finish_reason"], &answer["usage"]["completion_tokens"]),
            Wire::Anthropic => (&answer["stop_reason"], &answer["usage"]["output_tokens"]),
            Wire::Gemini => {
                (&answer["candidates"][0]["finishReason"], &answer["usageMetadata"]["candidatesTokenCount"])
            }
        };
        assert!(["length", "max_tokens", "MAX_TOKENS"].contains(&finish.as_str().unwrap()), "{wire:?}");
        assert_eq!(count, 3, "{wire:?}");
        assert!(wire.said(&seen).ends_with("one"), "{wire:?}");
    }
}

#[tokio::test]
async fn openais_stream_counts_only_when_asked() {
    let sim = Sim::start().await.unwrap();
    let body =
        json!({ "model": "gpt-4o", "stream": true, "messages": [{ "role": "user", "content": "Hi" }] });
    let seen = Wire::OpenAi.post(&sim, "gpt-4o", true, &body).await;
    assert!(!seen.text().contains("\"usage\""));
    let seen = Wire::OpenAi.ask(&sim, "", true).await;
    let frames = seen.frames();
    let (last, before) = frames.split_last().unwrap();
    assert!(last["choices"].as_array().unwrap().is_empty() && last["usage"]["total_tokens"] == 7);
    assert!(
        before
            .iter()
            .all(|frame| frame.as_object().unwrap().contains_key("usage") && frame["usage"].is_null())
    );
}

#[tokio::test]
async fn geminis_stream_has_crlf_and_no_end_mark_and_is_an_array_without_sse() {
    let sim = Sim::start().await.unwrap();
    let seen = Wire::Gemini.ask(&sim, "", true).await;
    assert!(seen.text().contains("\r\n\r\n") && !seen.text().contains("[DONE]"));
    assert_eq!(seen.frames().last().unwrap()["candidates"][0]["finishReason"], "STOP");
    let body = Wire::Gemini.body("gemini-2.5-pro", true, "Hello there").to_string();
    let target = "/v1beta/models/gemini-2.5-pro:streamGenerateContent";
    let array = send(sim.address(), target, &Wire::Gemini.key(), body.as_bytes()).await;
    assert_eq!(array.json().as_array().unwrap().len(), seen.frames().len());
}

#[tokio::test]
async fn anthropics_events_come_in_their_order() {
    let sim = Sim::start().await.unwrap();
    let seen = Wire::Anthropic.ask(&sim, "chunks=2", true).await;
    let text = seen.text();
    let events: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    let expect = "message_start content_block_start ping content_block_delta content_block_delta content_block_stop \
        message_delta message_stop";
    assert_eq!(events.join(" "), expect);
}

#[tokio::test]
async fn a_service_account_gets_a_token_that_vertex_takes() {
    let sim = Sim::start().await.unwrap();
    let grant = b"grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=aa.bb.cc";
    let token = send(sim.address(), "/token", &[], grant).await.json();
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let target =
        "/v1beta1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro:generateContent";
    let body = Wire::Gemini.body("", false, "Hi").to_string();
    let seen = send(sim.address(), target, &[("authorization", &bearer)], body.as_bytes()).await;
    assert_eq!(Wire::Gemini.said(&seen), "gemini-2.5-pro heard: Hi");
    let refused = send(sim.address(), target, &[("x-goog-api-key", "any")], body.as_bytes()).await;
    assert_eq!(refused.status, Some(401));
}

#[tokio::test]
async fn the_benchmarks_door_answers_without_a_model() {
    let sim = Sim::start().await.unwrap();
    for (wire, path) in [(Wire::OpenAi, "/v1/chat/completions"), (Wire::Anthropic, "/v1/messages")] {
        for stream in [false, true] {
            let target = format!("/bench/chunks=4,bytes=100{path}");
            let body = json!({ "stream": stream }).to_string();
            let first = send(sim.address(), &target, &[], body.as_bytes()).await;
            let again = send(sim.address(), &target, &[], body.as_bytes()).await;
            assert_eq!(wire.said(&first).len(), 100, "{wire:?} {stream}: {}", first.text());
            assert_eq!(first.body, again.body);
        }
    }
    let seen = send(sim.address(), "/bench/colour=red/v1/messages", &[], b"{}").await;
    assert_eq!(seen.status, Some(400));
}
