//! One row of the request log, and its reading.

use maig_core::id::{ProjectId, ProjectKeyId, RequestId};
use maig_core::money::NanoUsd;
use sqlx::any::AnyRow;

use crate::error::Result;
use crate::row::Read;

/// One request of an app. Durations are microseconds; tokens are in OpenAI's arithmetic.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestRow {
    /// UUIDv7, as in `x-maig-request-id`.
    pub id: RequestId,
    pub project_id: ProjectId,
    /// `None`: refused before its key was known.
    pub key_id: Option<ProjectKeyId>,
    /// The name that was asked for, route or model.
    pub route: String,
    /// `chat.completions`, …
    pub endpoint: String,
    /// `provider/model` that answered.
    pub served_by: Option<String>,
    /// What the app saw; 499 if it left before.
    pub status: u16,
    /// The error's code that the app saw.
    pub error_code: Option<String>,
    /// The kind of the failure that ended it.
    pub failure_kind: Option<String>,
    /// With a `maig_test_` key.
    pub test: bool,
    pub stream: bool,
    pub fallback: bool,
    pub client_gone: bool,
    /// Microseconds since 1970.
    pub started_at: i64,
    pub duration_us: i64,
    pub first_token_us: Option<i64>,
    pub prompt_tokens: Option<i64>,
    pub cached_tokens: Option<i64>,
    pub completion_tokens: Option<i64>,
    pub reasoning_tokens: Option<i64>,
    /// The tokens are an estimate.
    pub estimated: bool,
    /// `None`: the price is unknown, which is not zero.
    pub cost: Option<NanoUsd>,
    pub finish: Option<String>,
    pub app_version: Option<String>,
    pub platform: Option<String>,
    pub bundle_id: Option<String>,
    pub install_id: Option<String>,
    pub end_user: Option<String>,
    /// The answering provider's own id of the request.
    pub upstream_id: Option<String>,
    pub attempt_count: u32,
    /// JSON array in the gateway's shape.
    pub attempts: String,
    /// JSON array of field names; `None`: nothing was dropped.
    pub dropped: Option<String>,
}

/// In the order in which `insert` binds.
pub(super) const COLUMNS: &str = "id, project_id, key_id, route, endpoint, served_by, status, error_code, \
    failure_kind, test, stream, fallback, client_gone, started_at, duration_us, first_token_us, prompt_tokens, \
    cached_tokens, completion_tokens, reasoning_tokens, estimated, cost_nano, finish, app_version, platform, \
    bundle_id, install_id, end_user, upstream_id, attempt_count, attempts, dropped";
pub(super) const COLUMN_COUNT: usize = 32;

pub(super) fn read(row: &AnyRow) -> Result<RequestRow> {
    Ok(RequestRow {
        id: RequestId(row.text("id")?),
        project_id: ProjectId(row.text("project_id")?),
        key_id: row.text_or_null("key_id")?.map(ProjectKeyId),
        route: row.text("route")?,
        endpoint: row.text("endpoint")?,
        served_by: row.text_or_null("served_by")?,
        status: u16::try_from(row.int("status")?).unwrap_or(0),
        error_code: row.text_or_null("error_code")?,
        failure_kind: row.text_or_null("failure_kind")?,
        test: row.flag("test")?,
        stream: row.flag("stream")?,
        fallback: row.flag("fallback")?,
        client_gone: row.flag("client_gone")?,
        started_at: row.int("started_at")?,
        duration_us: row.int("duration_us")?,
        first_token_us: row.int_or_null("first_token_us")?,
        prompt_tokens: row.int_or_null("prompt_tokens")?,
        cached_tokens: row.int_or_null("cached_tokens")?,
        completion_tokens: row.int_or_null("completion_tokens")?,
        reasoning_tokens: row.int_or_null("reasoning_tokens")?,
        estimated: row.flag("estimated")?,
        cost: row.int_or_null("cost_nano")?.map(NanoUsd),
        finish: row.text_or_null("finish")?,
        app_version: row.text_or_null("app_version")?,
        platform: row.text_or_null("platform")?,
        bundle_id: row.text_or_null("bundle_id")?,
        install_id: row.text_or_null("install_id")?,
        end_user: row.text_or_null("end_user")?,
        upstream_id: row.text_or_null("upstream_id")?,
        attempt_count: u32::try_from(row.int("attempt_count")?).unwrap_or(u32::MAX),
        attempts: row.text("attempts")?,
        dropped: row.text_or_null("dropped")?,
    })
}
