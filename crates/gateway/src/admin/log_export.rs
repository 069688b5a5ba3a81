//! The request log as a file: any filter, any length, streamed page by page.

use axum::body::Body as HttpBody;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use maig_api::{Action, ErrorBody, LogEntry, LogExport, LogFilter};
use maig_core::id::ProjectId;
use maig_store::{Cursor, RequestFilter};

use super::body::{Asked, Path};
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::logs::{filter_in, shown};
use crate::state::AppState;

/// A project's requests as CSV or as lines of JSON, streamed.
#[utoipa::path(get, path = "/projects/{project}/log-export", tag = "logs", params(LogExport),
    responses((status = 200, content((String = "text/csv"), (String = "application/x-ndjson")), description = "By `format`"), (status = 400, body = ErrorBody)))]
pub(super) async fn export(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<LogExport>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let (csv, kind) = match asked.format.as_deref().unwrap_or("csv") {
        "csv" => (true, "text/csv; charset=utf-8"),
        "json" => (false, "application/x-ndjson"),
        _ => return Err(AdminError::invalid("format", "Write `csv` or `json`.")),
    };
    let filter = filter_in(&LogFilter {
        from: asked.from,
        to: asked.to,
        route: asked.route,
        served_by: asked.served_by,
        status: asked.status,
        error_code: asked.error_code,
        fallback: asked.fallback,
        project_key: asked.project_key,
        user: asked.user,
        app_version: asked.app_version,
        platform: asked.platform,
        test: asked.test,
        q: asked.q,
        ..LogFilter::default()
    })?;
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
