//! The request log: lists, one request with its attempts, and the whole as a stream of lines.

use axum::Json;
use axum::body::Body as HttpBody;
use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use maig_api::{AttemptLog, ErrorBody, LogDetail, LogEntry, LogFilter, Page};
use maig_core::id::{ProjectId, RequestId};
use maig_store::{AttemptRow, Cursor, RequestFilter, RequestRow, StatusFilter};
use serde::Deserialize;

use super::body::Asked;
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::permit::Action;
use super::project_keys::moment_in;
use crate::state::AppState;
use crate::when;

fn ms(micros: i64) -> u64 {
    u64::try_from(micros / 1000).unwrap_or(0)
}

fn shown(row: &RequestRow) -> LogEntry {
    let tokens = |count: Option<i64>| count.and_then(|n| n.try_into().ok());
    LogEntry {
        request_id: row.id.0.clone(),
        at: when::rfc3339(row.started_at),
        route: row.route.clone(),
        served_by: row.served_by.clone(),
        status: row.status,
        error_code: row.error_code.clone(),
        stream: row.stream,
        fallback: row.fallback,
        attempts: row.attempt_count,
        resumes: row.resumes,
        duration_ms: ms(row.duration_us),
        first_token_ms: row.first_token_us.map(ms),
        prompt_tokens: tokens(row.prompt_tokens),
        completion_tokens: tokens(row.completion_tokens),
        estimated: row.estimated,
        cost_nano_usd: row.cost.map(|cost| cost.0),
        project_key_id: row.key_id.as_ref().map(|id| id.0.clone()),
        user: row.end_user.clone(),
        app_version: row.app_version.clone(),
        platform: row.platform.clone(),
    }
}

fn shown_attempt(attempt: &AttemptRow) -> AttemptLog {
    AttemptLog {
        model: attempt.model.clone(),
        kind: attempt.kind.as_deref().map(Into::into),
        status: attempt.status,
        start_ms: attempt.start_ms,
        ms: attempt.ms,
        cancelled: attempt.cancelled,
    }
}

fn filter_in(asked: &LogFilter) -> Result<RequestFilter> {
    let status = match asked.status.as_deref() {
        None => None,
        Some("ok") => Some(StatusFilter::Ok),
        Some("error") => Some(StatusFilter::Error),
        Some(number) => {
            let number = number
                .parse()
                .map_err(|_| AdminError::invalid("status", "Write `ok`, `error` or an HTTP status."))?;
            Some(StatusFilter::Exactly(number))
        }
    };
    Ok(RequestFilter {
        from: asked.from.as_deref().map(|text| moment_in("from", text)).transpose()?,
        to: asked.to.as_deref().map(|text| moment_in("to", text)).transpose()?,
        status,
        error_code: asked.error_code.clone(),
        route: asked.route.clone(),
        served_by: asked.served_by.clone(),
        key: asked.project_key.as_deref().map(Into::into),
        fallback: asked.fallback,
        end_user: asked.user.clone(),
        ..RequestFilter::default()
    })
}

pub(super) fn cursor_in(text: Option<&str>) -> Result<Option<Cursor>> {
    text.map(|text| {
        Cursor::parse(text).ok_or_else(|| AdminError::invalid("cursor", "That is no cursor of this list."))
    })
    .transpose()
}

/// A project's requests, newest first.
#[utoipa::path(get, path = "/projects/{project}/logs", tag = "logs", params(LogFilter),
    responses((status = 200, body = Page<LogEntry>), (status = 400, body = ErrorBody)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<LogFilter>,
) -> Result<Json<Page<LogEntry>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let cursor = cursor_in(asked.cursor.as_deref())?;
    let limit = asked.limit.unwrap_or(50).clamp(1, 200);
    let page = state.store.requests().list(&project.id, &filter_in(&asked)?, cursor.as_ref(), limit).await?;
    Ok(Json(Page {
        data: page.rows.iter().map(shown).collect(),
        next_cursor: page.next.map(|next| next.to_string()),
    }))
}

