//! One row of the request log, and its reading. What filters ask for has a column of its own; all else is in the column
//! `detail`, as one JSON object.

use std::borrow::Cow;
use std::sync::Arc;

use maig_core::id::{ProjectId, ProjectKeyId};
use maig_core::money::NanoUsd;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use sqlx::any::AnyRow;

use super::id::RequestId;
use crate::error::Result;
use crate::row::Read;

/// One request of an app. Durations are microseconds; tokens are in OpenAI's arithmetic.
///
/// A field that is skipped here has a column; every other is part of `detail`. A new field that nobody filters by is
/// added here and nowhere else: rows from before it read as its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestRow {
    #[serde(skip)]
    pub id: RequestId,
    #[serde(skip)]
    pub project_id: ProjectId,
    /// `None`: refused before its key was known.
    #[serde(skip)]
    pub key_id: Option<ProjectKeyId>,
    /// The name that was asked for, route or model.
    #[serde(skip)]
    pub route: Arc<str>,
    /// `provider/model` that answered.
    #[serde(skip)]
    pub served_by: Option<Arc<str>>,
    /// What the app saw; 499 if it left before.
    #[serde(skip)]
    pub status: u16,
    /// The error's code that the app saw.
    #[serde(skip)]
    pub error_code: Option<String>,
    /// With a `maig_test_` key.
    #[serde(skip)]
    pub test: bool,
    #[serde(skip)]
    pub fallback: bool,
    /// Microseconds since 1970.
    #[serde(skip)]
    pub started_at: i64,
    #[serde(skip)]
    pub app_version: Option<String>,
    #[serde(skip)]
    pub platform: Option<String>,
    #[serde(skip)]
    pub end_user: Option<String>,

    /// `chat.completions`, …
    pub endpoint: Cow<'static, str>,
    #[serde(skip_serializing_if = "is_false")]
    pub stream: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub client_gone: bool,
    pub duration_us: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_token_us: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_tokens: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<i64>,
    /// The tokens are an estimate.
    #[serde(skip_serializing_if = "is_false")]
    pub estimated: bool,
    /// `None`: the price is unknown, which is not zero.
    #[serde(rename = "cost_nano", skip_serializing_if = "Option::is_none")]
    pub cost: Option<NanoUsd>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finish: Option<Cow<'static, str>>,
    /// The kind of the failure that ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_kind: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub install_id: Option<String>,
    /// How often its app came back to the stream while it was made.
    #[serde(skip_serializing_if = "is_zero")]
    pub resumes: u32,
    pub attempt_count: u32,
    /// In the order they began.
    pub attempts: Attempts,
    /// Targets that were passed over without a request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub skipped: Vec<SkipRow>,
    /// Fields that the target could not be told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
}

impl RequestRow {
    /// The app got an error: in place of an answer, or in the middle of one whose status had gone out before.
    pub fn is_error(&self) -> bool {
        self.status >= 400 || self.error_code.is_some()
    }
}

/// Most requests have one, which then stands in the row itself: a row is made by one thread and freed by another, and
/// memory that comes back that way comes back cold.
pub type Attempts = SmallVec<[AttemptRow; 1]>;

/// One attempt of a request. Times are milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttemptRow {
    /// `provider/model`
    pub model: Arc<str>,
    /// The kind of its failure; `None`: it answered, or was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Cow<'static, str>>,
    /// The provider's HTTP status of a failure that had one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What was wrong, in words that repeat nothing of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Box<str>>,
    /// After the request began.
    pub start_ms: u64,
    pub ms: u64,
    /// Given up because the app left.
    #[serde(skip_serializing_if = "is_false")]
    pub cancelled: bool,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// One target that was passed over.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SkipRow {
    /// `provider/model`, or `route:NAME`.
    pub model: String,
    /// `force_fallback`, `no_account`, `unsupported`, `breaker` or `small_window`.
    pub reason: Cow<'static, str>,
    /// What is not supported, or what opened the breaker.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Cow<'static, str>>,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// In the order in which `insert` binds.
pub(super) const COLUMNS: &str = "id, project_id, key_id, route, served_by, status, error_code, test, fallback, \
    started_at, app_version, platform, end_user, detail";
pub(super) const COLUMN_COUNT: usize = 14;

pub(super) fn read(row: &AnyRow) -> Result<RequestRow> {
    Ok(RequestRow {
        id: row.word("id", RequestId::parse)?,
        project_id: ProjectId::from(row.text("project_id")?),
        key_id: row.text_or_null("key_id")?.map(ProjectKeyId::from),
        route: row.text("route")?.into(),
        served_by: row.text_or_null("served_by")?.map(Into::into),
        status: u16::try_from(row.int("status")?).unwrap_or(0),
        error_code: row.text_or_null("error_code")?,
        test: row.flag("test")?,
        fallback: row.flag("fallback")?,
        started_at: row.int("started_at")?,
        app_version: row.text_or_null("app_version")?,
        platform: row.text_or_null("platform")?,
        end_user: row.text_or_null("end_user")?,
        ..row.json("detail")?
    })
}
