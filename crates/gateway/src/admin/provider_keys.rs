//! Provider keys: a secret comes in and is never given out.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use maig_api::{
    Action, CreateProviderKey, ErrorBody, FieldFault, Health, Page, PageQuery, PatchProviderKey, ProviderKey,
};
use maig_core::id::ProjectId;
use maig_core::provider::Provider;
use maig_core::secret::Secret;
use maig_store::{Credentials, Header, NewProviderKey, Project, ProviderKeyUpdate};
use serde::Deserialize;

use super::body::{Asked, Body, Path};
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::health;
use super::paging::page;
use super::precondition::{Expected, versioned};
use super::surroundings::Surroundings;
use crate::declare::field_of;
use crate::state::AppState;
use crate::upstream::AccountParts;
use crate::when;

/// A provider key among its project's routes and this instance's breakers.
struct View {
    around: Surroundings,
    health: Vec<Health>,
}

impl View {
    async fn load(state: &AppState, project: &ProjectId) -> Result<Self> {
        Ok(Self {
            around: Surroundings::load(state, project).await?,
            health: health::of(state, project).await?,
        })
    }

    fn shown(&self, state: &AppState, key: &maig_store::ProviderKey) -> ProviderKey {
        ProviderKey {
            id: key.id.to_string(),
            name: key.name.clone(),
            provider: key.provider,
            enabled: key.enabled,
            has_secret: key.has_secret,
            secret_hint: key.last_four.clone(),
            base_url: key.base_url.clone(),
            region: key.region.clone(),
            api_version: key.api_version.clone(),
            project_id: key.cloud_project.clone(),
            header_names: key.header_names.clone(),
            last_error: key.last_error.clone(),
            last_error_at: key.last_error_at.map(when::rfc3339),
            used_by: self.around.lost_without(state, &key.name),
            health: self.health.iter().filter(|h| h.provider_key_id == key.id.as_str()).cloned().collect(),
            created_at: when::rfc3339(key.created_at),
            updated_at: when::rfc3339(key.updated_at),
            version: key.version,
        }
    }
}

async fn answer(state: &AppState, status: StatusCode, key: &maig_store::ProviderKey) -> Result<Response> {
    let view = View::load(state, &key.project_id).await?;
    Ok(versioned(status, key.version, &view.shown(state, key)))
}

pub(super) async fn find(
    state: &AppState,
    project: &Project,
    named: &str,
) -> Result<maig_store::ProviderKey> {
    if let Some(key) = state.store.provider_keys().by_name(&project.id, named).await? {
        return Ok(key);
    }
    let by_id = state.store.provider_keys().get(&project.id, &named.into()).await?;
    by_id.ok_or_else(|| AdminError::not_found("provider key"))
}

/// A project's provider keys in their order.
#[utoipa::path(get, path = "/projects/{project}/provider-keys", tag = "provider keys", params(PageQuery), responses((status = 200, body = Page<ProviderKey>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<ProviderKey>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let keys = state.store.provider_keys().list(&project.id).await?;
    let view = View::load(&state, &project.id).await?;
    let shown = keys.iter().map(|key| view.shown(&state, key)).collect();
    page(shown, &asked, |key: &ProviderKey| &key.id).map(Json)
}

/// One provider key, by name or id.
#[utoipa::path(get, path = "/projects/{project}/provider-keys/{key}", tag = "provider keys", responses((status = 200, body = ProviderKey), (status = 404, body = ErrorBody)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let key = find(&state, &project, &key).await?;
    answer(&state, StatusCode::OK, &key).await
}

