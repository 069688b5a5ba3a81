//! What a plan says when it is asked for the next step.

use std::sync::Arc;

use crate::route::ModelTarget;
use crate::time::Tick;

use super::{Clocks, GiveUp};

#[derive(Clone, Debug)]
pub enum Step {
    /// Send the request to this target, then report: `failed`, `unsupported`, `answered`, `committed`, `cancelled`.
    Try(Attempt),
    /// Nothing before this moment; then ask again.
    Wait(Tick),
    /// There is no answer; this is what the client is told. Asking again gives the same.
    GiveUp(GiveUp),
}

/// One request to one target.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub target: Arc<ModelTarget>,
    pub clocks: Clocks,
    /// No other target can be reached by the time that this one must have answered: it may take all the time.
    pub last: bool,
    /// Nothing would be tried after this attempt, so an empty answer is given as it is, not called a `bad_response`.
    pub accept_empty: bool,
    /// A refusal would not go on to another target (no route on the way lists `content_policy`, or none is left), so an
    /// answer that is one is given as it is, not called a `content_policy`.
    pub accept_refusal: bool,
}
