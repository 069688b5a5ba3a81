//! An error that Anthropic tells inside a 200: in a stream (a 529 in disguise), or in place of a message.

use crate::failure::{Failure, FailureKind, ProviderError};
use crate::wire::anthropic::ErrorDetail;

pub(super) fn told(error: ErrorDetail) -> Failure {
    let word = error.kind.unwrap_or_default();
    let kind = match word.as_str() {
        "rate_limit_error" | "billing_error" => FailureKind::RateLimit,
        "authentication_error" | "permission_error" => FailureKind::ProviderAuth,
        "not_found_error" => FailureKind::ModelUnavailable,
        "invalid_request_error" | "request_too_large" => FailureKind::InvalidRequest,
        "timeout_error" => FailureKind::Timeout,
        // `overloaded_error`, `api_error`, and whatever is new: the vendor's fault until it says otherwise.
        _ => FailureKind::ServerError,
    };
    let account_empty = word == "billing_error";
    let message = error.message.unwrap_or_else(|| "the provider reported an error in its answer".to_owned());
    Failure {
        error: ProviderError {
            kind: Some(word).filter(|w| !w.is_empty()),
            message,
            ..ProviderError::default()
        },
        account_empty,
        ..Failure::seen(kind, "")
    }
}
