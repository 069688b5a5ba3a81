//! Project keys: a key is in one answer, the one that makes it.

use std::collections::HashMap;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use maig_api::{
    Action, CreateProjectKey, CreatedProjectKey, ErrorBody, Page, PageQuery, PatchProjectKey, ProjectKey,
    RollProjectKey,
};
use maig_core::key::KeyKind as Minting;
use maig_core::limit::Month;
use maig_store::{KeyKind, KeyLimits, KeyScopes, NewProjectKey, Project, ProjectKeyUpdate, QuotaScope};

use super::body::{Asked, Body, Path};
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::paging::page;
use super::precondition::{Expected, versioned};
use super::projects::{count_in, rate_in};
use crate::clock::Clock;
use crate::mint::{self, Minted};
use crate::state::AppState;
use crate::when;

/// What a rolled key's old secret works on for, unless said otherwise; and at most.
const GRACE_S: u64 = 7 * 86_400;
const MAX_GRACE_S: u64 = 366 * 86_400;
/// A playground key's life.
const PLAYGROUND_US: i64 = 600 * 1_000_000;

/// `used`: the month's counts of the project's keys.
fn shown(key: &maig_store::ProjectKey, used: &HashMap<String, u64>) -> ProjectKey {
    ProjectKey {
        id: key.id.to_string(),
        name: key.name.clone(),
        hint: key.hint.clone(),
        test: key.kind == KeyKind::Test,
        routes: key.scopes.routes.clone(),
        routes_only: key.scopes.routes_only,
        platforms: key.scopes.platforms.clone(),
        bundle_ids: key.scopes.bundle_ids.clone(),
        rate: key.limits.rate.clone(),
        monthly_requests: key.limits.monthly_requests.and_then(|n| n.try_into().ok()),
        used_this_month: key.limits.monthly_requests.map(|_| used.get(key.id.as_str()).copied().unwrap_or(0)),
        per_user: key.limits.per_user.clone(),
        previous_until: key.previous.as_ref().map(|previous| when::rfc3339(previous.until)),
        playground: key.playground,
        created_by: key.created_by.clone(),
        expires_at: key.expires_at.map(when::rfc3339),
        revoked_at: key.revoked_at.map(when::rfc3339),
        last_used_at: key.last_used_at.map(when::rfc3339),
        created_at: when::rfc3339(key.created_at),
        version: key.version,
    }
}

/// The one answer with a key in it; no cache may keep it.
async fn created(
    state: &AppState,
    status: StatusCode,
    key: &maig_store::ProjectKey,
    minted: &Minted,
) -> Result<Response> {
    let about = shown(key, &used(state).await?);
    let body = CreatedProjectKey { key: minted.secret.expose().clone(), about };
    let mut response = (status, [(CACHE_CONTROL, "no-store")]).into_response();
    let answer = versioned(status, key.version, &body);
    let (parts, body) = answer.into_parts();
    response.headers_mut().extend(parts.headers);
    *response.body_mut() = body;
    Ok(response)
}

/// What this month counted of each key that has a quota: the database's number, which is two seconds late at most.
async fn used(state: &AppState) -> Result<HashMap<String, u64>> {
    let month = i32::try_from(Month::of_unix(Clock::unix_seconds()).0).map_err(AdminError::internal)?;
    let rows = state.store.quota().load(month).await?;
    let keys = rows.into_iter().filter_map(|row| match row.scope {
        QuotaScope::Key(id) => Some((id, u64::try_from(row.requests).unwrap_or(0))),
        QuotaScope::Project(_) => None,
    });
    Ok(keys.collect())
}

async fn answer(state: &AppState, key: &maig_store::ProjectKey) -> Result<Response> {
    Ok(versioned(StatusCode::OK, key.version, &shown(key, &used(state).await?)))
}

