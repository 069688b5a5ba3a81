//! The filter over the list: each part of it is in the address, and a chip. `/` leads to the search from anywhere.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::filter::{self, FIELDS, STATUSES};
use super::state::LogState;
use crate::browser;
use crate::query::{Query, use_set_query};
use crate::shell::use_routes;
use crate::time_range;
use crate::time_range::PRESETS;
use crate::ui::{Chip, Icon, Select, Svg, use_go_beside};

/// Names of project keys by their ids.
pub(super) type KeyNames = Signal<Vec<(String, String)>>;

/// A part of the address as a signal that a control can hold.
fn part(query: Memo<Query>, name: &'static str, otherwise: &'static str) -> RwSignal<String> {
    let now = move |query: &Query| query.get(name).unwrap_or(otherwise).to_owned();
    let value = RwSignal::new(query.with_untracked(now));
    let set = use_set_query();
    Effect::new(move || {
        let now = query.with(now);
        if value.get_untracked() != now {
            value.set(now);
        }
    });
    Effect::new(move |first: Option<()>| {
        let chosen = value.get();
        if first.is_some() && query.with_untracked(now) != chosen {
            set(name, (chosen != otherwise).then_some(chosen.as_str()));
        }
    });
    value
}

/// Which time: the presets, or what the address says.
#[component]
pub fn RangeSelect(query: Memo<Query>, presets: &'static [(&'static str, &'static str)]) -> impl IntoView {
    let range = part(query, "range", time_range::DEFAULT);
    let set = use_set_query();
    let options = Signal::derive(move || {
        let mut options: Vec<_> =
            presets.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect();
        let now = range.get();
        if query.with(|query| query.has("from")) {
            options.insert(0, (now, "As in the address".to_owned()));
        } else if !options.iter().any(|(value, _)| *value == now) {
            options.push((now.clone(), format!("Last {now}")));
        }
        options
    });
    // Whoever picks a range wants it in place of two moments.
    Effect::new(move |before: Option<String>| {
        let now = range.get();
        if before.is_some_and(|before| before != now) && query.with_untracked(|query| query.has("from")) {
            set("from", None);
            set("to", None);
        }
        now
    });
    view! { <Select name="range" label="Time" value=range options bare=true/> }
}

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
            <Select name="status" label="Status" value=part(query, "status", "") options=statuses bare=true/>
            <Select name="route" label="Route" value=part(query, "route", "") options=route_names bare=true/>
            <button
                type="button"
                class="button button-plain log-toggle"
                aria-pressed=move || only_fallback.get().to_string()
                on:click=toggle
            >
                <Svg of=Icon::Fallback/>"Fallback only"
            </button>
            <Add query keys/>
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

/// The fields that have no control of their own in the bar.
const MORE: [&str; 7] = ["model", "key", "version", "user", "platform", "code", "test"];

/// A filter by any other field.
#[component]
fn Add(query: Memo<Query>, keys: KeyNames) -> impl IntoView {
    let set = use_set_query();
    let id = browser::fresh_id("add-filter");
    let chosen = RwSignal::new(MORE[0].to_owned());
    let value = RwSignal::new(String::new());
    let fields = FIELDS.iter().filter(|field| MORE.contains(&field.param));
    let options: Vec<_> = fields.map(|field| (field.param.to_owned(), field.label.to_owned())).collect();
    // Few enough to choose from.
    let choices = Memo::new(move |_| match chosen.get().as_str() {
        "key" => Some(keys.get()),
        "platform" => Some(["ios", "android", "web"].map(|name| (name.to_owned(), name.to_owned())).to_vec()),
        "test" => Some(vec![("true".into(), "only".into()), ("false".into(), "none".into())]),
        _ => None,
    });
    Effect::new(move || {
        let first = choices.get().and_then(|choices| choices.first().map(|(value, _)| value.clone()));
        let now = query.with(|query| query.get(&chosen.get()).map(str::to_owned));
        value.set(now.or(first).unwrap_or_default());
    });
    let list = id.clone();
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let text = value.get_untracked();
        if text.trim().is_empty() {
            return;
        }
        set(&chosen.get_untracked(), Some(text.trim()));
        if let Some(list) = browser::by_id(&list) {
            // Refused only where it is closed already.
            let _ = list.hide_popover();
        }
    };
    view! {
        <div class="log-add">
            <button type="button" class="button button-plain" popovertarget=id.clone() aria-haspopup="dialog">
                <Svg of=Icon::Filter/>"Add filter"
            </button>
            <div class="log-add-box" id=id.clone() popover="auto" role="dialog" aria-label="Add a filter">
                <form on:submit=add>
                    <Select name="field" label="Filter by" value=chosen options=Signal::stored(options)/>
                    {move || match choices.get() {
                        Some(choices) => view! { <Select name="value" label="Value" value options=Signal::stored(choices)/> }.into_any(),
                        None => view! { <crate::ui::TextInput name="value" label="Value, as a whole" value/> }.into_any(),
                    }}
                    <crate::ui::Button kind=crate::ui::Kind::Primary submit=true>"Add"</crate::ui::Button>
                </form>
            </div>
        </div>
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
