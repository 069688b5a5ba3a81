//! Tokens of programs.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use maig_api::{Action, AdminToken, CreateAdminToken, CreatedAdminToken, ErrorBody, Page, PageQuery};
use maig_core::id::ProjectId;
use maig_core::key::KeyKind;
use maig_store::NewAdminToken;

use super::body::{Asked, Body, Path};
use super::caller::{Caller, role_in, role_out};
use super::error::{AdminError, Result};
use super::paging::page;
use super::project_keys::moment_in;
use crate::state::AppState;
use crate::{mint, when};

fn shown(token: &maig_store::AdminToken) -> AdminToken {
    AdminToken {
        id: token.id.clone(),
        name: token.name.clone(),
        hint: token.hint.clone(),
        role: role_out(token.role),
        project_id: token.project_id.as_ref().map(|id| id.to_string()),
        expires_at: token.expires_at.map(when::rfc3339),
        created_at: when::rfc3339(token.created_at),
        last_used_at: token.last_used_at.map(when::rfc3339),
        revoked_at: token.revoked_at.map(when::rfc3339),
    }
}

/// Every token of the gateway, revoked ones too.
#[utoipa::path(get, path = "/tokens", tag = "tokens", params(PageQuery), responses((status = 200, body = Page<AdminToken>), (status = 403, body = ErrorBody)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<AdminToken>>> {
    caller.instance()?;
    let tokens = state.store.admin_tokens().list().await?;
    page(tokens.iter().map(shown).collect(), &asked, |token: &AdminToken| &token.id).map(Json)
}

/// The tokens of one project, revoked ones too.
#[utoipa::path(get, path = "/projects/{project}/tokens", tag = "tokens", params(PageQuery), responses((status = 200, body = Page<AdminToken>), (status = 403, body = ErrorBody)))]
pub(super) async fn list_of_project(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<AdminToken>>> {
    let project = caller.project(&state, &project, Action::Own).await?;
    let tokens = state.store.admin_tokens().list().await?;
    let own = tokens.iter().filter(|token| token.project_id.as_ref() == Some(&project.id));
    page(own.map(shown).collect(), &asked, |token: &AdminToken| &token.id).map(Json)
}

/// Makes a token; the answer is the only time that it is shown.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = CreateAdminToken,
    responses((status = 201, body = CreatedAdminToken), (status = 403, body = ErrorBody)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Body(asked): Body<CreateAdminToken>,
) -> Result<Response> {
    caller.instance()?;
    let project = match &asked.project {
        Some(name) => {
            let found = state.store.projects().by_name_or_id(name).await?;
            let missing = || AdminError::invalid("project", format!("There is no project {name:?}."));
            Some(found.ok_or_else(missing)?.id)
        }
        None => None,
    };
    make(&state, &caller, asked, project).await
}

/// Makes a token for this project alone; the answer is the only time that it is shown.
#[utoipa::path(post, path = "/projects/{project}/tokens", tag = "tokens", request_body = CreateAdminToken,
    responses((status = 201, body = CreatedAdminToken), (status = 403, body = ErrorBody)))]
pub(super) async fn create_for_project(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Body(asked): Body<CreateAdminToken>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::Own).await?;
    if asked.project.as_ref().is_some_and(|named| *named != project.name && named != project.id.as_str()) {
        return Err(AdminError::invalid("project", "The address names another project; leave this out."));
    }
    make(&state, &caller, asked, Some(project.id)).await
}

async fn make(
    state: &AppState,
    caller: &Caller,
    asked: CreateAdminToken,
    project_id: Option<ProjectId>,
) -> Result<Response> {
    let minted = mint::mint(KeyKind::Admin).map_err(AdminError::internal)?;
    let new = NewAdminToken {
        name: asked.name,
        digest: minted.digest.clone(),
        hint: minted.hint.clone(),
        role: role_in(asked.role),
        project_id,
        expires_at: asked.expires_at.map(|text| moment_in("expires_at", &text)).transpose()?,
    };
    let mut change = state.store.change(&caller.actor()).await?;
    let token = change.admin_tokens().create(new).await?;
    change.commit().await?;
    let body = CreatedAdminToken { token: minted.secret.expose().clone(), about: shown(&token) };
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Ends a token at once.
#[utoipa::path(delete, path = "/tokens/{token}", tag = "tokens", responses((status = 204), (status = 404, body = ErrorBody)))]
pub(super) async fn revoke(
    State(state): State<AppState>,
    caller: Caller,
    Path(token): Path<String>,
) -> Result<StatusCode> {
    caller.instance()?;
    end(&state, &caller, &token).await
}

/// Ends a token of this project at once.
#[utoipa::path(delete, path = "/projects/{project}/tokens/{token}", tag = "tokens", responses((status = 204), (status = 404, body = ErrorBody)))]
pub(super) async fn revoke_of_project(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, token)): Path<(String, String)>,
) -> Result<StatusCode> {
    let project = caller.project(&state, &project, Action::Own).await?;
    let tokens = state.store.admin_tokens().list().await?;
    if !tokens.iter().any(|known| known.id == token && known.project_id.as_ref() == Some(&project.id)) {
        return Err(AdminError::not_found("token"));
    }
    end(&state, &caller, &token).await
}

async fn end(state: &AppState, caller: &Caller, token: &str) -> Result<StatusCode> {
    let mut change = state.store.change(&caller.actor()).await?;
    change.admin_tokens().revoke(token).await?.ok_or_else(|| AdminError::not_found("token"))?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
