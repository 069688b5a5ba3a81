//! The request log: lists, a live tail, and one request with its attempts.

use axum::Json;
use axum::extract::State;
use maig_api::{Action, AttemptLog, ErrorBody, LogDetail, LogEntry, LogFilter, LoggedHeader, Page, SkipLog};
use maig_store::{AttemptRow, Cursor, RequestFilter, RequestId, RequestRow, SkipRow, StatusFilter};

use super::body::{Asked, Path};
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::project_keys::moment_in;
use crate::clock::Clock;
use crate::state::AppState;
use crate::when;

/// A request that ended longer ago has been written, so that a tail need not look for it again.
const TAIL_US: i64 = 5_000_000;

fn ms(micros: i64) -> u64 {
    u64::try_from(micros / 1000).unwrap_or(0)
}

pub(super) fn shown(row: &RequestRow) -> LogEntry {
    let tokens = |count: Option<i64>| count.and_then(|n| n.try_into().ok());
    LogEntry {
        request_id: row.id.to_string(),
        at: when::rfc3339(row.started_at),
        route: row.route.to_string(),
        served_by: row.served_by.as_deref().map(str::to_owned),
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
        test: row.test,
        project_key_id: row.key_id.as_ref().map(|id| id.to_string()),
        user: row.end_user.clone(),
        app_version: row.app_version.clone(),
        platform: row.platform.clone(),
    }
}

fn shown_attempt(attempt: &AttemptRow) -> AttemptLog {
    AttemptLog {
        model: attempt.model.to_string(),
        kind: attempt.kind.as_deref().map(Into::into),
        status: attempt.status,
        message: attempt.message.as_deref().map(Into::into),
        first_token_ms: None,
        start_ms: attempt.start_ms,
        ms: attempt.ms,
        cancelled: attempt.cancelled,
    }
}

fn shown_skip(skip: &SkipRow) -> SkipLog {
    SkipLog {
        model: skip.model.clone(),
        reason: skip.reason.to_string(),
        detail: skip.detail.as_deref().map(Into::into),
    }
}

pub(super) fn filter_in(asked: &LogFilter) -> Result<RequestFilter> {
    let status = match asked.status.as_deref() {
        None => None,
        Some("ok") => Some(StatusFilter::Ok),
        Some("error") => Some(StatusFilter::Error),
        Some(text) => {
            let class = text.strip_suffix("xx").map(str::parse);
            let read = match class {
                Some(hundreds) => hundreds.map(StatusFilter::Class),
                None => text.parse().map(StatusFilter::Exactly),
            };
            let message = "Write `ok`, `error`, a class as `4xx`, or an HTTP status.";
            Some(read.map_err(|_| AdminError::invalid("status", message))?)
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
        app_version: asked.app_version.clone(),
        platform: asked.platform.clone(),
        test: asked.test,
        word: asked.q.as_deref().map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned),
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
    let filter = filter_in(&asked)?;
    if let Some(id) = filter.word.as_deref().and_then(RequestId::parse) {
        let row = state.store.requests().get(&project.id, id).await?;
        return Ok(Json(Page { data: row.iter().map(shown).collect(), next_cursor: None }));
    }
    if let Some(after) = &asked.after {
        let after = moment_in("after", after)?;
        let now = Clock::unix_micros();
        let rows = state.store.requests().ended_after(&project.id, &filter, after, limit).await?;
        let last = rows.iter().map(|row| row.started_at + row.duration_us).max().unwrap_or(after);
        let next = last.max(after).max(now - TAIL_US).min(now);
        return Ok(Json(Page {
            data: rows.iter().map(shown).collect(),
            next_cursor: Some(when::rfc3339(next)),
        }));
    }
    let page = state.store.requests().list(&project.id, &filter, cursor.as_ref(), limit).await?;
    let next_cursor = page.next.map(|next| next.to_string());
    Ok(Json(Page { data: page.rows.iter().map(shown).collect(), next_cursor }))
}

/// One request with all its attempts.
#[utoipa::path(get, path = "/projects/{project}/logs/{request}", tag = "logs", responses((status = 200, body = LogDetail), (status = 404, body = ErrorBody)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, request)): Path<(String, String)>,
) -> Result<Json<LogDetail>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let row = match RequestId::parse(&request) {
        Some(id) => state.store.requests().get(&project.id, id).await?,
        None => None,
    };
    let row = row.ok_or_else(|| AdminError::not_found("request"))?;
    let mut attempt_log: Vec<AttemptLog> = row.attempts.iter().map(shown_attempt).collect();
    // Content came from the last attempt: from there on there is no other.
    if let (Some(first), Some(last)) = (row.first_token_us, attempt_log.last_mut()) {
        last.first_token_ms = Some(ms(first).saturating_sub(last.start_ms));
    }
    let key = match &row.key_id {
        Some(id) => state.store.project_keys().get(&project.id, id).await?,
        None => None,
    };
    Ok(Json(LogDetail {
        headers: headers(&row),
        attempt_log,
        skipped: row.skipped.iter().map(shown_skip).collect(),
        dropped: row.dropped.clone(),
        endpoint: row.endpoint.to_string(),
        failure_kind: row.failure_kind.as_deref().map(Into::into),
        finish: row.finish.as_deref().map(Into::into),
        cached_tokens: row.cached_tokens.and_then(|n| n.try_into().ok()),
        reasoning_tokens: row.reasoning_tokens.and_then(|n| n.try_into().ok()),
        project_key: key.map(|key| key.name),
        bundle_id: row.bundle_id.clone(),
        install_id: row.install_id.clone(),
        entry: shown(&row),
    }))
}

/// What the answer was headed with, as far as the row tells it.
fn headers(row: &RequestRow) -> Vec<LoggedHeader> {
    let served = row.served_by.as_deref();
    let all = [
        ("x-maig-request-id", Some(row.id.to_string())),
        ("x-maig-route", (!row.route.is_empty()).then(|| row.route.to_string())),
        ("x-maig-served-by", served.map(str::to_owned)),
        ("x-maig-attempts", (row.attempt_count > 0).then(|| row.attempt_count.to_string())),
        ("x-maig-fallback", served.map(|_| row.fallback.to_string())),
        ("x-maig-dropped", (!row.dropped.is_empty()).then(|| row.dropped.join(","))),
    ];
    let said = all.into_iter().filter_map(|(name, value)| Some((name, value?)));
    said.map(|(name, value)| LoggedHeader { name: name.to_owned(), value }).collect()
}
