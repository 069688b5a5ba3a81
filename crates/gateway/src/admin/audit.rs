//! Who changed what.

use axum::Json;
use axum::extract::{Path, State};
use maig_api::{AuditEntry, ErrorBody, Page, PageQuery};
use maig_store::{AuditFilter, AuditRow};

use super::body::Asked;
use super::caller::Caller;
use super::error::Result;
use super::logs::cursor_in;
use super::permit::Action;
use crate::state::AppState;
use crate::when;

/// A project's changes, newest first.
#[utoipa::path(get, path = "/projects/{project}/audit", tag = "audit", params(PageQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = 403, body = ErrorBody)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<AuditEntry>>> {
    let project = caller.project(&state, &project, Action::ReadAudit).await?;
    find(&state, AuditFilter { project: Some(project.id), ..AuditFilter::default() }, &page).await
}

/// Every change of the gateway, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(PageQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = 403, body = ErrorBody)))]
pub(super) async fn list_all(
    State(state): State<AppState>,
    caller: Caller,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<AuditEntry>>> {
    caller.instance()?;
    find(&state, AuditFilter::default(), &page).await
}

async fn find(state: &AppState, filter: AuditFilter, page: &PageQuery) -> Result<Json<Page<AuditEntry>>> {
    let cursor = cursor_in(page.cursor.as_deref())?;
    let limit = page.limit.unwrap_or(50).clamp(1, 200);
    let found = state.store.audit().list(&filter, cursor.as_ref(), limit).await?;
    let data = found.rows.into_iter().map(shown).collect();
    Ok(Json(Page { data, next_cursor: found.next.map(|next| next.to_string()) }))
}

fn shown(row: AuditRow) -> AuditEntry {
    AuditEntry {
        id: row.id,
        at: when::rfc3339(row.at),
        by: row.actor.label,
        action: row.action,
        subject: row.object_name,
        before: row.before,
        after: row.after,
    }
}
