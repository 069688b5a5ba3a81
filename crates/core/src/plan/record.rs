//! What a plan did, for `error.attempts`, the log row and the dashboard: attempts flat, in order, however deep the
//! routes are nested; skipped targets apart from them, since nothing was sent.

use std::sync::Arc;
use std::time::Duration;

use crate::failure::{Failure, FailureKind};
use crate::route::ModelTarget;
use crate::time::Tick;
use crate::translate::Unsupported;

/// One finished attempt.
#[derive(Clone, Debug)]
pub struct Tried {
    pub target: Arc<ModelTarget>,
    /// Why it failed. `None`: it answered, or it was cancelled.
    pub kind: Option<FailureKind>,
    /// The provider's HTTP status of a failure that had one.
    pub status: Option<u16>,
    /// What was wrong, in words that repeat nothing of the request: of a kind of failure whose words may, there are none.
    pub message: Option<Box<str>>,
    pub started: Tick,
    pub took: Duration,
    /// The client left before it ended.
    pub cancelled: bool,
}

/// The longest message that is kept.
const LONGEST: usize = 300;

impl Tried {
    /// `provider/model`
    pub fn label(&self) -> &Arc<str> {
        &self.target.label
    }

    /// Keeps the words of a failure that its account's secrets were taken out of.
    pub(super) fn say(&mut self, failure: &Failure) {
        let repeats = matches!(
            failure.kind,
            FailureKind::InvalidRequest | FailureKind::ContentPolicy | FailureKind::ContextWindow
        );
        if !repeats && !failure.error.message.is_empty() {
            self.message = Some(failure.error.message.chars().take(LONGEST).collect());
        }
    }
}

/// A target that was passed over without a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Skip {
    /// `provider/model`, or `route:NAME` when Force Fallback passed over a whole route.
    pub label: String,
    pub reason: SkipReason,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SkipReason {
    /// Force Fallback passes over target 0.
    ForceFallback,
    /// The project has no usable key for it.
    NoAccount,
    /// It cannot do what the request needs.
    Unsupported(Unsupported),
    /// Its breaker is open until then, or half-open with its one probe under way.
    Breaker { until: Tick, because: FailureKind },
    /// Its window is no larger than one that the prompt did not fit.
    SmallWindow,
}
