//! Exchanges of our own making, for what recordings seldom hold: each vendor's way of refusing, answers that break at
//! the end, several answers in one stream. They are played as recordings are.

use serde_json::{Value, json};

use super::exchange::Exchange;

pub(super) fn exchanges() -> Vec<Exchange> {
    let refusals = [
        ("mistral", 401, json!({"detail": "Invalid API Key"})),
        (
            "mistral",
            422,
            json!({"detail": [{"type": "extra_forbidden", "loc": ["body", "x"], "msg": "Not permitted"}]}),
        ),
        (
            "ollama",
            401,
            json!({"error": {"message": "unauthorized", "type": "api_error", "param": null, "code": null}}),
        ),
        (
            "ollama",
            400,
            json!({"error": {"message": "m does not support tools", "type": "api_error", "param": null, "code": null}}),
        ),
        ("openrouter", 401, json!({"error": {"message": "No auth credentials found", "code": 401}})),
        ("openrouter", 402, json!({"error": {"message": "This request requires more credits", "code": 402}})),
        (
            "openrouter",
            400,
            json!({"error": {"message": "This endpoint's maximum context length is 200000 tokens.", "code": 400}}),
        ),
        ("openrouter", 400, json!({"error": {"message": "m/m is not a valid model ID", "code": 400}})),
        (
            "perplexity",
            400,
            json!({"error": {"message": "Too long", "type": "too_many_prompt_tokens", "code": 400}}),
        ),
        ("xai", 400, json!({"code": "invalid-argument", "error": "Incorrect API key provided: xa***ey."})),
        (
            "groq",
            400,
            json!({"error": {"message": "Failed to call a function.", "type": "invalid_request_error", "code": "tool_use_failed", "failed_generation": "<f>"}}),
        ),
        (
            "groq",
            429,
            json!({"error": {"message": "Rate limit reached", "type": "tokens", "code": "rate_limit_exceeded"}}),
        ),
        (
            "deepseek",
            402,
            json!({"error": {"message": "Insufficient Balance", "type": "unknown_error", "param": null, "code": "invalid_request_error"}}),
        ),
        (
            "deepseek",
            400,
            json!({"error": {"message": "Model Not Exist", "type": "invalid_request_error", "param": null, "code": "invalid_request_error"}}),
        ),
        (
            "azure",
            401,
            json!({"error": {"code": "401", "message": "Access denied due to invalid subscription key."}}),
        ),
        (
            "azure",
            400,
            json!({"error": {"message": "Filtered by Azure's content management policy.", "param": "prompt", "code": "content_filter", "status": 400}}),
        ),
        (
            "openai",
            400,
            json!({"error": {"message": "This model's maximum context length is 8192 tokens.", "type": "invalid_request_error", "param": "messages", "code": "context_length_exceeded"}}),
        ),
        (
            "openai",
            429,
            json!({"error": {"message": "You exceeded your current quota.", "type": "insufficient_quota", "param": null, "code": "insufficient_quota"}}),
        ),
        (
            "openai",
            500,
            json!({"error": {"message": "The server had an error.", "type": "server_error", "param": null, "code": null}}),
        ),
        (
            "openai",
            408,
            json!({"error": {"message": "Timed out.", "type": "timeout", "param": null, "code": null}}),
        ),
    ];
    let mut all: Vec<Exchange> = refusals
        .iter()
        .flat_map(|(vendor, status, body)| {
            [false, true].map(|stream| refused(vendor, "chat.completions", *status, body, stream))
        })
        .collect();
    for (status, kind) in [
        (401, "authentication_error"),
        (403, "permission_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (529, "overloaded_error"),
    ] {
        let body = json!({"type": "error", "error": {"type": kind, "message": "No."}});
        all.push(refused("anthropic", "messages", status, &body, true));
    }
    for (status, word, reason) in [
        (400, "INVALID_ARGUMENT", "API_KEY_INVALID"),
        (403, "PERMISSION_DENIED", "X"),
        (503, "UNAVAILABLE", "X"),
    ] {
        let body = json!({"error": {"code": status, "message": "No.", "status": word, "details": [{"reason": reason}]}});
        all.push(refused("gemini", "generateContent", status, &body, false));
        all.push(refused("vertex", "streamGenerateContent", status, &body, true));
    }
    all.extend(streams());
    all.extend(wholes());
    for (at, exchange) in all.iter_mut().enumerate() {
        exchange.id = format!("rare-{at}-{}", exchange.id);
    }
    all
}

fn refused(vendor: &str, endpoint: &str, status: u16, body: &Value, stream: bool) -> Exchange {
    let asked = json!({"model": "m", "messages": [{"role": "user", "content": "Hello"}], "stream": stream});
    made(vendor, endpoint, &asked, &json!({"status": status, "body": body}))
}

/// `None` of a type and of a request: as little as a recording may hold.
fn made(vendor: &str, endpoint: &str, asked: &Value, response: &Value) -> Exchange {
    let status = &response["status"];
    let line =
        json!({"id": format!("{vendor}-{status}"), "provider": vendor, "endpoint": endpoint, "model": "m"});
    Exchange::open(&line, &json!({"request": {"body": asked}, "response": response}))
        .expect("of a wire in question")
}

fn sse(vendor: &str, endpoint: &str, events: &[Value], end: &str) -> Exchange {
    let frames: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    let asked = json!({
        "model": "m", "messages": [{"role": "user", "content": "Hello"}], "stream": true,
        "stream_options": {"include_usage": true}, "n": super::expect::choices(events),
    });
    made(vendor, endpoint, &asked, &json!({"status": 200, "sse": format!("{frames}{end}")}))
}

fn chunk(index: u64, delta: Value, finish: Value) -> Value {
    json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
           "choices": [{"index": index, "delta": delta, "finish_reason": finish}]})
}

