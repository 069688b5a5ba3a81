//! How a key is, in words: what it may do, how much of it is used, and whether it still opens anything.

use leptos::prelude::*;
use maig_api::ProjectKey;

use super::typed::Scope;
use crate::ui::{Dot, Time, Tone};
use crate::{browser, format, time};

/// Names that are shown before the rest is only counted.
const SHOWN: usize = 3;

/// Whether a moment of the API is over.
fn is_over(at: &Option<String>, now_ms: i64) -> bool {
    at.as_deref().and_then(time::parse).is_some_and(|at| at <= now_ms)
}

/// Whether it opens nothing any more, for good.
pub(super) fn is_revoked(key: &ProjectKey) -> bool {
    key.revoked_at.is_some()
}

fn word(key: &ProjectKey, now_ms: i64) -> (Tone, &'static str) {
    match () {
        () if is_revoked(key) => (Tone::Plain, "Revoked"),
        () if is_over(&key.expires_at, now_ms) => (Tone::Bad, "Expired"),
        () => (Tone::Good, "Active"),
    }
}

#[component]
pub(super) fn State(#[prop(into)] key: Signal<ProjectKey>) -> impl IntoView {
    let rolled = move || {
        let now = browser::now_ms();
        key.with(|key| key.previous_until.clone().filter(|_| !is_over(&key.previous_until, now)))
    };
    let ends = move || key.with(|key| key.revoked_at.clone().or_else(|| key.expires_at.clone()));
    view! {
        <div class="project-key-state">
            {move || {
                let (tone, label) = key.with(|key| word(key, browser::now_ms()));
                view! { <Dot tone label/> }
            }}
            {move || ends().map(|at| {
                let verb = key.with(|key| match word(key, browser::now_ms()).1 { "Active" => "ends ", _ => "" });
                view! { <p class="small soft">{verb}<Time at/></p> }
            })}
            {move || rolled().map(|at| view! { <p class="small soft">"Rolled: the old secret ends " <Time at/></p> })}
        </div>
    }
}

/// What it may call.
pub(super) fn scope(key: &ProjectKey) -> String {
    let named = match key.routes.len() {
        0..=SHOWN => key.routes.join(", "),
        count => format!("{} and {}\u{a0}more", key.routes[..SHOWN].join(", "), count - SHOWN),
    };
    match Scope::of(&key.routes, key.routes_only) {
        Scope::All => "Everything".to_owned(),
        Scope::Routes => "Every route".to_owned(),
        Scope::Named | Scope::NamedRoutes => named,
    }
}

/// Which apps may carry it.
pub(super) fn apps(key: &ProjectKey) -> Option<String> {
    let all: Vec<&str> = key.platforms.iter().chain(&key.bundle_ids).map(String::as_str).collect();
    (!all.is_empty()).then(|| format!("from {}", all.join(", ")))
}

/// How fast, if there is a limit.
pub(super) fn rates(key: &ProjectKey) -> Vec<String> {
    let own = key.rate.clone();
    own.into_iter().chain(key.per_user.as_ref().map(|rate| format!("{rate} a user"))).collect()
}

/// What this month's requests are of the quota; without one there is nothing to count against.
#[component]
pub(super) fn Quota(#[prop(into)] key: Signal<ProjectKey>) -> impl IntoView {
    let quota = Memo::new(move |_| {
        key.with(|key| key.monthly_requests.map(|all| (key.used_this_month.unwrap_or(0), all)))
    });
    move || match quota.get() {
        None => view! { <span class="faint">"No quota"</span> }.into_any(),
        Some((used, all)) => {
            let text = format!("{} of {}", format::count(used), format::count(all));
            // At the end of a quota one should see it from afar.
            let class = match used.saturating_mul(10) / all.max(1) {
                0..8 => "quota",
                8..10 => "quota quota-near",
                _ => "quota quota-full",
            };
            view! {
                <div class=class>
                    <span class="num">{text.clone()}</span>
                    <progress class="quota-bar" max=all.to_string() value=used.min(all).to_string() aria-label=format!("{text} requests of this month")></progress>
                </div>
            }
            .into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_262_400_000;

    fn key() -> ProjectKey {
        ProjectKey {
            id: "k".to_owned(),
            name: "ios".to_owned(),
            hint: "maig_live_abcd…".to_owned(),
            test: false,
            routes: Vec::new(),
            routes_only: false,
            platforms: Vec::new(),
            bundle_ids: Vec::new(),
            rate: None,
            monthly_requests: None,
            used_this_month: None,
            per_user: None,
            previous_until: None,
            playground: false,
            created_by: "ana@example.com".to_owned(),
            expires_at: None,
            revoked_at: None,
            last_used_at: None,
            created_at: "2026-11-01T00:00:00Z".to_owned(),
            version: 1,
        }
    }

    #[test]
    fn a_key_is_active_until_it_is_over_or_revoked() {
        let at = |day: &str| Some(format!("2026-11-{day}T00:00:00Z"));
        for (key, expect) in [
            (key(), "Active"),
            (ProjectKey { expires_at: at("22"), ..key() }, "Active"),
            (ProjectKey { expires_at: at("20"), ..key() }, "Expired"),
            (ProjectKey { expires_at: at("20"), revoked_at: at("19"), ..key() }, "Revoked"),
        ] {
            assert_eq!(word(&key, NOON).1, expect);
        }
    }

    #[test]
    fn what_it_may_call_is_said_in_few_words() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        for (routes, routes_only, expect) in [
            (names(&[]), false, "Everything"),
            (names(&[]), true, "Every route"),
            (names(&["chat", "sum"]), true, "chat, sum"),
            (names(&["a", "b", "c", "d", "e"]), false, "a, b, c and 2\u{a0}more"),
        ] {
            assert_eq!(scope(&ProjectKey { routes, routes_only, ..key() }), expect);
        }
    }
}
