//! The closed list of ways to fail; the same words in `retry_on`, errors, logs and the dashboard.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $word:literal,)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum FailureKind {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl FailureKind {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

kinds! {
    /// DNS, refused, TLS, reset before the head.
    Connect "connect",
    /// 5xx, overloaded, an error event before the commit.
    ServerError "server_error",
    /// 429, and every form of an empty account.
    RateLimit "rate_limit",
    /// No first token, silence, an answer too late, a provider's 408.
    Timeout "timeout",
    /// 200 with something that is no answer, or a cut before content.
    BadResponse "bad_response",
    /// The prompt is larger than the model's window.
    ContextWindow "context_window",
    /// `validate`: cut by length.
    Truncated "truncated",
    /// `validate`: not the JSON that was asked for.
    SchemaMismatch "schema_mismatch",
    /// `validate`: shorter than asked for.
    TooShort "too_short",
    /// Refused by the provider's policy.
    ContentPolicy "content_policy",
    /// Our key for the provider is bad.
    ProviderAuth "provider_auth",
    /// Unknown or retired model.
    ModelUnavailable "model_unavailable",
    /// Any other 4xx: the caller's fault.
    InvalidRequest "invalid_request",
    /// The stream broke after the commit.
    StreamCut "stream_cut",
}

impl FailureKind {
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// Whether it says something about the target's health (CONTRACT §5, breakers). Rate limits open a breaker too,
    /// but by the provider's own word (Retry-After), not by counting.
    pub fn counts_against_health(self) -> bool {
        matches!(
            self,
            Self::Connect
                | Self::ServerError
                | Self::Timeout
                | Self::BadResponse
                | Self::StreamCut
                | Self::ProviderAuth
        )
    }
}

impl std::fmt::Display for FailureKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
