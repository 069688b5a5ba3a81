//! Google's errors: a status word, and details that say what a code does not.

use std::time::Duration;

use serde_json::{Value, json};

use crate::behaviour::Trouble;
use crate::wire::ErrorAnswer;

const PREFIX: &str = "type.googleapis.com/google.rpc.";

/// A request that is refused.
pub(super) fn invalid(message: &str) -> ErrorAnswer {
    answer(400, "INVALID_ARGUMENT", message, Vec::new())
}

pub(crate) fn error(
    vertex: bool,
    trouble: Trouble,
    model: &str,
    retry_after: Option<Duration>,
) -> ErrorAnswer {
    let retry = retry_after.map(|wait| {
        json!({ "@type": format!("{PREFIX}RetryInfo"), "retryDelay": format!("{}s", wait.as_secs_f64()) })
    });
    let quota = |id: &str| {
        let violation = json!({ "quotaMetric": "generativelanguage.googleapis.com/generate_content_requests", "quotaId": id });
        json!({ "@type": format!("{PREFIX}QuotaFailure"), "violations": [violation] })
    };
    let exhausted = "You exceeded your current quota, please check your plan and billing details.";
    match trouble {
        Trouble::Quota => {
            let details = vec![quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier")];
            answer(429, "RESOURCE_EXHAUSTED", exhausted, details)
        }
        Trouble::Auth | Trouble::Status(401) => bad_key(vertex),
        Trouble::Context => {
            invalid("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).")
        }
        // Gemini refuses a prompt inside a 200; where a status is wanted, this is the one it has.
        Trouble::Policy => invalid("The prompt was blocked: PROHIBITED_CONTENT"),
        Trouble::Status(429) => {
            let details = [Some(quota("GenerateRequestsPerMinutePerProjectPerModel")), retry];
            answer(429, "RESOURCE_EXHAUSTED", exhausted, details.into_iter().flatten().collect())
        }
        Trouble::Status(status) => {
            let (word, message) = match status {
                400 => ("INVALID_ARGUMENT", "Request contains an invalid argument.".to_owned()),
                402 => ("FAILED_PRECONDITION", "Your prepaid balance is exhausted.".to_owned()),
                403 => ("PERMISSION_DENIED", "The caller does not have permission".to_owned()),
                404 => {
                    let text =
                        "is not found for API version v1beta, or is not supported for generateContent.";
                    ("NOT_FOUND", format!("models/{model} {text}"))
                }
                499 => ("CANCELLED", "The operation was cancelled.".to_owned()),
                503 | 529 => ("UNAVAILABLE", "The model is overloaded. Please try again later.".to_owned()),
                504 | 408 => ("DEADLINE_EXCEEDED", "The request timed out. Please try again.".to_owned()),
                500.. => ("INTERNAL", "An internal error has occurred.".to_owned()),
                _ => ("FAILED_PRECONDITION", format!("Refused with {status}.")),
            };
            answer(status, word, &message, retry.into_iter().collect())
        }
    }
}

pub(super) fn bad_key(vertex: bool) -> ErrorAnswer {
    let info = |reason: &str| json!({ "@type": format!("{PREFIX}ErrorInfo"), "reason": reason, "domain": "googleapis.com" });
    if vertex {
        let text = "Request had invalid authentication credentials. Expected OAuth 2 access token.";
        answer(401, "UNAUTHENTICATED", text, vec![info("ACCESS_TOKEN_TYPE_UNSUPPORTED")])
    } else {
        let text = "API key not valid. Please pass a valid API key.";
        answer(400, "INVALID_ARGUMENT", text, vec![info("API_KEY_INVALID")])
    }
}

pub(super) fn answer(status: u16, word: &str, message: &str, details: Vec<Value>) -> ErrorAnswer {
    let mut error = json!({ "code": status, "message": message, "status": word });
    if !details.is_empty() {
        error["details"] = json!(details);
    }
    ErrorAnswer { status, headers: Vec::new(), body: json!({ "error": error }) }
}