async fn find(state: &AppState, project: &Project, named: &str) -> Result<maig_store::ProjectKey> {
    if let Some(key) = state.store.project_keys().by_name(&project.id, named).await? {
        return Ok(key);
    }
    let by_id = state.store.project_keys().get(&project.id, &named.into()).await?;
    // A key of the playground can be neither rolled nor given more time: it ends by itself.
    by_id.filter(|key| !key.playground).ok_or_else(|| AdminError::not_found("project key"))
}

/// A project's keys, revoked ones too, oldest first; without those of the playground.
#[utoipa::path(get, path = "/projects/{project}/keys", tag = "project keys", params(PageQuery), responses((status = 200, body = Page<ProjectKey>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<ProjectKey>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let keys = state.store.project_keys().list(&project.id).await?;
    let used = used(&state).await?;
    let shown = keys.iter().map(|key| shown(key, &used)).collect();
    page(shown, &asked, |key: &ProjectKey| &key.id).map(Json)
}

/// One key, by name or id.
#[utoipa::path(get, path = "/projects/{project}/keys/{key}", tag = "project keys", responses((status = 200, body = ProjectKey), (status = 404, body = ErrorBody)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let key = find(&state, &project, &key).await?;
    answer(&state, &key).await
}

/// Makes a key; the answer is the only time that it is shown.
#[utoipa::path(post, path = "/projects/{project}/keys", tag = "project keys", request_body = CreateProjectKey,
    responses((status = 201, body = CreatedProjectKey), (status = 409, body = ErrorBody)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Body(asked): Body<CreateProjectKey>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let (kind, minting) =
        if asked.test { (KeyKind::Test, Minting::Test) } else { (KeyKind::Live, Minting::Live) };
    let minted = mint::mint(minting).map_err(AdminError::internal)?;
    let new = NewProjectKey {
        name: asked.name,
        kind,
        digest: minted.new_digest(),
        scopes: KeyScopes {
            routes: asked.routes,
            routes_only: asked.routes_only,
            platforms: asked.platforms,
            bundle_ids: asked.bundle_ids,
        },
        limits: KeyLimits {
            rate: asked.rate.map(|text| rate_in("rate", &text)).transpose()?,
            monthly_requests: asked.monthly_requests.map(|n| count_in("monthly_requests", n)).transpose()?,
            per_user: asked.per_user.map(|text| rate_in("per_user", &text)).transpose()?,
        },
        expires_at: asked.expires_at.map(|text| moment_in("expires_at", &text)).transpose()?,
    };
    let mut change = state.store.change(&caller.actor()).await?;
    let key = change.project_keys().create(&project.id, new).await?;
    change.commit().await?;
    created(&state, StatusCode::CREATED, &key, &minted).await
}

/// Changes what a key may do.
#[utoipa::path(patch, path = "/projects/{project}/keys/{key}", tag = "project keys", request_body = PatchProjectKey,
    responses((status = 200, body = ProjectKey), (status = 412, body = ErrorBody)))]
pub(super) async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
    Expected(expected): Expected,
    Body(asked): Body<PatchProjectKey>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let key = find(&state, &project, &key).await?;
    let (mut scopes, mut limits) = (key.scopes.clone(), key.limits.clone());
    scopes.routes = asked.routes.unwrap_or(scopes.routes);
    scopes.routes_only = asked.routes_only.unwrap_or(scopes.routes_only);
    scopes.platforms = asked.platforms.unwrap_or(scopes.platforms);
    scopes.bundle_ids = asked.bundle_ids.unwrap_or(scopes.bundle_ids);
    if let Some(rate) = asked.rate {
        limits.rate = rate.map(|text| rate_in("rate", &text)).transpose()?;
    }
    if let Some(count) = asked.monthly_requests {
        limits.monthly_requests = count.map(|n| count_in("monthly_requests", n)).transpose()?;
    }
    if let Some(rate) = asked.per_user {
        limits.per_user = rate.map(|text| rate_in("per_user", &text)).transpose()?;
    }
    let expires_at = asked
        .expires_at
        .map(|when| when.map(|text| moment_in("expires_at", &text)).transpose())
        .transpose()?;
    let update =
        ProjectKeyUpdate { name: asked.name, scopes: Some(scopes), limits: Some(limits), expires_at };
    let mut change = state.store.change(&caller.actor()).await?;
    let saved = change.project_keys().update(&project.id, &key.id, expected, update).await?;
    let saved = saved.ok_or_else(|| AdminError::conflict("The key is revoked; make a new one."))?;
    change.commit().await?;
    answer(&state, &saved).await
}

