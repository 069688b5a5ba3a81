//! The fields of a project key: its name, what it may call and from which apps, how much, and how long.

use leptos::prelude::*;

use super::typed::{Scope, Typed};
use crate::api::FormState;
use crate::browser;
use crate::check;
use crate::shell::use_routes;
use crate::ui::{NumberInput, Select, TextInput};

#[component]
pub(super) fn NameField(typed: Typed) -> impl IntoView {
    view! {
        <TextInput name="name" label="Name" value=typed.name placeholder="ios-app" hint="As it stands in logs and usage: one for each app."
            check=|text: String| check::name(&text)/>
    }
}

#[component]
pub(super) fn ScopeFields(typed: Typed) -> impl IntoView {
    let options: Vec<_> =
        Scope::ALL.iter().map(|(scope, label)| (scope.slug().to_owned(), (*label).to_owned())).collect();
    view! {
        <Select name="routes_only" label="May call" value=typed.scope options=Signal::stored(options)/>
        {move || typed.scope().is_named().then(|| view! { <Names typed/> })}
        <details class="project-key-more" open=untrack(|| typed.platforms.with(|text| !text.is_empty()) || typed.bundle_ids.with(|text| !text.is_empty()))>
            <summary>"Only certain apps"</summary>
            <div class="stack">
                <TextInput name="platforms" label="Platforms" value=typed.platforms optional=true placeholder="ios, android"
                    hint="As the SDKs report them. Empty: any."/>
                <TextInput name="bundle_ids" label="Bundle ids" value=typed.bundle_ids optional=true mono=true placeholder="com.example.shop"
                    hint="An app says its own, so this keeps mistakes out, not attackers."/>
            </div>
        </details>
    }
}

/// Which routes, and besides them which models.
#[component]
fn Names(typed: Typed) -> impl IntoView {
    let routes = use_routes();
    // Those that are ticked stay on show when their route is gone: they are stored, and one may want them off.
    let shown = Memo::new(move |_| {
        let mut names: Vec<String> = routes.data.with(|page| {
            page.iter().flat_map(|page| &page.data).map(|route| route.spec.name.clone()).collect()
        });
        typed.names.with(|ticked| {
            names.extend(ticked.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        });
        names
    });
    let none = Signal::derive(move || {
        typed.named().is_empty().then(|| "Tick one, or let it call everything.".to_owned())
    });
    let fault = expect_context::<FormState>().watch("routes", none, RwSignal::new(false));
    view! {
        <fieldset class="project-key-names" class:field-wrong=move || fault.get().is_some()>
            <legend class="field-label">"Routes"</legend>
            {move || shown.with(Vec::is_empty).then(|| view! { <p class="soft">"This project has no route yet."</p> })}
            <For each=move || shown.get() key=Clone::clone let:name><Tick typed name/></For>
            <p class="field-error" role="alert" hidden=move || fault.get().is_none()>{fault}</p>
        </fieldset>
        {move || (typed.scope() == Scope::Named).then(|| view! {
            <TextInput name="models" label="Models" value=typed.models optional=true mono=true placeholder="gpt-4o-mini, claude-haiku-4-5"
                hint="With commas between them; also as targets that a request itself names."/>
        })}
    }
}

#[component]
fn Tick(typed: Typed, name: String) -> impl IntoView {
    let id = browser::fresh_id("route");
    let name = StoredValue::new(name);
    let is_on = move || typed.names.with(|names| name.with_value(|name| names.contains(name)));
    let turn = move |on: bool| {
        typed.names.update(|names| {
            names.retain(|known| name.with_value(|name| known != name));
            if on {
                names.push(name.get_value());
            }
        });
    };
    view! {
        <div class="check">
            <input type="checkbox" class="check-box" id=id.clone() prop:checked=is_on on:change=move |event| turn(event_target_checked(&event))/>
            <label class="check-label" for=id>{name.get_value()}</label>
        </div>
    }
}

#[component]
pub(super) fn LimitFields(typed: Typed) -> impl IntoView {
    let future = |text: String| {
        if text.trim().is_empty() {
            return None;
        }
        match browser::from_local(&text) {
            None => Some("Choose a day and a time.".to_owned()),
            Some(at) if at <= browser::now_ms() => Some("That moment is over.".to_owned()),
            Some(_) => None,
        }
    };
    // Built once: a key that is over keeps its end unless one chooses another.
    let stored = typed.expires.get_untracked();
    let future = move |text: String| if text == stored { None } else { future(text) };
    view! {
        <div class="project-key-limits">
            <TextInput name="rate" label="Rate" value=typed.rate optional=true placeholder="600/min"
                hint="For all that carry it." check=|text: String| check::rate(&text)/>
            <TextInput name="per_user" label="Rate for each end user" value=typed.per_user optional=true placeholder="60/hour"
                hint="Requests must then name their user." check=|text: String| check::rate(&text)/>
            <NumberInput name="monthly_requests" label="Quota" value=typed.monthly optional=true unit="a month"
                hint="Requests in a calendar month, UTC." check=|text: String| check::count(&text)/>
            <TextInput name="expires_at" kind="datetime-local" label="Ends" value=typed.expires optional=true
                hint="Your local time. Empty: never." check=future/>
        </div>
    }
}
