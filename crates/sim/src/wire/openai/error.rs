//! OpenAI's errors, and how Azure and Mistral say them otherwise.

use std::time::Duration;

use serde_json::{Value, json};

use super::Vendor;
use crate::behaviour::Trouble;
use crate::wire::{ErrorAnswer, whole_seconds};

/// A request that is refused.
pub(crate) fn invalid(status: u16, message: &str, param: Option<&str>, code: Option<&str>) -> ErrorAnswer {
    answer(status, message, "invalid_request_error", param, code)
}

/// 422 of a server that validates its fields one by one.
pub(super) fn extra_forbidden(place: &[&str]) -> ErrorAnswer {
    let place: Vec<&str> = std::iter::once("body").chain(place.iter().copied()).collect();
    let detail =
        json!([{ "type": "extra_forbidden", "loc": place, "msg": "Extra inputs are not permitted" }]);
    let body = json!({ "object": "error", "message": { "detail": detail }, "type": "invalid_request_error", "param": null, "code": null });
    ErrorAnswer { status: 422, headers: Vec::new(), body }
}

pub(crate) fn error(
    vendor: Vendor,
    trouble: Trouble,
    model: &str,
    retry_after: Option<Duration>,
) -> ErrorAnswer {
    let mut error = match trouble {
        Trouble::Quota => answer(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            "insufficient_quota",
            None,
            Some("insufficient_quota"),
        ),
        Trouble::Auth if vendor == Vendor::Azure => ErrorAnswer {
            status: 401,
            headers: Vec::new(),
            body: json!({ "error": { "code": "401", "message": "Access denied due to invalid subscription key or wrong API endpoint." } }),
        },
        Trouble::Auth => invalid(
            401,
            "Incorrect API key provided: sk-sim***********key. You can find your API key in your account settings.",
            None,
            Some("invalid_api_key"),
        ),
        Trouble::Context => invalid(
            400,
            "This model's maximum context length is 128000 tokens. However, your messages resulted in 200012 tokens. Please reduce the length of the messages.",
            Some("messages"),
            Some("context_length_exceeded"),
        ),
        Trouble::Policy if vendor == Vendor::Azure => azure_filtered(),
        Trouble::Policy => invalid(
            400,
            "Your request was rejected as a result of our safety system.",
            None,
            Some("content_policy_violation"),
        ),
        Trouble::Status(status) => by_status(status, model),
    };
    if let Some(wait) = retry_after {
        error.headers.push(("retry-after", whole_seconds(wait).to_string()));
    }
    error
}

fn by_status(status: u16, model: &str) -> ErrorAnswer {
    let (message, kind, code): (String, &str, Option<&str>) = match status {
        401 => ("Incorrect API key provided.".into(), "invalid_request_error", Some("invalid_api_key")),
        402 => ("Insufficient Balance".into(), "unknown_error", Some("invalid_request_error")),
        403 => (
            "Country, region, or territory not supported".into(),
            "request_forbidden",
            Some("unsupported_country_region_territory"),
        ),
        404 => {
            let text = format!("The model `{model}` does not exist or you do not have access to it.");
            (text, "invalid_request_error", Some("model_not_found"))
        }
        408 => ("Request timeout".into(), "timeout_error", None),
        429 => {
            let text =
                format!("Rate limit reached for {model} on requests per min (RPM): Limit 500, Used 500.");
            (text, "requests", Some("rate_limit_exceeded"))
        }
        503 | 529 => (
            "The server is overloaded, please retry.".into(),
            "service_unavailable_error",
            Some("server_is_overloaded"),
        ),
        400..500 => (format!("Refused with {status}."), "invalid_request_error", None),
        _ => (
            "The server had an error while processing your request. Sorry about that!".into(),
            "server_error",
            None,
        ),
    };
    answer(status, &message, kind, None, code)
}

fn azure_filtered() -> ErrorAnswer {
    let result = json!({ "hate": { "filtered": false, "severity": "safe" }, "violence": { "filtered": true, "severity": "high" } });
    let inner = json!({ "code": "ResponsibleAIPolicyViolation", "content_filter_result": result });
    let body = json!({ "error": {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        "type": null, "param": "prompt", "code": "content_filter", "status": 400, "innererror": inner,
    }});
    ErrorAnswer { status: 400, headers: Vec::new(), body }
}

fn answer(status: u16, message: &str, kind: &str, param: Option<&str>, code: Option<&str>) -> ErrorAnswer {
    let body: Value = json!({ "error": { "message": message, "type": kind, "param": param, "code": code } });
    ErrorAnswer { status, headers: Vec::new(), body }
}
