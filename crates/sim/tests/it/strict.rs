//! Requests that a translation gets wrong, and the vendor's refusal of each.

use maig_sim::Sim;
use serde_json::{Value, json};

use crate::client::{Wire, send};

struct Refused {
    wire: Wire,
    /// Laid over a plain request.
    change: Value,
    evidence: &'static str,
}

fn refused(wire: Wire, evidence: &'static str, change: Value) -> Refused {
    Refused { wire, change, evidence }
}

fn rows() -> Vec<Refused> {
    use Wire::{Anthropic, Gemini, OpenAi};
    let user = json!({ "role": "user", "content": "Hi" });
    let call = json!({ "id": "c1", "type": "function", "function": { "name": "f", "arguments": "{}" } });
    let use_ = json!({ "type": "tool_use", "id": "c1", "name": "f", "input": {} });
    let result = json!({ "type": "tool_result", "tool_use_id": "c1", "content": "ok" });
    let asked = json!({ "role": "user", "parts": [{ "text": "Hi" }] });
    let called = json!({ "role": "model", "parts": [{ "functionCall": { "name": "f", "args": {} } }] });
    vec![
        refused(OpenAi, "Unknown parameter: 'fallback_models'", json!({ "fallback_models": ["x"] })),
        refused(OpenAi, "'stream_options'", json!({ "stream_options": { "include_usage": true } })),
        refused(
            OpenAi,
            "must be a response to a preceeding message",
            json!({ "messages": [user, { "role": "tool", "tool_call_id": "c9", "content": "" }] }),
        ),
        refused(
            OpenAi,
            "did not have response messages",
            json!({ "messages": [user, { "role": "assistant", "tool_calls": [call] }, user] }),
        ),
        refused(
            OpenAi,
            "did not have response messages",
            json!({ "messages": [user, { "role": "assistant", "tool_calls": [call] }] }),
        ),
        refused(
            OpenAi,
            "Invalid value: 'robot'",
            json!({ "messages": [{ "role": "robot", "content": "" }] }),
        ),
        refused(OpenAi, "Missing required parameter: 'messages'", json!({ "messages": [] })),
        refused(OpenAi, "the word 'json'", json!({ "response_format": { "type": "json_object" } })),
        refused(
            OpenAi,
            "'additionalProperties' is required",
            json!({ "response_format": { "type": "json_schema",
            "json_schema": { "name": "a", "strict": true, "schema": { "type": "object" } } } }),
        ),
        refused(OpenAi, "unsupported_parameter", json!({ "model": "o3-mini", "max_tokens": 5 })),
        refused(OpenAi, "Invalid 'temperature'", json!({ "temperature": 3 })),
        refused(
            OpenAi,
            "invalid_image_url",
            json!({ "messages": [{ "role": "user", "content": [
            { "type": "image_url", "image_url": { "url": "ftp://x" } }] }] }),
        ),
        refused(Anthropic, "max_tokens: Field required", json!({ "max_tokens": null })),
        refused(Anthropic, "seed: Extra inputs are not permitted", json!({ "seed": 1 })),
        refused(
            Anthropic,
            "first message must use",
            json!({ "messages": [{ "role": "assistant", "content": "Hi" }] }),
        ),
        refused(Anthropic, "must be non-empty", json!({ "messages": [{ "role": "user", "content": "" }] })),
        refused(
            Anthropic,
            "Input should be 'user' or 'assistant'",
            json!({ "messages": [user, { "role": "tool", "content": "x" }] }),
        ),
        refused(
            Anthropic,
            "without `tool_result` blocks",
            json!({ "messages": [user, { "role": "assistant", "content": [use_] }, user] }),
        ),
        refused(
            Anthropic,
            "unexpected `tool_use_id`",
            json!({ "messages": [{ "role": "user", "content": [result] }] }),
        ),
        refused(
            Anthropic,
            "must come first",
            json!({ "messages": [user, { "role": "assistant", "content": [use_] },
            { "role": "user", "content": [{ "type": "text", "text": "and" }, result] }] }),
        ),
        refused(Anthropic, "temperature: range", json!({ "temperature": 1.5 })),
        refused(
            Anthropic,
            "not supported by claude-opus-4-8",
            json!({ "model": "claude-opus-4-8", "temperature": 1 }),
        ),
        refused(
            Anthropic,
            "prefill",
            json!({ "model": "claude-sonnet-4-6", "messages": [user, { "role": "assistant", "content": "I" }] }),
        ),
        refused(Anthropic, "input_schema.type", json!({ "tools": [{ "name": "f", "input_schema": {} }] })),
        refused(
            Anthropic,
            "tools.0.custom.function",
            json!({ "tools": [{ "name": "f", "function": {}, "input_schema": { "type": "object" } }] }),
        ),
        refused(
            Anthropic,
            "does not match any of the expected tags",
            json!({ "tool_choice": "auto", "tools": [{ "name": "f", "input_schema": { "type": "object" } }] }),
        ),
        refused(
            Anthropic,
            "'additionalProperties'",
            json!({ "output_config": { "format": { "type": "json_schema", "schema": { "type": "object" } } } }),
        ),
        refused(Gemini, "Unknown name \\\"model\\\"", json!({ "model": "gemini-2.5-pro" })),
        refused(Gemini, "Unknown name \\\"maxTokens\\\"", json!({ "generationConfig": { "maxTokens": 5 } })),
        refused(
            Gemini,
            "valid role: user, model",
            json!({ "contents": [{ "role": "assistant", "parts": [{ "text": "x" }] }] }),
        ),
        refused(Gemini, "number of function response parts", json!({ "contents": [asked, called, asked] })),
        refused(
            Gemini,
            "Name cannot be empty",
            json!({ "contents": [asked, called, { "role": "user",
            "parts": [{ "functionResponse": { "response": {} } }] }] }),
        ),
        refused(
            Gemini,
            "protobuf.Struct",
            json!({ "contents": [asked, called, { "role": "user",
            "parts": [{ "functionResponse": { "name": "f", "response": "text" } }] }] }),
        ),
        refused(
            Gemini,
            "Unknown name \\\"additionalProperties\\\"",
            json!({ "tools": [{ "functionDeclarations": [
            { "name": "f", "parameters": { "type": "object", "additionalProperties": false } }] }] }),
        ),
        refused(
            Gemini,
            "Invalid value at",
            json!({ "tools": [{ "functionDeclarations": [
            { "name": "f", "parameters": { "type": ["string", "null"] } }] }] }),
        ),
        refused(Gemini, "response_mime_type", json!({ "generationConfig": { "responseJsonSchema": {} } })),
        refused(Gemini, "must not be empty", json!({ "contents": [{ "role": "user", "parts": [] }] })),
    ]
}

