//! A route as written in YAML, sent to the admin API and stored as JSON. Unknown fields are refused, never ignored.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::failure::FailureKind;
use crate::moment::Moment;

/// What `retry_on` is when a route does not say.
pub const DEFAULT_RETRY_ON: [FailureKind; 3] =
    [FailureKind::ServerError, FailureKind::RateLimit, FailureKind::Timeout];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteSpec {
    pub name: String,
    /// In the order they are tried: the primary, then its fallbacks.
    pub targets: Vec<TargetSpec>,
    /// Failures after which the next target is tried.
    #[serde(default = "default_retry_on")]
    pub retry_on: Vec<FailureKind>,
    /// Every request skips the primary.
    #[serde(default)]
    pub force_fallback: bool,
    /// When Force Fallback ends by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub force_fallback_until: Option<Moment>,
    #[serde(default, skip_serializing_if = "Timeouts::is_default")]
    pub timeouts: Timeouts,
}

impl RouteSpec {
    /// A route without targets, all else as where nothing is said.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            targets: Vec::new(),
            retry_on: default_retry_on(),
            force_fallback: false,
            force_fallback_until: None,
            timeouts: Timeouts::default(),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetSpec {
    /// A model (`gpt-4o`, `anthropic/claude-3-5-sonnet`), or `route:NAME`.
    pub model: String,
    /// The name of a provider key; absent: the provider's first enabled one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_key: Option<String>,
    /// The same target again, this many times at most (0 to 5).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub retries: u8,
    /// In place of the route's, field by field.
    #[serde(default, skip_serializing_if = "Timeouts::is_default")]
    pub timeouts: Timeouts,
    /// Fields of the request that this target is sent instead of the caller's (`temperature`, `max_tokens`, …).
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
}

/// The clocks, in milliseconds; an absent one has the default of CONTRACT §5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeouts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_ms: Option<u64>,
}

impl Timeouts {
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// These, and `other`'s where these are silent.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            connect_ms: self.connect_ms.or(other.connect_ms),
            first_token_ms: self.first_token_ms.or(other.first_token_ms),
            idle_ms: self.idle_ms.or(other.idle_ms),
            answer_ms: self.answer_ms.or(other.answer_ms),
            total_ms: self.total_ms.or(other.total_ms),
            stream_ms: self.stream_ms.or(other.stream_ms),
        }
    }
}

/// `route:NAME` as a target, taken apart.
pub fn nested_route(model: &str) -> Option<&str> {
    model.strip_prefix("route:")
}

fn default_retry_on() -> Vec<FailureKind> {
    DEFAULT_RETRY_ON.to_vec()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u8) -> bool {
    *n == 0
}
