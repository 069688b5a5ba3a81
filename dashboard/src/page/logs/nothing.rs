//! An empty list, with the reason: nothing has ever come (send this), nothing matches (clear the filter), or nothing came
//! in this time (look at a longer one).

use leptos::prelude::*;

use super::bar::clear;
use super::filter;
use super::state::LogState;
use crate::api::{remote, use_api};
use crate::page::Snippets;
use crate::query::{Query, use_set_query};
use crate::shell::use_routes;
use crate::ui::{Button, Empty, Icon, Kind};

#[component]
pub(super) fn Nothing(state: LogState) -> impl IntoView {
    let api = use_api();
    // Whether there is anything at all: one row of any time.
    let ever = remote(move || async move {
        let page = api.logs(&state.project(), &Query::default().with("limit", Some("1"))).await?;
        Ok(!page.data.is_empty())
    });
    move || match (ever.data.get(), filter::set(&state.query.get()).is_empty()) {
        (None, _) => ().into_any(),
        (Some(false), _) => view! { <Never/> }.into_any(),
        (Some(true), false) => view! { <NoMatch state/> }.into_any(),
        (Some(true), true) => view! { <NotThen state/> }.into_any(),
    }
}

/// The project has not served a request.
#[component]
fn Never() -> impl IntoView {
    let routes = use_routes();
    let route =
        Memo::new(move |_| routes.data.with(|page| Some(page.as_ref()?.data.first()?.spec.name.clone())));
    view! {
        <Empty
            icon=Icon::Logs
            title="No request has come yet"
            text="Send this one, and it appears here within two seconds, with every attempt that was made for it."
        >
            <div class="log-snippet"><Snippets route/></div>
        </Empty>
    }
}

#[component]
fn NoMatch(state: LogState) -> impl IntoView {
    let clear = clear(state.query);
    let set = use_set_query();
    view! {
        <Empty
            icon=Icon::Filter
            title="No request matches"
            text="There are requests, but none in this time that fits every filter. Words are compared as a whole."
        >
            <Button kind=Kind::Primary on_click=clear>"Clear filters"</Button>
            {move || state.longer().map(|range| {
                let set = set.clone();
                view! { <Button on_click=move || set("range", Some(range))>"Look at the last 30 days"</Button> }
            })}
        </Empty>
    }
}

#[component]
fn NotThen(state: LogState) -> impl IntoView {
    let set = use_set_query();
    view! {
        <Empty icon=Icon::Clock title="No request in this time" text="Earlier requests are there: look at a longer time.">
            {move || state.longer().map(|range| {
                let set = set.clone();
                view! {
                    <Button kind=Kind::Primary on_click=move || set("range", Some(range))>"Look at the last 30 days"</Button>
                }
            })}
        </Empty>
    }
}
