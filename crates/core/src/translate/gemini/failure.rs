//! An error that Gemini tells inside a 200: in a stream, or in place of a response.

use crate::failure::{Failure, FailureKind, ProviderError};
use crate::wire::gemini::ErrorDetail;

pub(super) fn told(error: ErrorDetail) -> Failure {
    let kind = match (error.status.as_deref(), error.code) {
        (Some("RESOURCE_EXHAUSTED"), _) | (None, Some(429 | 402)) => FailureKind::RateLimit,
        (Some("DEADLINE_EXCEEDED"), _) | (None, Some(408)) => FailureKind::Timeout,
        (Some("UNAUTHENTICATED" | "PERMISSION_DENIED"), _) | (None, Some(401 | 403)) => {
            FailureKind::ProviderAuth
        }
        (Some("NOT_FOUND"), _) | (None, Some(404)) => FailureKind::ModelUnavailable,
        (Some("INVALID_ARGUMENT" | "FAILED_PRECONDITION"), _) | (None, Some(400)) => {
            FailureKind::InvalidRequest
        }
        // `UNAVAILABLE`, `INTERNAL`, and whatever is new: the vendor's fault until it says otherwise.
        _ => FailureKind::ServerError,
    };
    let message = error.message.unwrap_or_else(|| "the provider reported an error in its answer".to_owned());
    Failure {
        error: ProviderError { message, code: error.status, ..ProviderError::default() },
        ..Failure::seen(kind, "")
    }
}
