//! What came of a rehearsal, scene by scene. Data alone; words for people are made by whoever shows it.

use std::time::Duration;

use crate::failure::FailureKind;
use crate::plan::SkipReason;

#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    pub scenes: Vec<Scene>,
    pub end: End,
}

/// One thing that happens.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Since the request came.
    pub at: Duration,
    /// `provider/model`, or `route:NAME` for a whole route that is skipped.
    pub target: String,
    pub event: Event,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Passed over: nothing is sent.
    Skipped(SkipReason),
    /// A request is sent.
    Tried {
        /// 1 for the target's first attempt.
        attempt: u32,
        /// Its breaker is open, and this request alone is let through to see.
        probe: bool,
        took: Duration,
        came: Came,
    },
    /// Nothing, before the same target is asked again.
    Waited(Duration),
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    Answered,
    /// After the app had been given the first words.
    Cut,
    Failed {
        kind: FailureKind,
        status: Option<u16>,
        retry_after: Option<Duration>,
        next: Next,
    },
}

/// What a failure leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The same target again.
    Again,
    /// Another target.
    Onward,
    /// Its kind goes on to other targets, but none is left.
    NobodyLeft,
    /// Its kind ends the chain.
    TheEnd,
}

/// What the app sees.
#[derive(Clone, Debug, PartialEq)]
pub struct End {
    /// Until the whole answer, or the error.
    pub at: Duration,
    /// Until the first words of a stream.
    pub first_word: Option<Duration>,
    pub status: u16,
    /// The error's code; `None`: an answer, or the provider's own error as it came.
    pub code: Option<&'static str>,
    pub retry_after: Option<Duration>,
    /// `x-should-retry`, where it is set.
    pub should_retry: Option<bool>,
    /// `x-maig-served-by`
    pub served_by: Option<String>,
    /// `x-maig-attempts`
    pub attempts: u32,
    /// `x-maig-fallback`
    pub fallback: bool,
    /// The error comes as an event of a stream whose head, with 200, has gone out before.
    pub in_stream: bool,
}
