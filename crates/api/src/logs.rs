//! The request log.

use serde::{Deserialize, Serialize};

/// One request of an app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogEntry {
    pub request_id: String,
    pub at: String,
    /// What was asked for: a route or a model.
    pub route: String,
    /// `provider/model` that answered; null if none did.
    pub served_by: Option<String>,
    /// The HTTP status that the app saw; 499 if it left before.
    pub status: u16,
    /// The code of the error that the app saw.
    pub error_code: Option<String>,
    pub stream: bool,
    /// Answered by another target than the first.
    pub fallback: bool,
    pub attempts: u32,
    /// How often the app came back to a resumable stream while it was made.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub resumes: u32,
    pub duration_ms: u64,
    pub first_token_ms: Option<u64>,
    pub prompt_tokens: Option<u64>,
    pub completion_tokens: Option<u64>,
    /// The tokens are an estimate.
    pub estimated: bool,
    /// Null: the price is unknown.
    pub cost_nano_usd: Option<i64>,
    pub project_key_id: Option<String>,
    pub user: Option<String>,
    pub app_version: Option<String>,
    pub platform: Option<String>,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// A request with everything that was tried for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LogDetail {
    #[serde(flatten)]
    pub entry: LogEntry,
    /// In the order they began.
    pub attempt_log: Vec<AttemptLog>,
    /// Fields that the target could not be told.
    pub dropped: Vec<String>,
}

/// One request to one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptLog {
    /// `provider/model`.
    pub model: String,
    /// The kind of failure; null for the one that answered.
    pub kind: Option<String>,
    /// The provider's HTTP status, if it came to one.
    pub status: Option<u16>,
    /// Milliseconds after the request came in.
    pub start_ms: u64,
    pub ms: u64,
    /// Given up because the client left.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cancelled: bool,
}

/// Which requests.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct LogFilter {
    /// From this time on (RFC 3339 or a date).
    pub from: Option<String>,
    /// Before this time.
    pub to: Option<String>,
    /// The asked route or model.
    pub route: Option<String>,
    /// `provider/model` that answered.
    pub served_by: Option<String>,
    /// `ok`, `error`, or an HTTP status.
    pub status: Option<String>,
    pub error_code: Option<String>,
    /// Only those that another target answered, or only those that the first did.
    pub fallback: Option<bool>,
    /// A project key's id.
    pub project_key: Option<String>,
    /// The end user.
    pub user: Option<String>,
    /// 1 to 200; 50 without.
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}
