//! Who changed what.

use axum::Json;
use axum::extract::State;
use maig_api::{Action, AuditEntry, AuditQuery, ErrorBody, Page};
use maig_core::id::ProjectId;
use maig_store::{AuditFilter, AuditRow};

use super::body::{Asked, Path};
use super::caller::Caller;
use super::error::Result;
use super::logs::cursor_in;
use super::project_keys::moment_in;
use crate::state::AppState;
use crate::when;

/// A project's changes, newest first.
#[utoipa::path(get, path = "/projects/{project}/audit", tag = "audit", params(AuditQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = 403, body = ErrorBody)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>> {
    let project = caller.project(&state, &project, Action::ReadAudit).await?;
    find(&state, Some(project.id), asked).await
}

/// Every change of the gateway, newest first.
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = 403, body = ErrorBody)))]
pub(super) async fn list_all(
    State(state): State<AppState>,
    caller: Caller,
    Asked(asked): Asked<AuditQuery>,
) -> Result<Json<Page<AuditEntry>>> {
    caller.instance()?;
    find(&state, None, asked).await
}

async fn find(
    state: &AppState,
    project: Option<ProjectId>,
    asked: AuditQuery,
) -> Result<Json<Page<AuditEntry>>> {
    let cursor = cursor_in(asked.cursor.as_deref())?;
    let limit = asked.limit.unwrap_or(50).clamp(1, 200);
    let filter = AuditFilter {
        id: asked.id,
        project,
        object_kind: asked.kind,
        object_name: asked.subject,
        actor_label: asked.by,
        action: asked.action,
        from: asked.from.map(|text| moment_in("from", &text)).transpose()?,
        to: asked.to.map(|text| moment_in("to", &text)).transpose()?,
        ..AuditFilter::default()
    };
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
        kind: row.object_kind,
        ip: row.actor.ip,
        before: row.before,
        after: row.after,
    }
}
