//! Routes: every save is a version.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use maig_api::{Action, ErrorBody, Page, PageQuery, PutRoute, Route, RouteChecked, RouteVersion};

use super::body::{Asked, Body, Path};
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::paging::page;
use super::precondition::{Expected, versioned};
use super::surroundings::{Surroundings, shown, traffic_of_day};
use crate::state::AppState;
use crate::when;

/// A project's routes, by name.
#[utoipa::path(get, path = "/projects/{project}/routes", tag = "routes", params(PageQuery), responses((status = 200, body = Page<Route>)))]
pub(super) async fn list(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<Route>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let around = Surroundings::load(&state, &project.id).await?;
    let routes = state.store.routes().list(&project.id).await?;
    let day = traffic_of_day(&state, &project.id).await?;
    let shown = routes.iter().map(|route| shown(&state, &around, &day, route)).collect();
    page(shown, &asked, |route: &Route| &route.id).map(Json)
}

/// One route.
#[utoipa::path(get, path = "/projects/{project}/routes/{route}", tag = "routes", responses((status = 200, body = Route), (status = 404, body = ErrorBody)))]
pub(super) async fn get(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, route)): Path<(String, String)>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let found = state.store.routes().get(&project.id, &route).await?;
    answer(&state, StatusCode::OK, found).await
}

pub(super) async fn answer(
    state: &AppState,
    status: StatusCode,
    route: Option<maig_store::Route>,
) -> Result<Response> {
    let route = route.ok_or_else(|| AdminError::not_found("route"))?;
    let around = Surroundings::load(state, &route.project_id).await?;
    let day = traffic_of_day(state, &route.project_id).await?;
    Ok(versioned(status, route.version, &shown(state, &around, &day, &route)))
}

/// Makes a route or its next version. `If-Match: "0"` makes only a new one.
#[utoipa::path(put, path = "/projects/{project}/routes/{route}", tag = "routes", request_body = PutRoute,
    responses((status = 200, body = Route), (status = 412, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn put(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, route)): Path<(String, String)>,
    Expected(expected): Expected,
    Body(asked): Body<PutRoute>,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeRoutes).await?;
    if asked.spec.name != route {
        return Err(AdminError::invalid(
            "spec.name",
            format!(
                "The body names {:?}, the address {route:?}; a route's name cannot change.",
                asked.spec.name
            ),
        ));
    }
    let faults = Surroundings::load(&state, &project.id).await?.faults(&state, &asked.spec);
    if !faults.is_empty() {
        return Err(AdminError::faults(faults));
    }
    let mut change = state.store.change(&caller.actor()).await?;
    let saved = change.routes().save(&project.id, &asked.spec, expected).await?;
    change.commit().await?;
    answer(&state, StatusCode::OK, Some(saved)).await
}

/// Deletes a route; its versions stay and can be brought back.
#[utoipa::path(delete, path = "/projects/{project}/routes/{route}", tag = "routes",
    responses((status = 204), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 412, body = ErrorBody)))]
pub(super) async fn delete(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, route)): Path<(String, String)>,
    Expected(expected): Expected,
) -> Result<StatusCode> {
    let project = caller.project(&state, &project, Action::ChangeRoutes).await?;
    let nested = format!("route:{route}");
    let around = Surroundings::load(&state, &project.id).await?;
    let users = around
        .routes
        .iter()
        .filter(|spec| spec.name != route && spec.targets.iter().any(|t| t.model == nested));
    let users: Vec<_> = users.map(|spec| spec.name.as_str()).collect();
    if !users.is_empty() {
        return Err(AdminError::conflict(format!(
            "{route} is a target of {}; change that first.",
            users.join(", ")
        )));
    }
    let mut change = state.store.change(&caller.actor()).await?;
    if !change.routes().delete(&project.id, &route, expected).await? {
        return Err(AdminError::not_found("route"));
    }
    change.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a route would be refused or warned for, without saving it.
#[utoipa::path(post, path = "/projects/{project}/route-check", tag = "routes", request_body = PutRoute, responses((status = 200, body = RouteChecked)))]
pub(super) async fn check(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Body(asked): Body<PutRoute>,
) -> Result<Json<RouteChecked>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let around = Surroundings::load(&state, &project.id).await?;
    let faults = around.faults(&state, &asked.spec);
    let lints = if faults.is_empty() { around.lints(&state, &asked.spec) } else { Vec::new() };
    Ok(Json(RouteChecked { faults, lints }))
}

/// A route's versions, newest first; also of a deleted route.
#[utoipa::path(get, path = "/projects/{project}/routes/{route}/versions", tag = "routes", params(PageQuery),
    responses((status = 200, body = Page<RouteVersion>), (status = 404, body = ErrorBody)))]
pub(super) async fn versions(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, route)): Path<(String, String)>,
    Asked(page): Asked<PageQuery>,
) -> Result<Json<Page<RouteVersion>>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let before = page
        .cursor
        .map(|cursor| {
            cursor.parse().map_err(|_| AdminError::invalid("cursor", "That is no cursor of this list."))
        })
        .transpose()?;
    let limit = page.limit.unwrap_or(50).clamp(1, 200);
    let rows = state.store.routes().versions(&project.id, &route, before, limit).await?;
    if rows.is_empty() && before.is_none() {
        return Err(AdminError::not_found("route"));
    }
    let next = rows.last().filter(|last| rows.len() == limit as usize && last.version > 1);
    let next_cursor = next.map(|last| last.version.to_string());
    let data = rows
        .into_iter()
        .map(|row| RouteVersion {
            version: row.version,
            spec: row.spec,
            by: row.saved_by.label,
            at: when::rfc3339(row.saved_at),
        })
        .collect();
    Ok(Json(Page { data, next_cursor }))
}

/// Saves an old version as the newest.
#[utoipa::path(post, path = "/projects/{project}/routes/{route}/versions/{version}/bring-back", tag = "routes",
    responses((status = 200, body = Route), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn bring_back(
    State(state): State<AppState>,
    caller: Caller,
    Path((project, route, version)): Path<(String, String, i64)>,
    Expected(expected): Expected,
) -> Result<Response> {
    let project = caller.project(&state, &project, Action::ChangeRoutes).await?;
    let old = state.store.routes().version(&project.id, &route, version).await?;
    let old = old.ok_or_else(|| AdminError::not_found("version"))?;
    // The project may have changed since: what was sound then need not be now.
    let faults = Surroundings::load(&state, &project.id).await?.faults(&state, &old.spec);
    if !faults.is_empty() {
        return Err(AdminError::faults(faults));
    }
    let mut change = state.store.change(&caller.actor()).await?;
    let saved = change.routes().bring_back(&project.id, &route, version, expected).await?;
    change.commit().await?;
    answer(&state, StatusCode::OK, saved).await
}
