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
    /// With a `maig_test_` key: the simulator answered.
    pub test: bool,
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
    /// Targets that were passed over without a request.
    pub skipped: Vec<SkipLog>,
    /// Fields that the target could not be told.
    pub dropped: Vec<String>,
    /// `chat.completions`.
    pub endpoint: String,
    /// The kind of the failure that ended it.
    pub failure_kind: Option<String>,
    /// Why the answer ended: `stop`, `length`, `tool_calls`, …
    pub finish: Option<String>,
    /// Part of the prompt tokens.
    pub cached_tokens: Option<u64>,
    /// Part of the completion tokens.
    pub reasoning_tokens: Option<u64>,
    /// The project key's name, if the key is still there.
    pub project_key: Option<String>,
    pub bundle_id: Option<String>,
    pub install_id: Option<String>,
    /// What the app saw besides the body.
    pub headers: Vec<LoggedHeader>,
}

/// A header of the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LoggedHeader {
    pub name: String,
    pub value: String,
}

/// A target that was passed over.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SkipLog {
    /// `provider/model`, or `route:NAME`.
    pub model: String,
    /// `force_fallback`, `no_account`, `unsupported`, `breaker` or `small_window`.
    pub reason: String,
    /// More of it: what is not supported, or what opened the breaker.
    pub detail: Option<String>,
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
    /// What was wrong, in words; without the app's own text, so null where a provider's words may repeat it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// From its start to its first content; null where none came or nothing was streamed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<u64>,
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
    /// `ok`, `error`, a class as `4xx`, or an HTTP status.
    pub status: Option<String>,
    pub error_code: Option<String>,
    /// Only those that another target answered, or only those that the first did.
    pub fallback: Option<bool>,
    /// A project key's id.
    pub project_key: Option<String>,
    /// The end user.
    pub user: Option<String>,
    pub app_version: Option<String>,
    pub platform: Option<String>,
    /// Only those of `maig_test_` keys, or only the others.
    pub test: Option<bool>,
    /// A request's id; or the whole of a route, model, error code, end user or app version.
    pub q: Option<String>,
    /// Only those that ended after this time (RFC 3339): a live tail. `next_cursor` is then what to give as `after` the
    /// next time, and a request may come twice. One that ran for more than 20 minutes is not in it.
    pub after: Option<String>,
    /// 1 to 200; 50 without.
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// Which requests, and how they are written: the fields of [`LogFilter`] that choose, written out because a flattened
/// struct cannot refuse unknown fields.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct LogExport {
    /// `csv` (also without), or `json` for one JSON object a line.
    pub format: Option<String>,
    /// From this time on (RFC 3339 or a date).
    pub from: Option<String>,
    /// Before this time.
    pub to: Option<String>,
    /// The asked route or model.
    pub route: Option<String>,
    /// `provider/model` that answered.
    pub served_by: Option<String>,
    /// `ok`, `error`, a class as `4xx`, or an HTTP status.
    pub status: Option<String>,
    pub error_code: Option<String>,
    /// Only those that another target answered, or only those that the first did.
    pub fallback: Option<bool>,
    /// A project key's id.
    pub project_key: Option<String>,
    /// The end user.
    pub user: Option<String>,
    pub app_version: Option<String>,
    pub platform: Option<String>,
    /// Only those of `maig_test_` keys, or only the others.
    pub test: Option<bool>,
    /// A request's id; or the whole of a route, model, error code, end user or app version.
    pub q: Option<String>,
}
