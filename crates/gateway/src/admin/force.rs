//! Force Fallback: the switch, what it would do, and where it is on.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use maig_api::{
    Action, ErrorBody, FieldFault, ForceEffect, ForceFallback, ForcedRoute, HealthState, Lint, Page,
    PageQuery, Route,
};
use maig_core::moment::Moment;

use super::body::{Asked, Body, Path};
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::paging::page;
use super::precondition::Expected;
use super::project_keys::moment_in;
use super::routes::answer;
use super::surroundings::{Surroundings, Traffic, health, traffic_of_day};
use crate::clock::Clock;
use crate::state::AppState;
use crate::when;

const HOUR_US: i64 = 3_600 * 1_000_000;

/// Makes every request skip the primary, for a time or until it is ended.
#[utoipa::path(put, path = "/projects/{project}/routes/{route}/force-fallback", tag = "routes", request_body = ForceFallback,
    responses((status = 200, body = Route), (status = 404, body = ErrorBody), (status = 412, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn put(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, route)): Path<(String, String)>,
    Expected(expected): Expected,
    Body(asked): Body<ForceFallback>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeRoutes).await?;
    let found =
        state.store.routes().get(&project.id, &route).await?.ok_or_else(|| AdminError::not_found("route"))?;
    let until = asked.until.as_deref().map(|text| moment_in("until", text)).transpose()?;
    let fault = |path: &str, message: &str| {
        Err(AdminError::faults(vec![FieldFault { path: path.to_owned(), message: message.to_owned() }]))
    };
    if asked.on && found.spec.targets.len() < 2 {
        return fault("on", "Force Fallback skips the primary, so the route needs a second target");
    }
    if until.is_some() && !asked.on {
        return fault("until", "an end without a beginning; leave it out");
    }
    if until.is_some_and(|until| until <= Clock::unix_micros()) {
        return fault("until", "this is over already; choose a time in the future");
    }
    let until = until.map(Moment::from_micros);
    let mut change = state.store.change(&caller.actor()).await?;
    let saved = change.routes().force_fallback(&project.id, &route, asked.on, until, expected).await?;
    change.commit().await?;
    answer(&state, StatusCode::OK, saved).await
}

/// What Force Fallback would affect, or does: traffic, and what the remaining targets lack.
#[utoipa::path(get, path = "/projects/{project}/routes/{route}/force-fallback", tag = "routes",
    responses((status = 200, body = ForceEffect), (status = 404, body = ErrorBody)))]
pub(super) async fn effect(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, route)): Path<(String, String)>,
) -> Result<Json<ForceEffect>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let found =
        state.store.routes().get(&project.id, &route).await?.ok_or_else(|| AdminError::not_found("route"))?;
    let hour = Traffic::since(&state, &project.id, Clock::unix_micros() - HOUR_US).await?;
    let day = traffic_of_day(&state, &project.id).await?;
    let lints = Surroundings::load(&state, &project.id).await?.lints(&state, &found.spec);
    // A primary's own troubles are no reason against passing over it.
    let mut warnings: Vec<Lint> = lints
        .into_iter()
        .filter(|lint| lint.path.starts_with("targets[") && lint.path != "targets[0]")
        .collect();
    for (index, target) in health(&state, &project.id, &route) {
        if index > 0 && target.state != HealthState::Closed {
            let message = format!("{} fails now: its breaker is not closed", target.model);
            warnings.push(Lint { path: format!("targets[{index}]"), message });
        }
    }
    if found.spec.targets.len() == 2 {
        let message = format!("nothing stands behind {} then", found.spec.targets[1].model);
        warnings.push(Lint { path: "targets[1]".to_owned(), message });
    }
    let target = |index: usize| found.spec.targets.get(index).map(|target| target.model.clone());
    Ok(Json(ForceEffect {
        on: found.spec.force_fallback,
        until: found.spec.force_fallback_until.map(|until| until.to_string()),
        skips: target(0).unwrap_or_default(),
        begins_with: target(1),
        hour: hour.of(&route),
        day: day.of(&route),
        warnings,
    }))
}

/// The routes whose Force Fallback is on, for a banner.
#[utoipa::path(get, path = "/projects/{project}/forced-routes", tag = "routes", params(PageQuery), responses((status = 200, body = Page<ForcedRoute>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<ForcedRoute>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let now = Clock::unix_micros();
    let routes = state.store.routes().list(&project.id).await?;
    let on = routes.into_iter().filter(|route| {
        let over = route.spec.force_fallback_until.is_some_and(|end| end.as_micros() <= now);
        route.spec.force_fallback && !over
    });
    let forced = on.map(|route| ForcedRoute {
        until: route.spec.force_fallback_until.map(|until| until.to_string()),
        route: route.name,
        by: route.updated_by,
        since: when::rfc3339(route.updated_at),
    });
    page(forced.collect(), &asked, |forced: &ForcedRoute| &forced.route).map(Json)
}
