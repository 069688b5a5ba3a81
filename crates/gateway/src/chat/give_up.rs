//! What the app is told when no target answered (CONTRACT §4): the plan's last word as a status, a code, and a sentence
//! that says what to do. It must never hold a provider's secret or address.

use std::time::Duration;

use maig_core::failure::{Failure, FailureKind};
use maig_core::plan::{GiveUp, Outcome, Plan, SkipReason};

use super::call::Call;
use super::outcome::NoAnswer;
use super::parse::bad_request;
use crate::error::{ApiError, AttemptSummary, Code};

/// No target answered: the limits are handed back, the row is written, and this is what the app is told.
pub(super) fn settle(no_answer: NoAnswer, mut call: Box<Call>) -> ApiError {
    let (error, kind) = refuse(no_answer, &call.course.plan);
    call.course.record.attempts(&call.course.plan);
    call.course.record.failed(&error, kind);
    error
}

/// The error of a request without an answer, and the kind of failure that it is logged as.
fn refuse(no_answer: NoAnswer, plan: &Plan) -> (ApiError, Option<FailureKind>) {
    let (error, kind) = match no_answer {
        NoAnswer::Bad(bad) => (bad_request(bad), Some(FailureKind::InvalidRequest)),
        NoAnswer::GaveUp(give_up) => gave_up(give_up, plan),
        NoAnswer::ShuttingDown => (shutting_down(), None),
    };
    let mut error = error;
    if error.body.attempts.is_none() {
        error.body.attempts = Some(attempts(plan));
    }
    (error, kind)
}

/// For requests that come, or have no answer yet, when the process ends.
pub(super) fn shutting_down() -> ApiError {
    let message = "The gateway is shutting down. Try again in a moment.";
    ApiError::new(Code::ShuttingDown, message).retry_after(Duration::from_secs(1))
}

/// What was sent upstream, in order.
pub(super) fn attempts(plan: &Plan) -> Vec<AttemptSummary> {
    plan.tried()
        .iter()
        .filter_map(|tried| {
            Some(AttemptSummary {
                model: tried.label().to_string(),
                kind: tried.kind?.as_str(),
                status: tried.status,
                ms: u64::try_from(tried.took.as_millis()).unwrap_or(u64::MAX),
            })
        })
        .collect()
}

fn gave_up(give_up: GiveUp, plan: &Plan) -> (ApiError, Option<FailureKind>) {
    match give_up {
        GiveUp::Passed(failure) => (passed(&failure), Some(failure.kind)),
        GiveUp::Ended(failure) => (ended(&failure), Some(failure.kind)),
        GiveUp::Exhausted { outcome, last } => (exhausted(outcome, plan), last.map(|failure| failure.kind)),
        GiveUp::NoTarget { retry_after } => (no_target(retry_after, plan), None),
        GiveUp::Unsupported(unsupported) => {
            let message =
                format!("No target of this route can take `{}`: {}.", unsupported.param, unsupported.reason);
            (
                ApiError::new(Code::UnsupportedParameter, message)
                    .param(unsupported.param)
                    .should_retry(false),
                None,
            )
        }
        GiveUp::ContextWindow(failure) => {
            let mut error = passed(&failure);
            error.status = 400;
            error.body.code = Some(Code::ContextLengthExceeded.as_str().into());
            error.body.kind = Code::ContextLengthExceeded.kind().into();
            (error, Some(failure.kind))
        }
    }
}

/// A provider's own 4xx: its status, its words.
fn passed(failure: &Failure) -> ApiError {
    let said = failure.error.clone();
    let mut error = ApiError::new(Code::InvalidRequest, said.message).should_retry(false);
    error.status = failure.status.filter(|status| (400..500).contains(status)).unwrap_or(400);
    if failure.kind == FailureKind::ContextWindow {
        error.body.code = Some(Code::ContextLengthExceeded.as_str().into());
    } else if let Some(code) = said.code {
        error.body.code = Some(code.into());
    }
    if let Some(kind) = said.kind {
        error.body.kind = kind.into();
    }
    error.body.param = said.param.map(Into::into);
    error
}

/// One failure that does not go on to the next target: it goes to the client alone.
fn ended(failure: &Failure) -> ApiError {
    let said = &failure.error.message;
    match failure.kind {
        FailureKind::RateLimit => {
            let mut error = ApiError::new(
                Code::AllTargetsRateLimited,
                format!("The provider's limit is reached: {said}"),
            );
            error.retry_after = failure.retry_after;
            error.should_retry(!failure.account_empty)
        }
        FailureKind::Timeout => {
            ApiError::new(Code::AllTargetsTimedOut, format!("The provider did not answer in time: {said}."))
                .should_retry(false)
        }
        FailureKind::ProviderAuth => {
            let message =
                "The gateway's own key for the provider was refused. Whoever runs the gateway must renew it.";
            ApiError::new(Code::ProviderAuthFailed, message).should_retry(false)
        }
        FailureKind::ContentPolicy | FailureKind::InvalidRequest | FailureKind::ContextWindow => {
            passed(failure)
        }
        _ => {
            ApiError::new(Code::AllTargetsFailed, format!("The provider failed: {said}")).should_retry(false)
        }
    }
}

fn exhausted(outcome: Outcome, plan: &Plan) -> ApiError {
    let tried = plan.tried().len();
    match outcome {
        Outcome::AllRateLimited { retry_after } => {
            let message = "Every target of this route is at its provider's limit. Try again later.";
            let mut error = ApiError::new(Code::AllTargetsRateLimited, message);
            error.retry_after = retry_after;
            error.should_retry(false)
        }
        Outcome::AllTimedOut => {
            let message =
                "No target of this route answered in time. Try again, or raise the route's timeouts.";
            ApiError::new(Code::AllTargetsTimedOut, message).should_retry(false)
        }
        Outcome::Mixed => {
            let message = format!(
                "All targets of this route failed ({tried} tried); `attempts` says how. Try again later."
            );
            ApiError::new(Code::AllTargetsFailed, message).should_retry(false)
        }
    }
}

fn no_target(retry_after: Option<Duration>, plan: &Plan) -> ApiError {
    let keyless: Vec<&str> = plan
        .skips()
        .iter()
        .filter(|skip| matches!(skip.reason, SkipReason::NoAccount))
        .map(|skip| skip.label.as_str())
        .collect();
    let message = match keyless.is_empty() {
        true => "No target of this route can be tried right now. Try again in a moment.".to_owned(),
        false => format!("No provider key serves {}. Add one in the dashboard.", keyless.join(", ")),
    };
    let error = ApiError::new(Code::NoTargetAvailable, message);
    match retry_after {
        Some(wait) => error.retry_after(wait),
        None => error.should_retry(keyless.is_empty()),
    }
}