/// Ends a key at once and for good.
#[utoipa::path(post, path = "/projects/{project}/keys/{key}/revoke", tag = "project keys",
    responses((status = 200, body = ProjectKey), (status = 409, body = ErrorBody), (status = 412, body = ErrorBody)))]
pub(super) async fn revoke(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
    Expected(expected): Expected,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let key = find(&state, &project, &key).await?;
    let mut change = state.store.change(&caller.actor()).await?;
    let saved = change.project_keys().revoke(&project.id, &key.id, expected).await?;
    let saved = saved.ok_or_else(|| AdminError::conflict("The key is already revoked."))?;
    change.commit().await?;
    answer(&state, &saved).await
}

/// Gives a key a new secret; the old one works on for the grace time.
#[utoipa::path(post, path = "/projects/{project}/keys/{key}/roll", tag = "project keys", request_body = RollProjectKey,
    responses((status = 200, body = CreatedProjectKey), (status = 409, body = ErrorBody)))]
pub(super) async fn roll(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
    Expected(expected): Expected,
    Body(asked): Body<RollProjectKey>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let key = find(&state, &project, &key).await?;
    let grace = asked.grace_s.unwrap_or(GRACE_S);
    if grace > MAX_GRACE_S {
        return Err(AdminError::invalid("grace_s", format!("At most {MAX_GRACE_S} seconds.")));
    }
    let minting = if key.kind == KeyKind::Test { Minting::Test } else { Minting::Live };
    let minted = mint::mint(minting).map_err(AdminError::internal)?;
    let grace_us = i64::try_from(grace).unwrap_or(0) * 1_000_000;
    let mut change = state.store.change(&caller.actor()).await?;
    let saved =
        change.project_keys().roll(&project.id, &key.id, minted.new_digest(), grace_us, expected).await?;
    let saved = saved.ok_or_else(|| AdminError::conflict("The key is revoked; make a new one."))?;
    change.commit().await?;
    created(&state, StatusCode::OK, &saved, &minted).await
}

/// A key of ten minutes, for trying routes out in the dashboard. It is its maker's own: in no list, and it cannot be
/// changed or prolonged.
#[utoipa::path(post, path = "/projects/{project}/playground-key", tag = "project keys", responses((status = 201, body = CreatedProjectKey)))]
pub(super) async fn playground(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::Try).await?;
    let minted = mint::mint(Minting::Live).map_err(AdminError::internal)?;
    let now = Clock::unix_micros();
    let new = NewProjectKey {
        name: format!("playground-{now}"),
        kind: KeyKind::Live,
        digest: minted.new_digest(),
        scopes: KeyScopes::default(),
        limits: KeyLimits { rate: Some("60/min".to_owned()), ..KeyLimits::default() },
        expires_at: Some(now + PLAYGROUND_US),
    };
    let mut change = state.store.change(&caller.actor()).await?;
    let key = change.project_keys().create_for_playground(&project.id, new).await?;
    change.commit().await?;
    created(&state, StatusCode::CREATED, &key, &minted).await
}

pub(super) fn moment_in(field: &str, text: &str) -> Result<i64> {
    when::parse(text).ok_or_else(|| {
        AdminError::invalid(field, format!("{text:?} is no time; write it as 2027-01-31T12:00:00Z."))
    })
}