fn streams() -> Vec<Exchange> {
    const DONE: &str = "data: [DONE]\n\n";
    let said = |index, text: &str| chunk(index, json!({"role": "assistant", "content": text}), Value::Null);
    let ends = |index, word: &str| chunk(index, json!({}), json!(word));
    let counts = json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [],
        "usage": {"prompt_tokens": 66, "completion_tokens": 6, "total_tokens": 100}});
    let refusal =
        chunk(0, json!({"role": "assistant", "content": null, "refusal": "I will not."}), Value::Null);
    let bare = json!({"choices": [{"index": 0, "delta": {"content": "a"}}]});
    let call = |index: u64, name: &str| {
        let call = json!({"id": format!("call-{index}"), "type": "function", "function": {"name": name, "arguments": "{\"a\":1}"}});
        chunk(0, json!({"tool_calls": [call]}), Value::Null)
    };
    let block = |text: &str| {
        vec![
            json!({"type": "message_start", "message": {"id": "x", "model": "m", "content": [], "usage": {"input_tokens": 3, "output_tokens": 1}}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}),
        ]
    };
    let overloaded = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    let part = |parts: Value, reason: Value| json!({"candidates": [{"content": {"parts": parts}, "finishReason": reason}], "modelVersion": "m"});
    vec![
        sse(
            "openai",
            "chat.completions",
            &[said(0, "a"), said(1, "b"), ends(1, "stop"), ends(0, "length")],
            DONE,
        ),
        sse("openai", "chat.completions", &[refusal, ends(0, "stop")], DONE),
        sse("openai", "chat.completions", &[said(0, "a"), ends(0, "content_filter")], DONE),
        // Ended in order, without the mark.
        sse("together", "chat.completions", &[said(0, "a"), ends(0, "eos")], ""),
        sse("gemini", "chat.completions", &[said(0, "a"), ends(0, "stop"), counts], DONE),
        sse("openai-compatible-local", "chat.completions", &[bare, ends(0, "stop")], DONE),
        sse("mistral", "chat.completions", &[call(0, "f"), call(1, "g"), ends(0, "stop")], DONE),
        sse("mistral", "chat.completions", &[said(0, "a"), ends(0, "model_length")], DONE),
        sse("openrouter", "chat.completions", &[said(0, ""), ends(0, "error")], DONE),
        sse("deepseek", "chat.completions", &[said(0, "a"), ends(0, "insufficient_system_resource")], DONE),
        sse("anthropic", "messages", &[block(""), vec![overloaded.clone()]].concat(), ""),
        sse("anthropic", "messages", &[block("Hello"), vec![overloaded]].concat(), ""),
        sse(
            "gemini",
            "streamGenerateContent",
            &[part(json!([{"text": "a"}]), Value::Null), part(json!([]), json!("RECITATION"))],
            "",
        ),
        sse(
            "gemini",
            "streamGenerateContent",
            &[json!({"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": "m"})],
            "",
        ),
        sse("vertex", "streamGenerateContent", &[part(json!([]), json!("MALFORMED_FUNCTION_CALL"))], ""),
    ]
}

fn wholes() -> Vec<Exchange> {
    let whole = |vendor: &str, endpoint: &str, body: Value| {
        let asked = json!({"model": "m", "messages": [{"role": "user", "content": "Hello"}]});
        made(vendor, endpoint, &asked, &json!({"status": 200, "body": body}))
    };
    let answer = |message: Value, finish: &str, usage: Value| {
        json!({"id": "c", "object": "chat.completion", "created": 1, "model": "m", "usage": usage,
               "choices": [{"index": 0, "message": message, "finish_reason": finish}]})
    };
    let hidden = json!({"prompt_tokens": 66, "completion_tokens": 6, "total_tokens": 100});
    let beside = json!({"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 17, "completion_tokens_details": {"reasoning_tokens": 10}});
    let text = json!({"role": "assistant", "content": "a"});
    let refusal = json!({"role": "assistant", "content": null, "refusal": "I will not."});
    let turn = |reason: &str| {
        json!({"id": "x", "model": "m", "role": "assistant", "content": [{"type": "text", "text": "a"}], "stop_reason": reason,
               "usage": {"input_tokens": 3, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 5, "output_tokens": 1}})
    };
    vec![
        whole("gemini", "chat.completions", answer(text.clone(), "stop", hidden)),
        whole("xai", "chat.completions", answer(text.clone(), "stop", beside)),
        whole(
            "openai",
            "chat.completions",
            answer(refusal, "stop", json!({"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2})),
        ),
        whole("anthropic", "chat.completions", answer(text.clone(), "stop", Value::Null)),
        whole("zhipu", "chat.completions", answer(text.clone(), "sensitive", Value::Null)),
        whole("zhipu", "chat.completions", answer(text, "network_error", Value::Null)),
        whole("anthropic", "messages", turn("model_context_window_exceeded")),
        whole("anthropic", "messages", turn("pause_turn")),
        whole("anthropic", "messages", turn("a_reason_to_come")),
        whole(
            "openrouter",
            "chat.completions",
            json!({"error": {"message": "Provider returned error", "code": 502}}),
        ),
    ]
}
