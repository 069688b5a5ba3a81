//! Projects.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use maig_api::{Action, CreateProject, ErrorBody, Page, PageQuery, PatchProject, Project, ProjectLimits};
use maig_core::limit::Rate;
use maig_core::retention::days_fault;
use maig_store::{NewProject, ProjectUpdate, Role};

use super::body::{Asked, Body, Path};
use super::caller::{Caller, Who};
use super::error::{AdminError, Result};
use super::paging::page;
use super::precondition::{Expected, versioned};
use crate::declare;
use crate::jobs::DEFAULT_DAYS;
use crate::state::AppState;
use crate::when;

fn shown(project: &maig_store::Project) -> Project {
    Project {
        id: project.id.to_string(),
        name: project.name.clone(),
        suspended: project.suspended,
        limits: ProjectLimits {
            rate: project.limits.rate.clone(),
            monthly_requests: project.limits.monthly_requests.and_then(|n| n.try_into().ok()),
        },
        log_retention_days: project.retention_days.and_then(|n| n.try_into().ok()),
        default_log_retention_days: DEFAULT_DAYS,
        created_at: when::rfc3339(project.created_at),
        version: project.version,
    }
}

/// The projects that one belongs to.
#[utoipa::path(get, path = "/projects", tag = "projects", params(PageQuery), responses((status = 200, body = Page<Project>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<Project>>> {
    let mut data = Vec::new();
    for project in state.store.projects().list().await? {
        if caller.role(&state, &project).await?.is_some() {
            data.push(shown(&project));
        }
    }
    page(data, &asked, |project: &Project| &project.id).map(Json)
}

/// Makes a project; who makes it owns it.
#[utoipa::path(post, path = "/projects", tag = "projects", request_body = CreateProject,
    responses((status = 201, body = Project), (status = 409, body = ErrorBody)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(asked): Body<CreateProject>,
) -> Result<Response> {
    caller.instance()?;
    let mut change = state.store.change(&caller.actor()).await?;
    let project = change.projects().create(NewProject { name: asked.name, ..NewProject::default() }).await?;
    if let Who::Person { user, .. } = &caller.who {
        change.users().set_role(user, &project.id, Some(Role::Owner)).await?;
    }
    change.commit().await?;
    Ok(versioned(StatusCode::CREATED, project.version, &shown(&project)))
}

/// One project, by name or id.
#[utoipa::path(get, path = "/projects/{project}", tag = "projects", responses((status = 200, body = Project), (status = 404, body = ErrorBody)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::Read).await?;
    Ok(versioned(StatusCode::OK, project.version, &shown(&project)))
}

/// Changes a project's name, limits, retention or suspension.
#[utoipa::path(patch, path = "/projects/{project}", tag = "projects", request_body = PatchProject,
    responses((status = 200, body = Project), (status = 412, body = ErrorBody)))]
pub(super) async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Expected(expected): Expected,
    Body(asked): Body<PatchProject>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeProject).await?;
    let mut limits = project.limits.clone();
    if let Some(rate) = asked.rate {
        limits.rate = rate.map(|text| rate_in("rate", &text)).transpose()?;
    }
    if let Some(requests) = asked.monthly_requests {
        limits.monthly_requests = requests.map(|n| count_in("monthly_requests", n)).transpose()?;
    }
    if let Some(why) = asked.log_retention_days.flatten().and_then(days_fault) {
        return Err(AdminError::invalid("log_retention_days", why));
    }
    let update = ProjectUpdate {
        name: asked.name,
        suspended: asked.suspended,
        limits: Some(limits),
        retention_days: asked.log_retention_days.map(|days| days.map(i64::from)),
    };
    let mut change = state.store.change(&caller.actor()).await?;
    let changed = change.projects().update(&project.id, expected, update).await?;
    let project = changed.ok_or_else(|| AdminError::not_found("project"))?;
    change.commit().await?;
    Ok(versioned(StatusCode::OK, project.version, &shown(&project)))
}

/// The project as the YAML that `maig apply` takes, without secrets.
#[utoipa::path(get, path = "/projects/{project}/export", tag = "projects",
    responses((status = 200, body = String, content_type = "application/yaml"), (status = 404, body = ErrorBody)))]
pub(super) async fn export(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let text = declare::export(&state.store, std::slice::from_ref(&project)).await?;
    let name = format!("attachment; filename=\"{}.yaml\"", project.name);
    Ok(([(CONTENT_TYPE, "application/yaml".to_owned()), (CONTENT_DISPOSITION, name)], text).into_response())
}

/// Ends a project with all its keys and routes.
#[utoipa::path(delete, path = "/projects/{project}", tag = "projects", responses((status = 204), (status = 412, body = ErrorBody)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Expected(expected): Expected,
) -> Result<StatusCode> {
    let project = caller.project(&state, &project, Action::Own).await?;
    let mut change = state.store.change(&caller.actor()).await?;
    change.projects().delete(&project.id, expected).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn rate_in(field: &str, text: &str) -> Result<String> {
    let rate: Rate =
        text.parse().map_err(|error| AdminError::invalid(field, format!("{text:?}: {error}")))?;
    Ok(rate.to_string())
}

pub(super) fn count_in(field: &str, count: u64) -> Result<i64> {
    match i64::try_from(count) {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(AdminError::invalid(field, "Write a whole number above 0, or null for no limit.")),
    }
}