/// One request with all its attempts.
#[utoipa::path(get, path = "/projects/{project}/logs/{request}", tag = "logs", responses((status = 200, body = LogDetail), (status = 404, body = ErrorBody)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, request)): Path<(String, String)>,
) -> Result<Json<LogDetail>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let row = state.store.requests().get(&project.id, &RequestId(request)).await?;
    let row = row.ok_or_else(|| AdminError::not_found("request"))?;
    let attempt_log = row.attempts.iter().map(shown_attempt).collect();
    Ok(Json(LogDetail { entry: shown(&row), attempt_log, dropped: row.dropped }))
}

/// The form of an export.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportQuery {
    /// `csv`, or `json` for one JSON object a line.
    #[serde(default = "csv")]
    format: String,
    /// From this time on.
    from: Option<String>,
    /// Before this time.
    to: Option<String>,
}

fn csv() -> String {
    "csv".to_owned()
}

/// A project's requests as CSV or as lines of JSON, streamed.
#[utoipa::path(get, path = "/projects/{project}/log-export", tag = "logs", params(ExportQuery),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 400, body = ErrorBody)))]
pub(super) async fn export(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<ExportQuery>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let (csv, kind) = match asked.format.as_str() {
        "csv" => (true, "text/csv; charset=utf-8"),
        "json" => (false, "application/x-ndjson"),
        _ => return Err(AdminError::invalid("format", "Write `csv` or `json`.")),
    };
    let filter = filter_in(&LogFilter { from: asked.from, to: asked.to, ..LogFilter::default() })?;
    let name = format!("attachment; filename=\"{}-log.{}\"", project.name, if csv { "csv" } else { "jsonl" });
    let body = HttpBody::from_stream(pages(state, project.id, filter, csv));
    Ok(([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, name)], body).into_response())
}

/// Page after page, each read when the one before has been sent: an export of any length costs the memory of one page.
fn pages(
    state: AppState,
    project: ProjectId,
    filter: RequestFilter,
    csv: bool,
) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    let start = (Some(None::<Cursor>), state, project, filter, true);
    futures_util::stream::unfold(start, move |(at, state, project, filter, first)| async move {
        let cursor = at?;
        let page = match state.store.requests().list(&project, &filter, cursor.as_ref(), 500).await {
            Ok(page) => page,
            Err(error) => {
                tracing::error!(%error, "a log export ended early");
                return Some((
                    Err(std::io::Error::other("the database failed")),
                    (None, state, project, filter, false),
                ));
            }
        };
        let mut text = if csv && first { HEAD.to_owned() } else { String::new() };
        for row in &page.rows {
            let entry = shown(row);
            if csv {
                csv_line(&mut text, &entry)
            } else {
                text.push_str(&serde_json::to_string(&entry).unwrap_or_default())
            }
            text.push('\n');
        }
        Some((Ok(Bytes::from(text)), (page.next.map(Some), state, project, filter, false)))
    })
}

const HEAD: &str = "request_id,at,route,served_by,status,error_code,stream,fallback,attempts,duration_ms,first_token_ms,prompt_tokens,completion_tokens,cost_nano_usd,project_key_id,user,app_version,platform\n";

fn csv_line(out: &mut String, e: &LogEntry) {
    let number = |n: Option<u64>| n.map_or(String::new(), |n| n.to_string());
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let fields = [
        e.request_id.clone(),
        e.at.clone(),
        e.route.clone(),
        text(&e.served_by),
        e.status.to_string(),
        text(&e.error_code),
        e.stream.to_string(),
        e.fallback.to_string(),
        e.attempts.to_string(),
        e.duration_ms.to_string(),
        number(e.first_token_ms),
        number(e.prompt_tokens),
        number(e.completion_tokens),
        e.cost_nano_usd.map_or(String::new(), |n| n.to_string()),
        text(&e.project_key_id),
        text(&e.user),
        text(&e.app_version),
        text(&e.platform),
    ];
    let quoted: Vec<_> = fields.iter().map(|field| csv_field(field)).collect();
    out.push_str(&quoted.join(","));
}

/// Quoted where CSV needs it, and harmless where a spreadsheet would take an app's text for a formula.
fn csv_field(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if !formula && !text.contains([',', '"', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
}
