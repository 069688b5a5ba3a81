//! How an account is: switched off, refused by its provider, skipped by a breaker, or well. Always in a word.

use leptos::prelude::*;
use maig_api::{CheckResult, HealthState, ProviderKey};

use crate::format;
use crate::ui::{Dot, Time, Tone};

#[component]
pub(super) fn State(#[prop(into)] key: Signal<ProviderKey>) -> impl IntoView {
    view! {
        <div class="provider-key-state">
            {move || {
                let (tone, label) = key.with(word);
                view! { <Dot tone label/> }
            }}
            {move || key.with(|key| key.last_error.clone().zip(key.last_error_at.clone())).map(|(error, at)| view! {
                <p class="small soft provider-key-why">{error}" · "<Time at/></p>
            })}
            {move || key.with(skipped).into_iter().map(|text| view! { <p class="small soft">{text}</p> }).collect_view()}
        </div>
    }
}

/// A line for each model that requests go around now.
fn skipped(key: &ProviderKey) -> Vec<String> {
    let open = key.health.iter().filter(|health| health.state != HealthState::Closed);
    open.map(|health| match health.retry_in_ms {
        Some(ms) if ms < 60_000 => format!("{} is skipped for {} s", health.model, ms.div_ceil(1000)),
        Some(ms) => format!("{} is skipped for {}", health.model, format::duration(ms)),
        None => format!("{} is being tried again", health.model),
    })
    .collect()
}

fn word(key: &ProviderKey) -> (Tone, &'static str) {
    let open = key.health.iter().any(|health| health.state != HealthState::Closed);
    match (key.enabled, key.last_error.is_some(), open) {
        (false, ..) => (Tone::Plain, "Disabled"),
        (true, true, _) => (Tone::Bad, "Refused"),
        (true, false, true) => (Tone::Warn, "Failing"),
        (true, false, false) => (Tone::Good, "Enabled"),
    }
}

/// What a check saw.
#[component]
pub(super) fn Checked(#[prop(into)] name: String, seen: CheckResult) -> impl IntoView {
    let (tone, label) = match seen.ok {
        true => (Tone::Good, format!("{name} answers")),
        false => (Tone::Bad, format!("{name} cannot be used")),
    };
    let models =
        seen.models.map(|count| format!("It lists {}.", format::plural(u64::from(count), "model", "models")));
    view! {
        <div class="stack-tight" role="status">
            <p><strong><Dot tone label/></strong></p>
            <p class="soft">{seen.message}</p>
            <p class="small faint">
                {models} " Asked in " {format::duration(seen.ms)}
                {seen.status.map(|status| format!(", HTTP {status}"))} "."
            </p>
        </div>
    }
}
