//! Anthropic's errors (its API reference, "Errors"; the type names of its SDK).

use std::time::Duration;

use serde_json::json;

use crate::behaviour::Trouble;
use crate::wire::{ErrorAnswer, whole_seconds};

pub(crate) fn invalid(status: u16, kind: &str, message: &str) -> ErrorAnswer {
    let error = json!({ "type": kind, "message": message });
    let body = json!({ "type": "error", "error": error, "request_id": "req_sim" });
    ErrorAnswer { status, headers: Vec::new(), body }
}

pub(crate) fn error(trouble: Trouble, model: &str, retry_after: Option<Duration>) -> ErrorAnswer {
    let request = "invalid_request_error";
    let mut error = match trouble {
        Trouble::Quota => invalid(
            400,
            request,
            "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
        ),
        Trouble::Auth => invalid(401, "authentication_error", "invalid x-api-key"),
        Trouble::Context => invalid(400, request, "prompt is too long: 200012 tokens > 200000 maximum"),
        Trouble::Policy => invalid(400, request, "Output blocked by content filtering policy"),
        Trouble::Status(status) => match status {
            401 => invalid(401, "authentication_error", "invalid x-api-key"),
            402 => invalid(402, "billing_error", "Your account has a billing problem."),
            403 => invalid(
                403,
                "permission_error",
                "Your API key does not have permission to use the specified resource.",
            ),
            404 => invalid(404, "not_found_error", &format!("model: {model}")),
            408 | 504 => invalid(status, "timeout_error", "Request timed out"),
            413 => invalid(413, "request_too_large", "Request exceeds the maximum size"),
            429 => {
                invalid(429, "rate_limit_error", "This request would exceed your organization's rate limit.")
            }
            503 | 529 => invalid(status, "overloaded_error", "Overloaded"),
            400..500 => invalid(status, request, &format!("Refused with {status}.")),
            _ => invalid(status, "api_error", "Internal server error"),
        },
    };
    if let Some(wait) = retry_after {
        error.headers.push(("retry-after", whole_seconds(wait).to_string()));
    }
    error
}
