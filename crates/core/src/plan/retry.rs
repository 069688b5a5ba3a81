//! Whether the same target is tried again after a failure, and when. A fallback is the next target, not a retry.

use std::time::Duration;

use crate::failure::{Failure, FailureKind};
use crate::time::Tick;

use super::backoff::backoff;

/// How long a request is kept waiting for one target while another could be asked instead.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the decision stands on, besides the failure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Retry {
    pub seed: u64,
    /// Attempts that this target has had.
    pub tries: u32,
    /// The target's `retries`.
    pub allowed: u8,
    /// The end of the time that this target may spend.
    pub deadline: Tick,
    /// Whether another target could be asked now.
    pub others: bool,
}

impl Retry {
    /// The moment of the next attempt at the same target; `None`: no further one.
    ///
    /// The bound of 5 s while another target remains holds for a 503 with a long Retry-After as it does for a 429: an
    /// app is not kept waiting beside a fallback that stands ready.
    pub(super) fn at(self, now: Tick, failure: &Failure) -> Option<Tick> {
        if self.tries > u32::from(self.allowed) || !may_retry(failure) {
            return None;
        }
        let wait = backoff(self.seed, self.tries, failure.retry_after);
        let at = now + wait;
        (at < self.deadline && (wait <= PATIENCE || !self.others)).then_some(at)
    }
}

/// A silent target is not asked twice, nor one whose account is empty; the other kinds would fail the same way again.
pub(super) fn may_retry(failure: &Failure) -> bool {
    match failure.kind {
        FailureKind::Connect | FailureKind::ServerError | FailureKind::BadResponse => true,
        FailureKind::RateLimit => !failure.account_empty,
        _ => false,
    }
}
