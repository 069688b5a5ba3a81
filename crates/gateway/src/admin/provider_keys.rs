//! Provider keys: a secret comes in and is never given out.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use maig_api::{
    CheckResult, CreateProviderKey, ErrorBody, FieldFault, Page, PatchProviderKey, ProviderKey,
    RotateProviderKey,
};
use maig_core::provider::Provider;
use maig_core::secret::Secret;
use maig_store::{Credentials, Header, NewProviderKey, Project, ProviderKeyUpdate};
use serde::Deserialize;

use super::body::{Asked, Body};
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::permit::Action;
use super::precondition::{Expected, versioned};
use crate::declare::field_of;
use crate::state::AppState;
use crate::upstream::AccountParts;
use crate::when;

/// What a provider gets to answer a check.
const PATIENCE: Duration = Duration::from_secs(5);

fn shown(key: &maig_store::ProviderKey) -> ProviderKey {
    ProviderKey {
        id: key.id.0.clone(),
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
        created_at: when::rfc3339(key.created_at),
        updated_at: when::rfc3339(key.updated_at),
        version: key.version,
    }
}

async fn find(state: &AppState, project: &Project, named: &str) -> Result<maig_store::ProviderKey> {
    if let Some(key) = state.store.provider_keys().by_name(&project.id, named).await? {
        return Ok(key);
    }
    let by_id = state.store.provider_keys().get(&project.id, &named.into()).await?;
    by_id.ok_or_else(|| AdminError::not_found("provider key"))
}

/// A project's provider keys in their order.
#[utoipa::path(get, path = "/projects/{project}/provider-keys", tag = "provider keys", responses((status = 200, body = Page<ProviderKey>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Page<ProviderKey>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let keys = state.store.provider_keys().list(&project.id).await?;
    Ok(Json(Page { data: keys.iter().map(shown).collect(), next_cursor: None }))
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
    Ok(versioned(StatusCode::OK, key.version, &shown(&key)))
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
    let new = NewProviderKey {
        headers: headers_in(asked.headers),
        base_url: asked.base_url,
        region: asked.region,
        api_version: asked.api_version,
        cloud_project: asked.project_id,
        ..NewProviderKey::new(&asked.name, asked.provider, secret_in(asked.api_key))
    };
    check_fields(AccountParts {
        id: "".into(),
        name: new.name.clone(),
        provider: new.provider,
        secret: new.secret.clone(),
        base_url: new.base_url.clone(),
        region: new.region.clone(),
        headers: new.headers.iter().map(|h| (h.name.clone(), h.value.clone())).collect(),
        api_version: new.api_version.clone(),
        cloud_project: new.cloud_project.clone(),
    })?;
    let mut change = state.store.change(&caller.actor()).await?;
    let key = change.provider_keys().create(&project.id, new).await?;
    change.commit().await?;
    Ok(versioned(StatusCode::CREATED, key.version, &shown(&key)))
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

/// Replaces the secret.
#[utoipa::path(put, path = "/projects/{project}/provider-keys/{key}/secret", tag = "provider keys", request_body = RotateProviderKey,
    responses((status = 200, body = ProviderKey), (status = 422, body = ErrorBody)))]
pub(super) async fn rotate(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
    Expected(expected): Expected,
    Body(asked): Body<RotateProviderKey>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let key = find(&state, &project, &key).await?;
    let update =
        ProviderKeyUpdate { secret: Some(secret_in(Some(asked.api_key))), ..ProviderKeyUpdate::default() };
    save(&state, &caller, &project, &key, expected, update).await
}

async fn save(
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
    Ok(versioned(StatusCode::OK, saved.version, &shown(&saved)))
}

/// Whether a deletion may break routes.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Force {
    /// Delete it although routes name it; their targets are skipped from then on.
    #[serde(default)]
    force: bool,
}

/// Deletes a provider key; refused while routes name it, unless forced.
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
    let routes = state.store.routes().list(&project.id).await?;
    let named = |route: &&maig_store::Route| {
        route.spec.targets.iter().any(|t| t.provider_key.as_deref() == Some(&key.name))
    };
    let broken: Vec<_> = routes.iter().filter(named).map(|route| route.name.as_str()).collect();
    if !force && !broken.is_empty() {
        let list = broken.join(", ");
        return Err(AdminError::conflict(format!(
            "{} is named by {list}; change them first, or repeat with ?force=true.",
            key.name
        )));
    }
    let mut change = state.store.change(&caller.actor()).await?;
    change.provider_keys().delete(&project.id, &key.id, expected).await?;
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Asks the provider for its models, to see that the account answers.
#[utoipa::path(post, path = "/projects/{project}/provider-keys/{key}/check", tag = "provider keys", responses((status = 200, body = CheckResult)))]
pub(super) async fn check(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
) -> Result<Json<CheckResult>> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let key = find(&state, &project, &key).await?;
    let failed = |message: String| CheckResult { ok: false, message, status: None, ms: 0, models: None };
    let credentials = match state.store.provider_keys().credentials(&key.id).await {
        Ok(Some(credentials)) => credentials,
        Ok(None) => return Err(AdminError::not_found("provider key")),
        Err(error) => return Ok(Json(failed(error.to_string()))),
    };
    let mut parts = AccountParts::stored(&key, credentials);
    if parts.provider == Provider::Simulator && parts.base_url.is_none() {
        parts.base_url = Some(state.simulator.clone());
    }
    let account = match parts.open() {
        Ok(account) => account,
        Err(fault) => return Ok(Json(failed(fault.to_string()))),
    };
    let seen = state.upstream.check(&account, PATIENCE).await;
    state.store.provider_keys().note_error(&key.id, (!seen.ok).then_some(seen.message.as_str())).await?;
    Ok(Json(CheckResult {
        ok: seen.ok,
        message: seen.message,
        status: seen.status,
        ms: seen.ms,
        models: seen.models,
    }))
}

fn check_fields(parts: AccountParts) -> Result<()> {
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

fn secret_in(text: Option<String>) -> Option<Secret> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).map(Secret::new)
}

fn headers_in(headers: BTreeMap<String, String>) -> Vec<Header> {
    headers.into_iter().map(|(name, value)| Header { name, value: Secret::new(value) }).collect()
}