/// Stores a credential for an upstream account.
#[utoipa::path(post, path = "/projects/{project}/provider-keys", tag = "provider keys", request_body = CreateProviderKey,
    responses((status = 201, body = ProviderKey), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn create(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Body(asked): Body<CreateProviderKey>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let new = new_key(asked);
    check_fields(parts_of(&new))?;
    let mut change = state.store.change(&caller.actor()).await?;
    let key = change.provider_keys().create(&project.id, new).await?;
    change.commit().await?;
    answer(&state, StatusCode::CREATED, &key).await
}

/// Changes a provider key's name, address or switch; its secret stays.
#[utoipa::path(patch, path = "/projects/{project}/provider-keys/{key}", tag = "provider keys", request_body = PatchProviderKey,
    responses((status = 200, body = ProviderKey), (status = 412, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn patch(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
    Expected(expected): Expected,
    Body(asked): Body<PatchProviderKey>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let key = find(&state, &project, &key).await?;
    let update = ProviderKeyUpdate {
        name: asked.name,
        base_url: asked.base_url,
        region: asked.region,
        api_version: asked.api_version,
        cloud_project: asked.project_id,
        headers: asked.headers.map(headers_in),
        enabled: asked.enabled,
        ..ProviderKeyUpdate::default()
    };
    save(&state, &caller, &project, &key, expected, update).await
}

pub(super) async fn save(
    state: &AppState,
    caller: &Caller,
    project: &Project,
    key: &maig_store::ProviderKey,
    expected: Option<i64>,
    update: ProviderKeyUpdate,
) -> Result<Response> {
    let kept = state.store.provider_keys().credentials(&key.id).await?;
    let mut parts =
        AccountParts::stored(key, kept.unwrap_or(Credentials { secret: None, headers: Vec::new() }));
    if let Some(secret) = &update.secret {
        parts.secret.clone_from(secret);
    }
    if let Some(headers) = &update.headers {
        parts.headers = headers.iter().map(|h| (h.name.clone(), h.value.clone())).collect();
    }
    parts.base_url = update.base_url.clone().unwrap_or(parts.base_url);
    parts.region = update.region.clone().unwrap_or(parts.region);
    check_fields(parts)?;
    let mut change = state.store.change(&caller.actor()).await?;
    let saved = change.provider_keys().update(&project.id, &key.id, expected, update).await?;
    let saved = saved.ok_or_else(|| AdminError::not_found("provider key"))?;
    change.commit().await?;
    answer(state, StatusCode::OK, &saved).await
}

/// Whether a deletion may break routes.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Force {
    /// Delete it although routes lose a target; it is skipped from then on.
    #[serde(default)]
    force: bool,
}

/// Deletes a provider key; refused with the routes that would lose a target, unless forced.
#[utoipa::path(delete, path = "/projects/{project}/provider-keys/{key}", tag = "provider keys", params(Force),
    responses((status = 204), (status = 409, body = ErrorBody), (status = 412, body = ErrorBody)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
    Asked(Force { force }): Asked<Force>,
    Expected(expected): Expected,
) -> Result<StatusCode> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let key = find(&state, &project, &key).await?;
    let broken = Surroundings::load(&state, &project.id).await?.lost_without(&state, &key.name);
    if !force && !broken.is_empty() {
        let message = format!(
            "Without {} these routes lose a target: {}. Change them first, or repeat with ?force=true.",
            key.name,
            broken.join(", ")
        );
        let fault = |route: &String| FieldFault {
            path: format!("routes.{route}"),
            message: "loses a target".to_owned(),
        };
        return Err(AdminError::conflict(message).because(broken.iter().map(fault).collect()));
    }
    let mut change = state.store.change(&caller.actor()).await?;
    change.provider_keys().delete(&project.id, &key.id, expected).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn new_key(asked: CreateProviderKey) -> NewProviderKey {
    NewProviderKey {
        headers: headers_in(asked.headers),
        base_url: asked.base_url,
        region: asked.region,
        api_version: asked.api_version,
        cloud_project: asked.project_id,
        ..NewProviderKey::new(&asked.name, asked.provider, secret_in(asked.api_key))
    }
}

/// An account that is not stored.
pub(super) fn parts_of(new: &NewProviderKey) -> AccountParts {
    AccountParts {
        id: "".into(),
        name: new.name.clone(),
        provider: new.provider,
        secret: new.secret.clone(),
        base_url: new.base_url.clone(),
        region: new.region.clone(),
        headers: new.headers.iter().map(|h| (h.name.clone(), h.value.clone())).collect(),
        api_version: new.api_version.clone(),
        cloud_project: new.cloud_project.clone(),
    }
}

pub(super) fn check_fields(parts: AccountParts) -> Result<()> {
    if parts.provider == Provider::Simulator && parts.base_url.is_none() {
        return Ok(());
    }
    match parts.open() {
        Ok(_) => Ok(()),
        Err(fault) => {
            let path = field_of(&fault).to_owned();
            Err(AdminError::faults(vec![FieldFault { path, message: fault.to_string() }]))
        }
    }
}

pub(super) fn secret_in(text: Option<String>) -> Option<Secret> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).map(Secret::new)
}

fn headers_in(headers: BTreeMap<String, String>) -> Vec<Header> {
    headers.into_iter().map(|(name, value)| Header { name, value: Secret::new(value) }).collect()
}
