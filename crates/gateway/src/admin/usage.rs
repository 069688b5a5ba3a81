//! Totals and series, from the hourly sums.

use axum::Json;
use axum::extract::State;
use maig_api::{Action, ErrorBody, Overview, SeriesPoint, Totals, UsageGroup, UsageQuery, UsageReport};
use maig_core::id::ProjectId;
use maig_store::{Dimension, RollupQuery, Series};

use super::body::{Asked, Path};
use super::caller::Caller;
use super::error::{AdminError, Result};
use super::project_keys::moment_in;
use crate::clock::Clock;
use crate::state::AppState;
use crate::when;

const HOUR_US: i64 = 3600 * 1_000_000;
const DAY_US: i64 = 24 * HOUR_US;
/// Groups of a report; what is past them is summed up.
const GROUPS: u32 = 200;

fn totals(sums: &maig_store::Totals) -> Totals {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    let ms = |micros: Option<i64>| micros.map(|micros| count(micros) / 1000);
    Totals {
        requests: count(sums.requests),
        errors: count(sums.errors),
        fallbacks: count(sums.fallbacks),
        prompt_tokens: count(sums.prompt_tokens),
        cached_tokens: count(sums.cached_tokens),
        completion_tokens: count(sums.completion_tokens),
        reasoning_tokens: count(sums.reasoning_tokens),
        cost_nano_usd: sums.cost.0,
        unpriced: count(sums.unpriced),
        p50_ms: ms(sums.latency.quantile(0.5)),
        first_token_p50_ms: ms(sums.first_token.quantile(0.5)),
        p95_ms: ms(sums.latency.quantile(0.95)),
        first_token_p95_ms: ms(sums.first_token.quantile(0.95)),
        p99_ms: ms(sums.latency.quantile(0.99)),
        first_token_p99_ms: ms(sums.first_token.quantile(0.99)),
    }
}

fn series(steps: &[(i64, maig_store::Totals)]) -> Vec<SeriesPoint> {
    steps.iter().map(|(at, sums)| SeriesPoint { at: when::rfc3339(*at), totals: totals(sums) }).collect()
}

/// What a project did in a time.
#[utoipa::path(get, path = "/projects/{project}/usage", tag = "usage", params(UsageQuery),
    responses((status = 200, body = UsageReport), (status = 400, body = ErrorBody)))]
pub(super) async fn report(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
    Asked(asked): Asked<UsageQuery>,
) -> Result<Json<UsageReport>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let to = asked.to.as_deref().map_or_else(|| Ok(Clock::unix_micros()), |text| moment_in("to", text))?;
    let from = asked.from.as_deref().map_or_else(|| Ok(to - DAY_US), |text| moment_in("from", text))?;
    let step_hours = match asked.step.as_deref() {
        Some("hour") => 1,
        Some("day") => 24,
        None if to - from > 4 * DAY_US => 24,
        None => 1,
        Some(_) => return Err(AdminError::invalid("step", "Write `hour` or `day`.")),
    };
    if to <= from {
        return Err(AdminError::invalid("from", "The time ends before it begins."));
    }
    let by = match asked.group.as_deref() {
        None | Some("user") => None,
        Some("route") => Some(Dimension::Route),
        Some("model") => Some(Dimension::ServedBy),
        Some("key") => Some(Dimension::Key),
        Some("app_version") => Some(Dimension::AppVersion),
        Some("platform") => Some(Dimension::Platform),
        Some(_) => {
            let message = "Write `route`, `model`, `key`, `app_version`, `platform` or `user`.";
            return Err(AdminError::invalid("group", message));
        }
    };
    let query =
        RollupQuery { project: project.id.clone(), from, to, step_hours, group: by, route: asked.route };
    let sums = state.store.rollups().query(&query).await?;
    let before = RollupQuery { from: from - (to - from), to: from, group: None, ..query.clone() };
    let before = state.store.rollups().query(&before).await?;
    let mut groups = sums.groups;
    let mut groups_from = None;
    if asked.group.as_deref() == Some("user") {
        let users = state.store.requests().by_user(&project.id, query.route.as_deref(), (from, to)).await?;
        groups_from = (users.from > from).then(|| when::rfc3339(users.from));
        groups = users.groups;
    }
    let mut others: Option<maig_store::Totals> = None;
    for group in groups.split_off(groups.len().min(GROUPS as usize)) {
        others.get_or_insert_default().add(&group.totals);
    }
    Ok(Json(UsageReport {
        from: when::rfc3339(from),
        to: when::rfc3339(to),
        step: if step_hours == 1 { "hour" } else { "day" }.to_owned(),
        totals: totals(&sums.totals),
        before: totals(&before.totals),
        series: series(&sums.steps),
        groups: groups.iter().map(group).collect(),
        others: others.as_ref().map(totals),
        groups_from,
    }))
}

fn group(group: &maig_store::Group) -> UsageGroup {
    UsageGroup { name: group.name.clone(), totals: totals(&group.totals), series: series(&group.steps) }
}

/// The last 24 hours beside the 24 before, and the health of what is used.
#[utoipa::path(get, path = "/projects/{project}/overview", tag = "usage", responses((status = 200, body = Overview)))]
pub(super) async fn overview(
    State(state): State<AppState>,
    caller: Caller,
    Path(project): Path<String>,
) -> Result<Json<Overview>> {
    let project = caller.project(&state, &project, Action::Read).await?;
    let now = Clock::unix_micros();
    let day = |to: i64| sums(&state, &project.id, to - DAY_US, to);
    let (this, last) = (day(now).await?, day(now - DAY_US).await?);
    let keys = state.store.project_keys().list(&project.id).await?;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Json(Overview {
        now: totals(&this.totals),
        before: totals(&last.totals),
        series: series(&this.steps),
        health: super::health::of(&state, &project.id).await?,
        provider_keys: count(state.store.provider_keys().list(&project.id).await?.len()),
        routes: count(state.store.routes().list(&project.id).await?.len()),
        project_keys: count(keys.iter().filter(|key| key.revoked_at.is_none()).count()),
        has_requests: state.store.requests().any(&project.id).await?,
    }))
}

async fn sums(state: &AppState, project: &ProjectId, from: i64, to: i64) -> Result<Series> {
    let query = RollupQuery { project: project.clone(), from, to, step_hours: 1, group: None, route: None };
    Ok(state.store.rollups().query(&query).await?)
}
