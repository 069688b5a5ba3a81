//! What befell a request, in words for the one who has to do something about it. Pure.

use maig_api::{AttemptLog, SkipLog};
use maig_core::failure::FailureKind;

/// Why an attempt failed, as a sentence; `None` for one that did not.
pub fn why(attempt: &AttemptLog) -> Option<String> {
    if attempt.cancelled {
        return Some("Given up: the app closed the connection.".to_owned());
    }
    let word = attempt.kind.as_deref()?;
    let Some(kind) = FailureKind::from_word(word) else { return Some(format!("It failed: {word}.")) };
    let sentence = match kind {
        FailureKind::Connect => "No connection: the address did not answer, or broke off before it answered.",
        FailureKind::ServerError => "The provider had an error of its own.",
        FailureKind::RateLimit => "The provider refused: too many requests, or the account is empty.",
        FailureKind::Timeout => "Nothing came in time.",
        FailureKind::BadResponse => "What came was no answer: malformed, empty, or cut before its content.",
        FailureKind::ContextWindow => "The prompt is larger than this model's window.",
        FailureKind::Truncated => "The answer was cut off by its length.",
        FailureKind::SchemaMismatch => "The answer was not the JSON that was asked for.",
        FailureKind::TooShort => "The answer was shorter than the route asks for.",
        FailureKind::ContentPolicy => "The provider refused for its content policy.",
        FailureKind::ProviderAuth => "The provider did not accept our key. Check it under Provider Keys.",
        FailureKind::ModelUnavailable => "The provider does not have this model, or no longer.",
        FailureKind::InvalidRequest => {
            "The provider found the request itself at fault; no other target would take it."
        }
        FailureKind::StreamCut => "The stream broke after the app had begun to read it.",
    };
    Some(sentence.to_owned())
}

/// Why a target was passed over, as a sentence.
pub fn passed_over(skip: &SkipLog) -> String {
    let detail = skip.detail.as_deref().unwrap_or_default();
    match (skip.reason.as_str(), detail) {
        ("force_fallback", _) => "Force Fallback was on: the primary is skipped.".to_owned(),
        ("no_account", _) => "There was no provider key for it.".to_owned(),
        ("unsupported", "") => "It cannot do what the request asks for.".to_owned(),
        ("unsupported", detail) => format!("It cannot do what the request asks for: {detail}."),
        ("breaker", "") => "Its breaker was open.".to_owned(),
        ("breaker", detail) => format!("Its breaker was open after {}.", detail.replace('_', " ")),
        ("small_window", _) => "Its window is too small for this prompt.".to_owned(),
        (reason, _) => format!("Passed over: {reason}."),
    }
}

/// A status in a word.
pub fn status(code: u16) -> &'static str {
    match code {
        200..=399 => "answered",
        400 => "bad request",
        401 => "bad key",
        402 => "suspended",
        403 => "not allowed",
        404 => "not found",
        413 => "too large",
        429 => "rate limited",
        499 => "client left",
        502 => "all failed",
        503 => "none available",
        504 => "timed out",
        500.. => "server error",
        _ => "refused",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_failure_has_its_sentence() {
        let attempt = |kind: &str, cancelled| AttemptLog {
            model: "openai/gpt-4o".into(),
            kind: Some(kind.to_owned()),
            status: Some(503),
            message: None,
            first_token_ms: None,
            start_ms: 0,
            ms: 1,
            cancelled,
        };
        let mut said: Vec<_> =
            FailureKind::ALL.iter().map(|kind| why(&attempt(kind.as_str(), false)).unwrap()).collect();
        assert!(said.iter().all(|text| text.ends_with('.')), "{said:?}");
        said.sort();
        said.dedup();
        assert_eq!(said.len(), FailureKind::ALL.len());
        assert_eq!(why(&attempt("of_tomorrow", false)).unwrap(), "It failed: of_tomorrow.");
        assert!(why(&attempt("timeout", true)).unwrap().contains("the app closed"));
        assert_eq!(why(&AttemptLog { kind: None, ..attempt("", false) }), None);
    }

    #[test]
    fn a_target_that_was_passed_over_has_a_reason() {
        for (reason, detail, expect) in [
            ("breaker", Some("server_error"), "Its breaker was open after server error."),
            ("breaker", None, "Its breaker was open."),
            ("unsupported", Some("tools"), "It cannot do what the request asks for: tools."),
            ("of_tomorrow", None, "Passed over: of_tomorrow."),
        ] {
            let skip =
                SkipLog { model: "m".into(), reason: reason.into(), detail: detail.map(str::to_owned) };
            assert_eq!(passed_over(&skip), expect);
        }
    }
}
