//! Schemas of core's types for the OpenAPI document: core itself knows nothing of OpenAPI. A test holds each mirror
//! against the type that it describes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A named policy: targets in order, and what to do when one fails.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteSpec {
    /// What apps call in place of a model.
    pub name: String,
    /// In the order they are tried: the primary, then its fallbacks.
    pub targets: Vec<TargetSpec>,
    /// Failures after which the next target is tried. Without: server_error, rate_limit, timeout.
    pub retry_on: Option<Vec<String>>,
    /// Every request skips the primary.
    pub force_fallback: Option<bool>,
    /// When Force Fallback ends by itself, RFC 3339.
    pub force_fallback_until: Option<String>,
    pub timeouts: Option<Timeouts>,
}

/// One target of a route.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TargetSpec {
    /// A model (`gpt-4o`, `anthropic/claude-3-5-sonnet`), or `route:NAME`.
    pub model: String,
    /// The name of a provider key; without: the provider's first enabled one.
    pub provider_key: Option<String>,
    /// The same target again, this many times at most.
    #[schema(minimum = 0, maximum = 5)]
    pub retries: Option<u8>,
    pub timeouts: Option<Timeouts>,
    /// Fields of the request that this target is sent instead of the caller's.
    #[schema(value_type = Option<BTreeMap<String, Object>>)]
    pub parameters: Option<BTreeMap<String, serde_json::Value>>,
}

/// Clocks in milliseconds.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Timeouts {
    pub connect_ms: Option<u64>,
    pub first_token_ms: Option<u64>,
    pub idle_ms: Option<u64>,
    pub answer_ms: Option<u64>,
    pub total_ms: Option<u64>,
    pub stream_ms: Option<u64>,
}

#[cfg(test)]
mod tests {
    use maig_core::route::RouteSpec as Core;

    #[test]
    fn the_described_route_is_the_route() {
        let full = serde_json::json!({
            "name": "r",
            "targets": [{
                "model": "gpt-4o", "provider_key": "main", "retries": 2,
                "timeouts": {"connect_ms": 1, "first_token_ms": 2, "idle_ms": 3, "answer_ms": 4, "total_ms": 5, "stream_ms": 6},
                "parameters": {"temperature": 0.5},
            }],
            "retry_on": ["timeout"],
            "force_fallback": true,
            "force_fallback_until": "2027-01-31T12:00:00Z",
            "timeouts": {"connect_ms": 1, "first_token_ms": 2, "idle_ms": 3, "answer_ms": 4, "total_ms": 5, "stream_ms": 6},
        });
        let core: Core = serde_json::from_value(full.clone()).unwrap();
        assert_eq!(serde_json::to_value(&core).unwrap(), full, "a field of core is missing from this test");
        let mirror: super::RouteSpec = serde_json::from_value(full.clone()).unwrap();
        assert_eq!(serde_json::to_value(&mirror).unwrap(), full);
    }
}
