//! The first page. Until a request has been served by a fallback it is the checklist of the first five minutes; figures
//! stand below it from the first request on.

mod charts;
mod checklist;
mod figures;
mod health;
mod snippets;

use leptos::prelude::*;

use self::charts::Charts;
use self::checklist::Checklist;
pub use self::checklist::note_logs_seen;
use self::figures::Figures;
use self::health::{Attention, HealthStrip};
pub use self::snippets::Snippets;
use crate::api::{Load, remote, use_api};
use crate::browser;
use crate::page::RangeSelect;
use crate::page::usage::{RANGES, question};
use crate::query::use_query;
use crate::session::use_project;
use crate::shell::use_routes;
use crate::ui::PageHead;

/// Soon enough that a step seems to tick itself off.
const LOOK_MS: i32 = 3000;

#[component]
pub fn Overview() -> impl IntoView {
    let (api, project) = (use_api(), use_project());
    let name = project.name.clone();
    let overview = remote(move || {
        let name = name.clone();
        async move { api.overview(&name).await }
    })
    .poll(LOOK_MS);
    view! {
        <PageHead title="Overview" text=format!("Project {}", project.name)>
            <Show when=move || overview.data.with(|overview| overview.as_ref().is_some_and(|overview| overview.has_requests))>
                <RangeSelect query=use_query() presets=RANGES/>
            </Show>
        </PageHead>
        <Load what=overview let:overview>
            <div class="stack">
                <Checklist overview/>
                <Show when=move || overview.with(|overview| overview.has_requests)><Figured overview/></Show>
            </div>
        </Load>
    }
}

/// How often the figures are asked for anew.
const FIGURES_MS: i32 = 15_000;

/// What there is to see from the first request on.
#[component]
fn Figured(overview: Signal<maig_api::Overview>) -> impl IntoView {
    let (api, project) = (use_api(), use_project());
    let (query, routes) = (use_query(), use_routes());
    let name = project.name.clone();
    let report = remote(move || {
        let (name, question) = (name.clone(), question(&query.get(), None, browser::now_ms()));
        async move { api.usage(&name, &question).await }
    })
    .poll(FIGURES_MS);
    let keys = remote(move || {
        let name = project.name.clone();
        async move { api.failing_keys(&name).await }
    })
    .poll(FIGURES_MS);
    let health = Signal::derive(move || overview.with(|overview| overview.health.clone()));
    let failing = Signal::derive(move || keys.data.get().unwrap_or_default());
    let routes = Signal::derive(move || {
        routes.data.with(|page| page.as_ref().map(|page| page.data.clone()).unwrap_or_default())
    });
    view! {
        <Attention health keys=failing routes/>
        <Load what=report rows=6 let:report>
            <Figures report query/>
            <Charts report/>
        </Load>
        <HealthStrip health/>
    }
}