#[tokio::test]
async fn a_wrong_translation_gets_the_vendors_refusal() {
    let sim = Sim::start().await.unwrap();
    for row in rows() {
        let mut body = row.wire.body(row.wire.model(), false, "Hi");
        for (field, value) in row.change.as_object().unwrap() {
            body[field] = value.clone();
        }
        let seen = row.wire.post(&sim, row.wire.model(), false, &body).await;
        assert_eq!(seen.status, Some(400), "{}: {}", row.change, seen.text());
        assert!(seen.text().contains(row.evidence), "{}: {}", row.change, seen.text());
    }
}

#[tokio::test]
async fn gemini_3_wants_its_signature_back() {
    let sim = Sim::start().await.unwrap();
    let history = |part: Value| {
        json!({ "contents": [
            { "role": "user", "parts": [{ "text": "Hi" }] },
            { "role": "model", "parts": [part] },
            { "role": "user", "parts": [{ "functionResponse": { "name": "f", "response": {} } }] }] })
    };
    let call = json!({ "name": "f", "args": {} });
    for (part, status) in [
        (json!({ "functionCall": call }), 400),
        (json!({ "functionCall": call, "thoughtSignature": "bm9uc2Vuc2U=" }), 400),
        (json!({ "functionCall": call, "thoughtSignature": "c2ltLXRob3VnaHQ=" }), 200),
    ] {
        let seen = Wire::Gemini.post(&sim, "gemini-3-pro", false, &history(part)).await;
        assert_eq!(seen.status, Some(status), "{}", seen.text());
    }
}

#[tokio::test]
async fn sampling_is_refused_under_the_new_version() {
    let sim = Sim::start().await.unwrap();
    let mut body = Wire::Anthropic.body("claude-3-5-sonnet", false, "Hi");
    body["temperature"] = json!(1);
    for (version, status) in [("2023-06-01", 200), ("2026-10-21", 400), ("2020-01-01", 400)] {
        let headers = [("x-api-key", "k"), ("anthropic-version", version)];
        let seen = send(sim.address(), "/v1/messages", &headers, body.to_string().as_bytes()).await;
        assert_eq!(seen.status, Some(status), "{version}: {}", seen.text());
    }
}

#[tokio::test]
async fn a_missing_or_bad_key_is_refused_as_each_vendor_does() {
    let sim = Sim::start().await.unwrap();
    let rows: &[(Wire, &str, &str, u16, &str)] = &[
        (Wire::OpenAi, "x-api-key", "k", 401, "You didn't provide an API key"),
        (Wire::OpenAi, "authorization", "Bearer bad", 401, "invalid_api_key"),
        (Wire::Anthropic, "x-none", "", 401, "x-api-key header is required"),
        (Wire::Anthropic, "x-api-key", "bad", 401, "invalid x-api-key"),
        (Wire::Gemini, "authorization", "Bearer k", 403, "unregistered callers"),
        (Wire::Gemini, "x-goog-api-key", "bad", 400, "API_KEY_INVALID"),
    ];
    for (wire, name, value, status, evidence) in rows {
        let body = wire.body(wire.model(), false, "Hi").to_string();
        let headers = [(*name, *value), ("anthropic-version", "2023-06-01")];
        let seen = send(sim.address(), &wire.target(wire.model(), false), &headers, body.as_bytes()).await;
        assert_eq!(seen.status, Some(*status), "{wire:?} {name}");
        assert!(seen.text().contains(evidence), "{}", seen.text());
    }
}

#[tokio::test]
async fn a_vendors_slug_chooses_its_rules() {
    let sim = Sim::start().await.unwrap();
    let mut body = Wire::OpenAi.body("m", false, "Hi");
    body["unheard_of"] = json!(1);
    for (base, status) in [("/v1", 400), ("/mistral/v1", 422), ("/deepseek/v1", 200), ("/simulator/v1", 200)]
    {
        let target = format!("{base}/chat/completions");
        let seen = send(sim.address(), &target, &Wire::OpenAi.key(), body.to_string().as_bytes()).await;
        assert_eq!(seen.status, Some(status), "{base}: {}", seen.text());
    }
    let plain = Wire::OpenAi.body("m", false, "Hi").to_string();
    let open = send(sim.address(), "/simulator/v1/chat/completions", &[], plain.as_bytes()).await;
    assert_eq!(open.status, Some(200));
    let azure = "/openai/deployments/gpt-4o/chat/completions";
    for (target, status) in [(azure.to_owned(), 404), (format!("{azure}?api-version=2024-10-21"), 200)] {
        let seen = send(sim.address(), &target, &[("api-key", "k")], plain.as_bytes()).await;
        assert_eq!(seen.status, Some(status), "{target}: {}", seen.text());
    }
}
