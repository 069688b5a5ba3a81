//! What needs attention, and the health of each provider key and model that was asked. `attention` is pure.

use leptos::prelude::*;
use maig_api::{Health, HealthState, ProviderKey, Route};

use crate::api::segment;
use crate::format;
use crate::ui::{Dot, Icon, Link, Svg, Tone};

/// Something that somebody should do.
#[derive(Clone, Debug, PartialEq)]
struct Item {
    tone: Tone,
    title: String,
    text: String,
    href: String,
}

fn attention(health: &[Health], keys: &[ProviderKey], routes: &[Route]) -> Vec<Item> {
    let forced = routes.iter().filter(|route| route.spec.force_fallback).map(|route| Item {
        tone: Tone::Warn,
        title: format!("Force Fallback is on for {}", route.spec.name),
        text: "Every request skips the primary.".to_owned(),
        href: format!("/routes/{}", segment(&route.spec.name)),
    });
    let failing = keys.iter().filter_map(|key| {
        Some(Item {
            tone: Tone::Bad,
            title: format!("{} refused the key {}", key.provider.slug(), key.name),
            text: key.last_error.clone()?,
            href: "/provider-keys".to_owned(),
        })
    });
    let open = health.iter().filter(|health| health.state == HealthState::Open).map(|health| Item {
        tone: Tone::Bad,
        title: format!("{} is left alone", health.model),
        text: format!("Its breaker is open for the key {}{}.", health.provider_key, retry(health)),
        href: "/provider-keys".to_owned(),
    });
    forced.chain(failing).chain(open).collect()
}

fn retry(health: &Health) -> String {
    health.retry_in_ms.map_or_else(String::new, |ms| format!("; the next try is in {}", format::duration(ms)))
}

#[component]
pub(super) fn Attention(
    health: Signal<Vec<Health>>,
    keys: Signal<Vec<ProviderKey>>,
    routes: Signal<Vec<Route>>,
) -> impl IntoView {
    let items = Memo::new(move |_| attention(&health.get(), &keys.get(), &routes.get()));
    move || {
        let items = items.get();
        (!items.is_empty()).then(|| {
            view! {
                <section class="panel attention">
                    <h2 class="panel-title">"Needs attention"</h2>
                    <ul>
                        {items
                            .into_iter()
                            .map(|item| view! {
                                <li class=format!("attention-item {}", item.tone.class())>
                                    <Svg of=Icon::Warning/>
                                    <div>
                                        <p><Link href=item.href class="link">{item.title}</Link></p>
                                        <p class="soft">{item.text}</p>
                                    </div>
                                </li>
                            })
                            .collect_view()}
                    </ul>
                </section>
            }
        })
    }
}

/// One mark a key and model.
#[component]
pub(super) fn HealthStrip(health: Signal<Vec<Health>>) -> impl IntoView {
    view! {
        <section class="panel">
            <h2 class="panel-title">"Provider health"</h2>
            {move || {
                let health = health.get();
                if health.is_empty() {
                    return view! { <p class="soft">"No provider was asked since the gateway started."</p> }.into_any();
                }
                let strip = health.into_iter().map(|health| {
                    let (tone, word) = match health.state {
                        HealthState::Closed => (Tone::Good, "ready".to_owned()),
                        HealthState::HalfOpen => (Tone::Warn, "is being tried".to_owned()),
                        HealthState::Open => (Tone::Bad, format!("left alone{}", retry(&health))),
                    };
                    view! {
                        <li class="health">
                            <p class="health-model cut">{health.model.clone()}</p>
                            <p class="faint small cut">{health.provider_key.clone()}</p>
                            <Dot tone label=word/>
                        </li>
                    }
                });
                view! { <ul class="health-strip">{strip.collect_view()}</ul> }.into_any()
            }}
        </section>
    }
}
