//! The filter over the list: each part of it is in the address, and a chip. `/` leads to the search from anywhere.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::add::Add;
use super::filter::{self, STATUSES};
use super::state::LogState;
use crate::browser;
use crate::page::RangeSelect;
use crate::query::{Query, use_part, use_set_query};
use crate::shell::use_routes;
use crate::time_range::PRESETS;
use crate::ui::{Chip, Icon, Select, Svg, use_go_beside};

/// Names of project keys by their ids.
pub(super) type KeyNames = Signal<Vec<(String, String)>>;

#[component]
pub(super) fn Bar(state: LogState, keys: KeyNames) -> impl IntoView {
    let query = state.query;
    let routes = use_routes();
    let set = use_set_query();
    let owned = |(value, label): (&str, &str)| (value.to_owned(), label.to_owned());
    let statuses = Signal::derive(move || {
        let now = query.with(|query| query.get("status").map(str::to_owned));
        let mut options: Vec<_> = [("", "Any status")].iter().chain(STATUSES).copied().map(owned).collect();
        keep(&mut options, now);
        options
    });
    let route_names = Signal::derive(move || {
        let mut options = vec![owned(("", "Any route"))];
        routes.data.with(|page| {
            let names = page.iter().flat_map(|page| &page.data).map(|route| route.spec.name.as_str());
            options.extend(names.map(|name| owned((name, name))));
        });
        keep(&mut options, query.with(|query| query.get("route").map(str::to_owned)));
        options
    });
    let only_fallback = Memo::new(move |_| query.with(|query| query.get("fallback") == Some("true")));
    let toggle = {
        let set = set.clone();
        move |_| set("fallback", (!only_fallback.get_untracked()).then_some("true"))
    };
    let on_slash = window_event_listener(leptos::ev::keydown, |event| {
        if event.key() == "/" && !is_typing() {
            event.prevent_default();
            browser::focus("log-search");
        }
    });
    on_cleanup(move || on_slash.remove());
    let searched = set.clone();
    view! {
        <div class="log-bar" role="search" aria-label="Filter requests">
            <div class="log-search">
                <Svg of=Icon::Search/>
                <input
                    class="input"
                    type="search"
                    id="log-search"
                    aria-label="Search: a request's id, or the whole of a route, model, error code, user or version"
                    placeholder="Request id, route, model, error, user…"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || query.with(|query| query.get("q").unwrap_or_default().to_owned())
                    on:change=move |event| searched("q", Some(event_target_value(&event).trim()))
                />
                <kbd class="log-slash" aria-hidden="true">"/"</kbd>
            </div>
            <RangeSelect query presets=PRESETS/>
            <Select name="status" label="Status" value=use_part(query, "status", "") options=statuses bare=true/>
            <Select name="route" label="Route" value=use_part(query, "route", "") options=route_names bare=true/>
            <button
                type="button"
                class="button button-plain log-toggle"
                aria-pressed=move || only_fallback.get().to_string()
                on:click=toggle
            >
                <Svg of=Icon::Fallback/>"Fallback only"
            </button>
            <Add state keys/>
        </div>
        <Chips query keys/>
    }
}

/// A value of the address that is in no list is kept as an option.
fn keep(options: &mut Vec<(String, String)>, now: Option<String>) {
    if let Some(now) = now.filter(|now| !options.iter().any(|(value, _)| value == now)) {
        options.push((now.clone(), now));
    }
}

#[component]
fn Chips(query: Memo<Query>, keys: KeyNames) -> impl IntoView {
    let set = use_set_query();
    let chips = Memo::new(move |_| filter::set(&query.get()));
    move || {
        let chips = chips.get();
        let clear = clear(query);
        (!chips.is_empty()).then(|| {
            view! {
                <div class="log-chips" role="group" aria-label="Filters that are on">
                    {chips
                        .into_iter()
                        .map(|(field, value)| {
                            let set = set.clone();
                            let shown = match field.param {
                                "key" => key_name(&keys.get(), &value),
                                _ => filter::shown(field, &value),
                            };
                            view! { <Chip name=field.label value=shown on_remove=move || set(field.param, None)/> }
                        })
                        .collect_view()}
                    <button type="button" class="button button-quiet log-clear" on:click=move |_| clear()>"Clear filters"</button>
                </div>
            }
        })
    }
}

/// A key's name, or its id where it is gone.
pub(super) fn key_name(keys: &[(String, String)], id: &str) -> String {
    keys.iter().find(|(own, _)| own == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
}

/// Takes all filters off at once, which is one step back in the history.
pub(super) fn clear(query: Memo<Query>) -> impl Fn() + Clone + 'static {
    let go = use_go_beside();
    move || go(&format!("/logs{}", filter::cleared(&query.get_untracked()).to_search()))
}

/// Whether keys belong to a control.
fn is_typing() -> bool {
    let Some(active) = document().active_element() else { return false };
    let editable =
        active.dyn_ref::<web_sys::HtmlElement>().is_some_and(web_sys::HtmlElement::is_content_editable);
    editable || ["INPUT", "TEXTAREA", "SELECT"].contains(&active.tag_name().as_str())
}
