//! How a route has fared: its columns in the list, and sentences for dialogs.

use leptos::prelude::*;
use maig_api::{HealthState, Route, RouteTraffic, TargetHealth};

use crate::format;
use crate::ui::{Badge, Cell, Dot, Head, Tone};

/// The columns of the list, the figures after the given ones.
pub fn heads(mut first: Vec<Head>) -> Vec<Head> {
    first.extend([
        Head::num("Requests, 24 h"),
        Head::num("By fallback"),
        Head::num("Errors"),
        Head::text("Health"),
    ]);
    first
}

/// What of the figures makes a row another.
pub fn key(route: &Route) -> (u64, u64, u64, usize, Vec<(String, u8)>) {
    let health = route.health.iter().map(|one| (one.model.clone(), one.state as u8));
    (route.day.requests, route.day.errors, route.day.fallbacks, route.lints.len(), health.collect())
}

pub fn cells(route: &Route) -> impl IntoView + use<> {
    let RouteTraffic { requests, errors, fallbacks, .. } = route.day;
    let answered = requests.saturating_sub(errors);
    let health: Vec<(Tone, String)> = health(&route.health);
    let warnings = route.lints.len() as u64;
    view! {
        <Cell head="Requests, 24 h" num=true>{format::count(requests)}</Cell>
        <Cell head="By fallback" num=true>{format::share(fallbacks, answered)}</Cell>
        <Cell head="Errors" num=true>{format::share(errors, requests)}</Cell>
        <Cell head="Health">
            <span class="route-health">
                {health.into_iter().map(|(tone, label)| view! { <Dot tone label/> }).collect_view()}
                {(warnings > 0).then(|| view! { <Badge>{format::plural(warnings, "warning", "warnings")}</Badge> })}
            </span>
        </Cell>
    }
}

/// The targets that are not well; or that all are healthy.
pub fn health(targets: &[TargetHealth]) -> Vec<(Tone, String)> {
    let mut said: Vec<(Tone, String)> = Vec::new();
    for target in targets {
        let model = target.model.split_once('/').map_or(target.model.as_str(), |(_, model)| model);
        let one = match (&target.provider_key, target.state) {
            (None, _) => (Tone::Warn, format!("{model}: no key")),
            (_, HealthState::Open) => (Tone::Bad, format!("{model} is down")),
            (_, HealthState::HalfOpen) => (Tone::Warn, format!("{model} is being tried")),
            (_, HealthState::Closed) => continue,
        };
        if !said.contains(&one) {
            said.push(one);
        }
    }
    match (said.is_empty(), targets.is_empty()) {
        (true, false) => vec![(Tone::Good, "healthy".to_owned())],
        _ => said,
    }
}

/// How often it was called, in a sentence.
pub fn calls(route: &Route) -> String {
    traffic("the last 24 hours", &route.day)
}

/// `In the last 24 hours 1,234 requests: the primary answered 1,200, a fallback 30, 4 failed.`
pub fn traffic(time: &str, traffic: &RouteTraffic) -> String {
    let RouteTraffic { requests, errors, fallbacks, by_primary, .. } = traffic;
    if *requests == 0 {
        return format!("Nobody has called it in {time}.");
    }
    format!(
        "In {time} {}: the primary answered {}, a fallback {}, {} failed.",
        format::plural(*requests, "request", "requests"),
        format::count(*by_primary),
        format::count(*fallbacks),
        format::count(*errors),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_names_who_is_not_well() {
        let target = |model: &str, key: Option<&str>, state| TargetHealth {
            model: model.into(),
            provider_key: key.map(str::to_owned),
            state,
            retry_in_ms: None,
        };
        assert_eq!(health(&[]), []);
        assert_eq!(
            health(&[target("openai/a", Some("k"), HealthState::Closed)]),
            [(Tone::Good, "healthy".to_owned())]
        );
        let sick = [
            target("openai/a", Some("k"), HealthState::Open),
            target("x/b", None, HealthState::Closed),
            target("openai/a", Some("k"), HealthState::Open),
        ];
        assert_eq!(
            health(&sick),
            [(Tone::Bad, "a is down".to_owned()), (Tone::Warn, "b: no key".to_owned())]
        );
    }

    #[test]
    fn traffic_is_told_in_a_sentence() {
        assert_eq!(traffic("an hour", &RouteTraffic::default()), "Nobody has called it in an hour.");
        let some = RouteTraffic {
            requests: 1234,
            by_primary: 1200,
            fallbacks: 30,
            errors: 4,
            ..RouteTraffic::default()
        };
        assert_eq!(
            traffic("the last hour", &some),
            "In the last hour 1,234 requests: the primary answered 1,200, a fallback 30, 4 failed."
        );
    }
}
