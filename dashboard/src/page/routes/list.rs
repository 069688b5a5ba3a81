//! `/routes`: every route with who answers, how it fares, and whether its primary is skipped now. Without a route it
//! offers some to start from.

use leptos::prelude::*;
use maig_api::{Action, Route};

use super::template::TEMPLATES;
use super::words;
use crate::api::{Load, segment};
use crate::query::{Query, use_query};
use crate::session::use_project;
use crate::shell::use_routes;
use crate::ui::{
    Badge, Cell, Empty, Head, Icon, Kind, Link, LinkButton, PageHead, Panel, Row, Table, Tone, use_replace,
};

#[component]
pub fn RouteList() -> impl IntoView {
    let routes = use_routes();
    let may = use_project().may(Action::ChangeRoutes);
    let some =
        Memo::new(move |_| routes.data.with(|page| page.as_ref().is_some_and(|page| !page.data.is_empty())));
    view! {
        <PageHead title="Routes" text="A route is a name that apps call in place of a model. Change who answers here, at any time, without a release.">
            {move || (may && some.get()).then(|| view! { <LinkButton href="/routes/new" kind=Kind::Primary icon=Icon::Add>"New route"</LinkButton> })}
        </PageHead>
        <Load what=routes let:page>
            {move || if page.with(|page| page.data.is_empty()) {
                view! { <Start may/> }.into_any()
            } else {
                view! { <List routes=Signal::derive(move || page.get().data)/> }.into_any()
            }}
        </Load>
    }
}

/// Fewer than these are found by looking.
const SEARCH_FROM: usize = 9;

#[component]
fn List(routes: Signal<Vec<Route>>) -> impl IntoView {
    let query = use_query();
    let sought = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default().to_owned()));
    let shown = Memo::new(move |_| {
        let sought = sought.get().to_lowercase();
        let mut all = routes.get();
        all.retain(|route| is_sought(route, &sought));
        all
    });
    let linked = sought.with_untracked(|sought| !sought.is_empty());
    // Never depends on what is typed: the field would be made anew under one's hands.
    let searchable = Memo::new(move |_| linked || routes.with(|all| all.len() >= SEARCH_FROM));
    let replace = use_replace();
    view! {
        {move || searchable.get().then(|| {
            let replace = replace.clone();
            view! {
                <input
                    class="input route-search" type="search" autocomplete="off" spellcheck="false"
                    aria-label="Find a route by its name or a model" placeholder="Name or model…"
                    prop:value=sought.get_untracked()
                    on:input=move |event| {
                        let query = Query::default().with("q", Some(event_target_value(&event).trim()));
                        replace(&format!("/routes{}", query.to_search()));
                    }
                />
            }
        })}
        {move || shown.with(Vec::is_empty).then(|| view! {
            <div class="route-none" role="status">
                <Empty icon=Icon::Search title="No route has that" text="Neither in its name nor in its models."/>
            </div>
         })}
        <Panel flush=true>
            <Table label="Routes" heads=super::figures::heads(vec![Head::text("Route"), Head::text("Primary"), Head::text("Fallbacks")])>
                <For each=move || shown.get() key=|route| (route.spec.name.clone(), route.version, super::figures::key(route)) let:route>
                    <One route/>
                </For>
            </Table>
        </Panel>
    }
}

/// Whether a lower-case text is in its name or in one of its models.
fn is_sought(route: &Route, sought: &str) -> bool {
    let mut names =
        std::iter::once(&route.spec.name).chain(route.spec.targets.iter().map(|target| &target.model));
    names.any(|name| name.to_lowercase().contains(sought))
}

#[component]
fn One(route: Route) -> impl IntoView {
    let name = route.spec.name.clone();
    let mut targets = route.spec.targets.iter().map(|target| target.model.clone());
    let primary = targets.next().unwrap_or_default();
    let fallbacks: Vec<String> = targets.collect();
    let forced = route.spec.force_fallback;
    let figures = super::figures::cells(&route);
    view! {
        <Row>
            <Cell href=format!("/routes/{}", segment(&name))><span class="route-name" title=name.clone()>{name.clone()}</span></Cell>
            <Cell head="Primary">
                <span class="route-models">
                    <span class="mono" class:route-passed-over=forced>{primary}</span>
                    {forced.then(|| view! { <Badge tone=Tone::Warn>"skipped"</Badge> })}
                </span>
            </Cell>
            <Cell head="Fallbacks">
                <span class="route-models">
                    {if fallbacks.is_empty() {
                        view! { <span class="faint">"none"</span> }.into_any()
                    } else {
                        let last = fallbacks.len() - 1;
                        let names = fallbacks.into_iter().enumerate();
                        names
                            .map(|(index, name)| view! { <span class="mono">{name}{(index < last).then_some(" →")}</span> })
                            .collect_view()
                            .into_any()
                    }}
                </span>
            </Cell>
            {figures}
        </Row>
    }
}

/// What one can begin with.
#[component]
fn Start(may: bool) -> impl IntoView {
    view! {
        <Panel>
            <Empty icon=Icon::Routes title="No route yet" text="Your app calls a route by its name; the route decides which model answers, and who takes over when it fails."/>
            {may.then(|| view! {
                <ul class="route-templates">
                    {TEMPLATES
                        .iter()
                        .map(|template| view! {
                            <li>
                                <Link href=format!("/routes/new?template={}", template.slug) class="route-template">
                                    <b>{template.name}</b>
                                    <span class="soft">{template.text}</span>
                                </Link>
                            </li>
                        })
                        .collect_view()}
                    <li>
                        <Link href="/routes/new" class="route-template">
                            <b>"Blank"</b>
                            <span class="soft">"A route of your own, from the first target on."</span>
                        </Link>
                    </li>
                </ul>
            })}
            {(!may).then(|| view! { <p class="soft">{words::NOBODY_MAY}</p> })}
        </Panel>
    }
}
