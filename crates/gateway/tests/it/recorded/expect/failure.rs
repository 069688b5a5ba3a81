//! What a recorded error means by the contract: its kind, the status and the code that the app sees. The phrases are
//! those that vendors' recordings and documents show; the code under test has its own.

use serde_json::Value;

use super::super::exchange::{Dialect, Exchange};

#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Refused {
    /// As in `error.attempts` and the log.
    pub(in super::super) kind: &'static str,
    pub(in super::super) status: u16,
    /// `None`: the provider's own, whatever it is.
    pub(in super::super) code: Option<String>,
    /// The provider's words, where they are passed on: up to the first address, which is not.
    pub(in super::super) message: String,
}

/// An answer that says inside that it failed, before any content.
pub(super) fn inside_an_answer(exchange: &Exchange, objects: &[Value]) -> Refused {
    let told = objects.iter().find(|object| object.get("error").is_some_and(|error| !error.is_null()));
    // A finish that means failure, or no answer at all.
    let kind = if exchange.dialect == Dialect::OpenAi { "server_error" } else { "bad_response" };
    let Some(told) = told else { return exhausted(kind) };
    let error = &told["error"];
    let status = ["code", "status_code", "status"].iter().find_map(|field| error[field].as_u64());
    let status = status.and_then(|status| u16::try_from(status).ok()).unwrap_or(500);
    of_response(&Exchange { status, body: Some(told.clone()), ..exchange.clone() })
}

pub(super) fn of_response(exchange: &Exchange) -> Refused {
    let body = exchange.body.clone().unwrap_or_default();
    let error = match &body {
        Value::Array(list) => list[0]["error"].clone(),
        body if body["error"].is_object() => body["error"].clone(),
        body => body.clone(),
    };
    let words = body.to_string().to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    let status = exchange.status;
    let bad_request = matches!(status, 400 | 413 | 422);
    if status == 402 || status == 429 || says(&["insufficient_quota", "credit balance is too low"]) {
        return exhausted("rate_limit");
    }
    if says(&["api_key_invalid", "incorrect api key", "invalid api key", "api key not valid"])
        || matches!(status, 401 | 403)
    {
        let code = Some("provider_auth_failed".to_owned());
        return Refused { kind: "provider_auth", status: 502, code, message: String::new() };
    }
    if bad_request
        && says(&[
            "context_length_exceeded",
            "maximum context length",
            "exceeds the maximum number of tokens",
            "prompt is too long",
            "prompt too long",
            "too_many_prompt_tokens",
            "too many tokens",
            "too large for model",
            "maximum prompt length",
        ])
    {
        let code = Some("context_length_exceeded".to_owned());
        return Refused { kind: "context_window", status: 400, code, message: message(&error) };
    }
    if status == 404
        || (bad_request && says(&["model not exist", "model does not exist", "is not a valid model"]))
    {
        return exhausted("model_unavailable");
    }
    match status {
        408 => exhausted("timeout"),
        500.. => exhausted("server_error"),
        _ => {
            let policy = says(&["content_filter", "content_policy", "content management policy"]);
            let kind = if policy { "content_policy" } else { "invalid_request" };
            let code = error["code"].as_str().filter(|code| code.parse::<u16>().is_err());
            Refused { kind, status, code: code.map(str::to_owned), message: message(&error) }
        }
    }
}

/// What is told when the chain has come to its end.
fn exhausted(kind: &'static str) -> Refused {
    let (status, code) = match kind {
        "rate_limit" => (429, "all_targets_rate_limited"),
        "timeout" => (504, "all_targets_timed_out"),
        _ => (502, "all_targets_failed"),
    };
    Refused { kind, status, code: Some(code.to_owned()), message: String::new() }
}

fn message(error: &Value) -> String {
    let text = error["message"].as_str().unwrap_or_default();
    text.split("http").next().unwrap_or_default().trim().to_owned()
}
