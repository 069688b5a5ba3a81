//! The breakers of a project's accounts, as this instance sees them. It asks for their state and never for admission,
//! which would take a probe away from a request.

use std::sync::PoisonError;

use axum::Json;
use axum::extract::State;
use maig_api::{Action, Health, HealthState, Page, PageQuery};
use maig_core::id::ProjectId;
use maig_core::plan::BreakerState;
use maig_core::time::Tick;

use super::body::{Asked, Path};
use super::caller::Caller;
use super::error::Result;
use super::paging::page;
use crate::state::AppState;

/// The health of each account and model that has been asked since the start.
#[utoipa::path(get, path = "/projects/{project}/health", tag = "usage", params(PageQuery), responses((status = 200, body = Page<Health>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<Health>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let named = of(&state, &project.id).await?.into_iter();
    let named = named.map(|health| (format!("{}/{}", health.provider_key_id, health.model), health));
    let Page { data, next_cursor } = page(named.collect(), &asked, |(name, _): &(String, Health)| name)?;
    Ok(Json(Page { data: data.into_iter().map(|(_, health)| health).collect(), next_cursor }))
}

/// A breaker's state, and the wait until the next try.
pub(super) fn said(seen: BreakerState, now: Tick) -> (HealthState, Option<u64>) {
    match seen {
        BreakerState::Closed => (HealthState::Closed, None),
        BreakerState::Open { until, .. } => {
            (HealthState::Open, u64::try_from(until.since(now).as_millis()).ok())
        }
        BreakerState::HalfOpen { .. } => (HealthState::HalfOpen, None),
    }
}

pub(super) async fn of(state: &AppState, project: &ProjectId) -> Result<Vec<Health>> {
    let keys = state.store.provider_keys().list(project).await?;
    let now = state.clock.now();
    let mut all: Vec<Health> = state
        .breakers
        .list()
        .into_iter()
        .filter(|(key, _)| !key.test)
        .filter_map(|(key, breaker)| {
            let account = key.account.as_ref()?;
            let owner = keys.iter().find(|k| k.id == *account && k.key_version == key.key_version)?;
            let seen = breaker.lock().unwrap_or_else(PoisonError::into_inner).state(now);
            let (health, retry_in_ms) = said(seen, now);
            Some(Health {
                provider_key_id: account.to_string(),
                provider_key: owner.name.clone(),
                model: format!("{}/{}", owner.provider, key.model),
                state: health,
                retry_in_ms,
            })
        })
        .collect();
    all.sort_by(|a, b| (&a.provider_key, &a.model).cmp(&(&b.provider_key, &b.model)));
    Ok(all)
}
