//! How a plan without an answer ends. Each variant is one error of the public contract and carries what its renderer
//! needs; no text for people is made here.

use std::time::Duration;

use crate::failure::{Failure, FailureKind};
use crate::time::Tick;
use crate::translate::Unsupported;

use super::BreakerState;
use super::record::{Skip, SkipReason, Tried};

#[derive(Clone, Debug, PartialEq)]
pub enum GiveUp {
    /// The provider's own word for the client: an `invalid_request` or a `content_policy`, given as it is.
    Passed(Failure),
    /// A failure that does not go on to the next target, and goes to the client alone: a 429 as 429; a 5xx, connect or
    /// bad_response as 502; a timeout as 504; provider_auth as 502 `provider_auth_failed`.
    Ended(Failure),
    /// Every target failed or was held back by its breaker. `last` is the last attempt's failure; `None`: nothing was
    /// tried.
    Exhausted { outcome: Outcome, last: Option<Failure> },
    /// 503 `no_target_available`: nothing could be tried. A wait is known when breakers are why.
    NoTarget { retry_after: Option<Duration> },
    /// 400 `unsupported_parameter`: no target can do what the request needs. The first target's word.
    Unsupported(Unsupported),
    /// 400 `context_length_exceeded`: the first such failure.
    ContextWindow(Failure),
}

/// What an exhausted chain has in common. A target that its breaker held back counts as what opened the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 429 `all_targets_rate_limited`, with the shortest wait.
    AllRateLimited { retry_after: Option<Duration> },
    /// 504 `all_targets_timed_out`
    AllTimedOut,
    /// 502 `all_targets_failed`
    Mixed,
}

/// The shortest wait that a client is told: where a probe is under way its end is not known, and zero would invite a
/// storm.
const SHORTEST_HINT: Duration = Duration::from_secs(1);

/// Sums up a chain of which at least one target was tried or held back.
pub(super) fn outcome(tried: &[Tried], skips: &[Skip], now: Tick) -> Outcome {
    let all = |wanted| {
        let mut kinds =
            tried.iter().filter_map(|t| t.kind).chain(held_back(skips).map(|(_, because)| because));
        kinds.all(|kind| kind == wanted)
    };
    if all(FailureKind::RateLimit) {
        let after_trying = tried.iter().map(|t| match t.target.health().state(now) {
            BreakerState::Open { until, .. } => until.since(now).max(SHORTEST_HINT),
            BreakerState::Closed | BreakerState::HalfOpen { .. } => SHORTEST_HINT,
        });
        Outcome::AllRateLimited { retry_after: after_trying.chain(shortest_wait(skips, now)).min() }
    } else if all(FailureKind::Timeout) {
        Outcome::AllTimedOut
    } else {
        Outcome::Mixed
    }
}

/// Until the first of the targets that breakers held back may be asked.
pub(super) fn shortest_wait(skips: &[Skip], now: Tick) -> Option<Duration> {
    held_back(skips).map(|(until, _)| until.since(now).max(SHORTEST_HINT)).min()
}

/// The targets that breakers held back, and what opened the breakers.
pub(super) fn held_back(skips: &[Skip]) -> impl Iterator<Item = (Tick, FailureKind)> {
    skips.iter().filter_map(|skip| match skip.reason {
        SkipReason::Breaker { until, because } => Some((until, because)),
        _ => None,
    })
}

/// What the first target that cannot do what is needed said.
pub(super) fn first_unsupported(skips: &[Skip]) -> Option<&Unsupported> {
    skips.iter().find_map(|skip| match &skip.reason {
        SkipReason::Unsupported(unsupported) => Some(unsupported),
        _ => None,
    })
}
