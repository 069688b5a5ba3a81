//! The plan's last word as the app sees it: status, code, and whether trying again helps. The gateway's own rendering
//! (`gateway/src/chat/give_up.rs`) adds sentences and attempts; a test plays the same scripts to both.

use std::time::Duration;

use crate::failure::{Failure, FailureKind as K};
use crate::plan::{GiveUp, Outcome, Skip, SkipReason};

/// What an error is, apart from its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub status: u16,
    pub code: Option<&'static str>,
    pub retry_after: Option<Duration>,
    pub should_retry: Option<bool>,
}

const FAILED: (u16, &str) = (502, "all_targets_failed");
const LIMITED: (u16, &str) = (429, "all_targets_rate_limited");
const LATE: (u16, &str) = (504, "all_targets_timed_out");

/// What the app is told.
pub(super) fn refusal(give_up: &GiveUp, skips: &[Skip]) -> Refusal {
    match give_up {
        GiveUp::Passed(failure) => passed(failure),
        GiveUp::Ended(failure) => ended(failure),
        GiveUp::Exhausted { outcome: Outcome::AllRateLimited { retry_after }, .. } => {
            Refusal { retry_after: *retry_after, ..told(LIMITED) }
        }
        GiveUp::Exhausted { outcome: Outcome::AllTimedOut, .. } => told(LATE),
        GiveUp::Exhausted { outcome: Outcome::Mixed, .. } => told(FAILED),
        GiveUp::NoTarget { retry_after } => {
            let keyless = skips.iter().any(|skip| matches!(skip.reason, SkipReason::NoAccount));
            let should_retry = retry_after.is_some() || !keyless;
            Refusal {
                retry_after: *retry_after,
                should_retry: Some(should_retry),
                ..told((503, "no_target_available"))
            }
        }
        GiveUp::Unsupported(_) => told((400, "unsupported_parameter")),
        GiveUp::ContextWindow(_) => told((400, "context_length_exceeded")),
    }
}

fn told((status, code): (u16, &'static str)) -> Refusal {
    Refusal { status, code: Some(code), retry_after: None, should_retry: Some(false) }
}

/// A provider's own 4xx: its status, its words.
fn passed(failure: &Failure) -> Refusal {
    let status = failure.status.filter(|status| (400..500).contains(status)).unwrap_or(400);
    Refusal { status, code: None, retry_after: None, should_retry: Some(false) }
}

fn ended(failure: &Failure) -> Refusal {
    match failure.kind {
        K::RateLimit => Refusal {
            retry_after: failure.retry_after,
            should_retry: Some(!failure.account_empty),
            ..told(LIMITED)
        },
        K::Timeout => told(LATE),
        K::ProviderAuth => told((502, "provider_auth_failed")),
        K::ContentPolicy | K::InvalidRequest | K::ContextWindow => passed(failure),
        _ => told(FAILED),
    }
}
