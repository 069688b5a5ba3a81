//! What failing means (CONTRACT §5): the kinds, and one failure of one attempt. `evidence` recognises each vendor's
//! way of saying it. A failure's text may be shown to the app's developer, so it must never hold a secret or a URL.

pub mod evidence;
mod kind;

use std::time::Duration;

pub use kind::FailureKind;

/// Why one attempt failed.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub kind: FailureKind,
    /// The provider's HTTP status, if it came to one.
    pub status: Option<u16>,
    /// The provider's own error in OpenAI's four fields; for faults without one, our words in `message`.
    pub error: ProviderError,
    /// How long the provider asks us to wait.
    pub retry_after: Option<Duration>,
    /// An empty account, not a busy one: the breaker opens for five minutes and the target is not retried.
    pub account_empty: bool,
}

/// The four fields of OpenAI's error object. `message` is scrubbed of keys and URLs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderError {
    pub message: String,
    pub kind: Option<String>,
    pub param: Option<String>,
    pub code: Option<String>,
}

impl Failure {
    /// A failure that MAIG saw itself: no status, our words.
    pub fn seen(kind: FailureKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            error: ProviderError { message: message.into(), ..ProviderError::default() },
            retry_after: None,
            account_empty: false,
        }
    }
}
