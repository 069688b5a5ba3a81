//! A route in its project: what it is judged against, what was asked of it, and how its targets are now. Counts come
//! from the hourly sums and health from this instance's own breakers, so that a list costs no more than one route.

use std::collections::BTreeMap;
use std::sync::Arc;

use maig_api::{FieldFault, HealthState, Lint, Route, RouteTraffic, TargetHealth};
use maig_core::id::ProjectId;
use maig_core::route::{CompiledRoute, CompiledTarget, Context, KeyFacts, ModelTarget, RouteSpec, lint};
use maig_store::RouteCounts;

use super::error::Result;
use super::health::said;
use crate::clock::Clock;
use crate::declare::{key_facts, today};
use crate::snapshot::Snapshot;
use crate::state::AppState;
use crate::when;

const HOUR_US: i64 = 3_600 * 1_000_000;

/// What a project's routes are judged against.
pub(super) struct Surroundings {
    pub(super) routes: Vec<RouteSpec>,
    pub(super) keys: Vec<KeyFacts>,
}

impl Surroundings {
    pub(super) async fn load(state: &AppState, project: &ProjectId) -> Result<Self> {
        let routes = state.store.routes().list(project).await?.into_iter().map(|route| route.spec).collect();
        let keys = state.store.provider_keys().list(project).await?.iter().map(key_facts).collect();
        Ok(Self { routes, keys })
    }

    fn context<'a>(&'a self, state: &'a AppState) -> Context<'a> {
        Context { catalog: &state.catalog, routes: &self.routes, keys: &self.keys }
    }

    pub(super) fn faults(&self, state: &AppState, spec: &RouteSpec) -> Vec<FieldFault> {
        let faults = spec.validate(&self.context(state));
        faults.into_iter().map(|fault| FieldFault { path: fault.path, message: fault.message }).collect()
    }

    /// Routes that would lose a target if there were no provider key of this name: those that name it, and those that
    /// would find no other of its provider.
    pub(super) fn lost_without(&self, state: &AppState, key: &str) -> Vec<String> {
        let keys = self.keys.iter().filter(|known| known.name != key).cloned().collect();
        let without = Self { routes: self.routes.clone(), keys };
        let worse = |spec: &&RouteSpec| {
            let (lints, faults) = (self.lints(state, spec), self.faults(state, spec));
            // By place: what a fault says may name the keys that there are.
            let known = |path: &str| faults.iter().any(|fault| fault.path == path);
            without.faults(state, spec).iter().any(|fault| !known(&fault.path))
                || without.lints(state, spec).iter().any(|lint| !lints.contains(lint))
        };
        self.routes.iter().filter(worse).map(|spec| spec.name.clone()).collect()
    }

    pub(super) fn lints(&self, state: &AppState, spec: &RouteSpec) -> Vec<Lint> {
        let warnings = lint(spec, &self.context(state), today());
        warnings.into_iter().map(|warning| Lint { path: warning.path, message: warning.message }).collect()
    }
}

/// What each route of a project was asked since a moment.
pub(super) struct Traffic {
    from: i64,
    routes: BTreeMap<String, RouteCounts>,
}

impl Traffic {
    pub(super) async fn since(state: &AppState, project: &ProjectId, from: i64) -> Result<Self> {
        let from = from.div_euclid(HOUR_US) * HOUR_US;
        Ok(Self { from, routes: state.store.rollups().by_route(project, from).await? })
    }

    pub(super) fn of(&self, route: &str) -> RouteTraffic {
        let counts = self.routes.get(route).cloned().unwrap_or_default();
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        RouteTraffic {
            from: when::rfc3339(self.from),
            requests: count(counts.requests),
            errors: count(counts.errors),
            fallbacks: count(counts.fallbacks),
            by_primary: count(counts.by_primary),
        }
    }
}

pub(super) async fn traffic_of_day(state: &AppState, project: &ProjectId) -> Result<Traffic> {
    Traffic::since(state, project, Clock::unix_micros() - 24 * HOUR_US).await
}

pub(super) fn shown(
    state: &AppState,
    around: &Surroundings,
    day: &Traffic,
    route: &maig_store::Route,
) -> Route {
    Route {
        id: route.id.clone(),
        spec: route.spec.clone(),
        version: route.version,
        created_at: when::rfc3339(route.created_at),
        updated_at: when::rfc3339(route.updated_at),
        updated_by: route.updated_by.clone(),
        lints: around.lints(state, &route.spec),
        day: day.of(&route.name),
        health: health(state, &route.project_id, &route.name).into_iter().map(|(_, health)| health).collect(),
    }
}

/// The models of a route in the order they are tried, each with the index of the target that leads to it, as the
/// requests of this moment find them; empty for a route of the last second.
pub(super) fn health(state: &AppState, project: &ProjectId, route: &str) -> Vec<(usize, TargetHealth)> {
    let snapshot = state.snapshot.load_full();
    let route = snapshot.projects.get(project).and_then(|project| project.live.routes.get(route));
    let mut all = Vec::new();
    for (index, target) in route.iter().flat_map(|route| route.targets.iter().enumerate()) {
        descend(target, &mut |model| all.push((index, of_target(state, &snapshot, model))));
    }
    all
}

fn descend(target: &CompiledTarget, each: &mut impl FnMut(&Arc<ModelTarget>)) {
    match target {
        CompiledTarget::Model(model) => each(model),
        CompiledTarget::Route(inner) => {
            let CompiledRoute { targets, .. } = &**inner;
            targets.iter().for_each(|target| descend(target, each));
        }
    }
}

fn of_target(state: &AppState, snapshot: &Snapshot, target: &ModelTarget) -> TargetHealth {
    let now = state.clock.now();
    let account = target.account.as_ref().and_then(|id| snapshot.accounts.get(id));
    let (health, retry_in_ms) = match account {
        Some(_) => said(target.health().state(now), now),
        None => (HealthState::Closed, None),
    };
    TargetHealth {
        model: target.label.to_string(),
        provider_key: account.map(|account| account.name.clone()),
        state: health,
        retry_in_ms,
    }
}
