//! What a plan must know of a request. It must never grow the request itself: a plan decides by these few facts alone.

use std::time::Duration;

use crate::chat::Needs;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ask {
    pub stream: bool,
    /// What a target must be able to do, else it is skipped without an attempt.
    pub needs: Needs,
    /// An estimate. It stands in for the unknown window of a model that said its window was too small.
    pub prompt_tokens: Option<u64>,
    /// The client's own deadline, from the plan's start. It lowers the route's total and never raises it.
    pub deadline: Option<Duration>,
    /// `fallback_conditions.timeout_ms`: bounds each attempt until its first token, or its whole answer.
    pub attempt_timeout: Option<Duration>,
    /// `fallback_conditions.status_codes`: in place of the asked route's `retry_on` for failures that have a status.
    /// A nested route keeps its own list.
    pub status_codes: Option<Vec<u16>>,
    /// What the jitter of this request's backoff is made from: random bits, drawn by the caller.
    pub seed: u64,
}
