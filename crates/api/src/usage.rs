//! Totals, series and health.

use serde::{Deserialize, Serialize};

/// Sums over a time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Totals {
    pub requests: u64,
    /// Requests that the app saw fail.
    pub errors: u64,
    /// Requests that another target than the first answered.
    pub fallbacks: u64,
    pub prompt_tokens: u64,
    /// Part of the prompt tokens.
    pub cached_tokens: u64,
    pub completion_tokens: u64,
    /// Part of the completion tokens.
    pub reasoning_tokens: u64,
    pub cost_nano_usd: i64,
    /// Requests whose price is unknown and which the cost leaves out.
    pub unpriced: u64,
    /// Null without requests.
    pub p50_ms: Option<u64>,
    pub p95_ms: Option<u64>,
    pub p99_ms: Option<u64>,
    /// Of streams, until their first content; null without any.
    pub first_token_p50_ms: Option<u64>,
    pub first_token_p95_ms: Option<u64>,
    pub first_token_p99_ms: Option<u64>,
}

/// One hour or day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeriesPoint {
    /// Its first moment.
    pub at: String,
    pub totals: Totals,
}

/// One name's part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageGroup {
    /// A route, a `provider/model`, a project key's id, an app's version, a platform or an end user; empty: none.
    pub name: String,
    pub totals: Totals,
    /// Of the twenty largest groups; empty for the others, and for end users.
    pub series: Vec<SeriesPoint>,
}

/// What a project did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UsageReport {
    pub from: String,
    pub to: String,
    /// `hour` or `day`.
    pub step: String,
    pub totals: Totals,
    /// The same length of time just before.
    pub before: Totals,
    pub series: Vec<SeriesPoint>,
    /// Largest first, at most 200; empty unless `group` was asked for.
    pub groups: Vec<UsageGroup>,
    /// What is in no group of the list.
    pub others: Option<Totals>,
    /// End users are counted from the request log: from this time on, if that is later than `from`.
    pub groups_from: Option<String>,
}

/// Which time, and by what.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct UsageQuery {
    /// From this time on (RFC 3339 or a date); a day ago without.
    pub from: Option<String>,
    /// Before this time; now without.
    pub to: Option<String>,
    /// `hour` or `day`; by the length of the time without.
    pub step: Option<String>,
    /// `route`, `model`, `key`, `app_version`, `platform` or `user`.
    pub group: Option<String>,
    /// Of this route alone.
    pub route: Option<String>,
}

/// The first page: the last 24 hours beside the 24 before, and the health of what is used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    pub now: Totals,
    pub before: Totals,
    pub series: Vec<SeriesPoint>,
    pub health: Vec<Health>,
    pub provider_keys: u32,
    pub routes: u32,
    pub project_keys: u32,
    /// The first steps are done when there is one.
    pub has_requests: bool,
}

/// The breaker of one account and model, as this instance sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    pub provider_key_id: String,
    pub provider_key: String,
    /// `provider/model`.
    pub model: String,
    pub state: HealthState,
    /// Until the next try, when it is not closed.
    pub retry_in_ms: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// Requests go through.
    Closed,
    /// Requests skip it.
    Open,
    /// One request is trying it.
    HalfOpen,
}
