//! Logs: every request of the project, as it comes. `state` holds what is known, `filter`, `roll` and `words` are pure,
//! the rest draws. A request opens beside the list, at an address of its own.

mod add;
mod attempts;
mod bar;
mod detail;
pub mod filter;
mod list;
mod nothing;
mod roll;
mod row;
mod state;
mod words;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Outlet;

pub use self::attempts::Attempts;
use self::bar::Bar;
pub use self::detail::LogDrawer;
use self::list::{List, News};
use self::nothing::Nothing;
use self::state::LogState;
use crate::api::logs::export_url;
use crate::api::{remote, use_api};
use crate::browser;
use crate::page::note_logs_seen;
use crate::query::{Query, use_query};
use crate::time;
use crate::ui::{ErrorPanel, Icon, Menu, MenuItem, PageHead, Skeleton, Svg, use_go, use_toast};

#[component]
pub fn Logs() -> impl IntoView {
    let api = use_api();
    let state = LogState::start(use_query());
    provide_context(state);
    note_logs_seen(&state.project());
    let keys = remote(move || async move { api.key_names(&state.project()).await });
    let names = Signal::derive(move || keys.data.get().unwrap_or_default());
    let empty = Memo::new(move |_| state.roll.with(|roll| roll.rows().is_empty()));
    view! {
        <PageHead title="Logs" text="Every request, newest first, with each attempt behind it.">
            <Live state/>
            <Export state/>
        </PageHead>
        <Bar state keys=names/>
        <News state/>
        {move || match (state.loaded.get(), empty.get(), state.error.get()) {
            (false, _, Some(error)) | (true, true, Some(error)) => {
                view! { <ErrorPanel error retry=move || state.begin()/> }.into_any()
            }
            (false, ..) => view! { <Skeleton rows=12/> }.into_any(),
            (true, true, None) => view! { <Nothing state/> }.into_any(),
            (true, false, _) => view! { <section class="panel panel-flush log-panel"><List state/></section> }.into_any(),
        }}
        <Outlet/>
    }
}

/// The live tail's switch.
#[component]
fn Live(state: LogState) -> impl IntoView {
    let live = Memo::new(move |_| state.is_live());
    let open = Memo::new(move |_| filter::is_open(&state.query.get()));
    view! {
        <button
            type="button"
            class="button button-plain log-live"
            class:log-live-on=live
            aria-pressed=move || (!state.paused.get()).to_string()
            disabled=move || !open.get()
            title=move || if open.get() { "New requests appear by themselves" } else { "The time that is shown has an end" }
            on:click=move |_| {
                state.paused.update(|paused| *paused = !*paused);
                if !state.paused.get_untracked() {
                    state.take_in();
                }
            }
        >
            <span class="log-live-dot" aria-hidden="true"></span>
            {move || if live.get() { "Live" } else { "Paused" }}
        </button>
    }
}

/// The current filter as a file. The browser saves it as it comes, so that its size does not matter.
#[component]
fn Export(state: LogState) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let export = move |format: &'static str| {
        spawn_local(async move {
            let question = state.question();
            // One row first: a session that has ended or a filter at fault is said here, and not in the file.
            let probe = question.clone().with("limit", Some("1"));
            match api.logs(&state.project(), &probe).await {
                Ok(_) => {
                    // A browser that refuses says so itself.
                    let _ =
                        browser::save(&export_url(&state.project(), &question.with("format", Some(format))));
                }
                Err(error) => toast.say(error.message()),
            }
        });
    };
    view! {
        <Menu
            label="Export what the filter shows"
            class="button button-plain"
            head=|| view! { <Svg of=Icon::Download/>"Export" }
        >
            <MenuItem icon=Icon::Download on_click=move || export("csv")>"CSV, for a spreadsheet"</MenuItem>
            <MenuItem icon=Icon::Download on_click=move || export("json")>"JSON, one request a line"</MenuItem>
        </Menu>
    }
}

/// Goes to the requests of a time, as a chart's step is one.
pub fn use_go_to_logs() -> Callback<(i64, i64)> {
    let go = use_go();
    Callback::new(move |(from, to)| {
        let (from, to) = (time::rfc3339(from), time::rfc3339(to));
        let query = Query::default().with("from", Some(&from)).with("to", Some(&to));
        go(&format!("/logs{}", query.to_search()));
    })
}

/// The address of the log with these filters, for links of other pages.
pub fn logs_href(range: &Query, filters: &[(&str, &str)]) -> String {
    let time =
        ["range", "from", "to"].iter().fold(Query::default(), |to, name| to.with(name, range.get(name)));
    let query = filters.iter().fold(time, |to, (name, value)| to.with(name, Some(value)));
    format!("/logs{}", query.to_search())
}
