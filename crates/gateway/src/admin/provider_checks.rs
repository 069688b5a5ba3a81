//! Whether an account answers: one that is stored, one that is only typed, and one that is about to get a new secret.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use maig_api::{Action, CheckResult, CreateProviderKey, ErrorBody, ProviderKey, RotateProviderKey};
use maig_core::provider::Provider;
use maig_store::{Credentials, ProviderKeyUpdate};

use super::body::{Body, Path};
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::precondition::Expected;
use super::provider_keys::{check_fields, find, new_key, parts_of, save, secret_in};
use crate::state::AppState;
use crate::upstream::AccountParts;

/// What a provider gets to answer a check.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks the provider for its models, to see that the account answers.
#[utoipa::path(post, path = "/projects/{project}/provider-keys/{key}/check", tag = "provider keys", responses((status = 200, body = CheckResult)))]
pub(super) async fn check(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
) -> Result<Json<CheckResult>> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let key = find(&state, &project, &key).await?;
    let seen = match state.store.provider_keys().credentials(&key.id).await {
        Ok(Some(credentials)) => ask(&state, AccountParts::stored(&key, credentials)).await,
        Ok(None) => return Err(AdminError::not_found("provider key")),
        Err(error) => failed(error.to_string()),
    };
    state.store.provider_keys().note_error(&key.id, (!seen.ok).then_some(seen.message.as_str())).await?;
    Ok(Json(seen))
}

/// The same for an account that is typed and not stored. Nothing is kept of it.
#[utoipa::path(post, path = "/projects/{project}/provider-key-check", tag = "provider keys", request_body = CreateProviderKey,
    responses((status = 200, body = CheckResult), (status = 422, body = ErrorBody)))]
pub(super) async fn check_unsaved(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Body(asked): Body<CreateProviderKey>,
) -> Result<Json<CheckResult>> {
    caller.project(&state, &project, Action::ChangeKeys).await?;
    let new = new_key(asked);
    check_fields(parts_of(&new))?;
    Ok(Json(ask(&state, parts_of(&new)).await))
}

/// Replaces the secret without a gap: the new one is checked first, and one that fails is refused, unless forced.
#[utoipa::path(put, path = "/projects/{project}/provider-keys/{key}/secret", tag = "provider keys", request_body = RotateProviderKey,
    responses((status = 200, body = ProviderKey), (status = 412, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn rotate(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, key)): Path<(String, String)>,
    Expected(expected): Expected,
    Body(asked): Body<RotateProviderKey>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeKeys).await?;
    let key = find(&state, &project, &key).await?;
    let secret = secret_in(Some(asked.api_key));
    if !asked.force {
        let kept = state.store.provider_keys().credentials(&key.id).await?;
        let kept = kept.unwrap_or(Credentials { secret: None, headers: Vec::new() });
        let parts = AccountParts::stored(&key, Credentials { secret: secret.clone(), ..kept });
        check_fields(parts.clone())?;
        let seen = ask(&state, parts).await;
        if !seen.ok {
            let message = format!(
                "{}. The old secret serves on; send `force` to take this one all the same.",
                seen.message
            );
            let mut error = AdminError::new(StatusCode::UNPROCESSABLE_ENTITY, "check_failed", message);
            error.at("api_key", "check_failed");
            return Err(error);
        }
    }
    let update = ProviderKeyUpdate { secret: Some(secret), ..ProviderKeyUpdate::default() };
    save(&state, &caller, &project, &key, expected, update).await
}

async fn ask(state: &AppState, mut parts: AccountParts) -> CheckResult {
    if parts.provider == Provider::Simulator && parts.base_url.is_none() {
        parts.base_url = Some(state.simulator.clone());
    }
    let account = match parts.open() {
        Ok(account) => account,
        Err(fault) => return failed(fault.to_string()),
    };
    let seen = state.upstream.check(&account, PATIENCE).await;
    CheckResult { ok: seen.ok, message: seen.message, status: seen.status, ms: seen.ms, models: seen.models }
}

fn failed(message: String) -> CheckResult {
    CheckResult { ok: false, message, status: None, ms: 0, models: None }
}
