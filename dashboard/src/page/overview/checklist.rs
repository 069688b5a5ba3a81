//! The way from nothing to a rehearsed fallback, in steps that tick themselves off as the gateway sees them done.

use leptos::prelude::*;
use maig_api::{Action, Overview};

use super::snippets::Snippets;
use crate::browser;
use crate::session::use_project;
use crate::shell::use_routes;
use crate::ui::{Icon, Kind, LinkButton, Panel, Svg};

/// What is done, step by step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Done([bool; 6]);

impl Done {
    fn of(overview: &Overview, logs_seen: bool) -> Self {
        Self([
            overview.provider_keys > 0,
            overview.routes > 0,
            overview.project_keys > 0,
            overview.has_requests,
            overview.has_requests && logs_seen,
            overview.now.fallbacks + overview.before.fallbacks > 0,
        ])
    }

    /// The step to take now.
    fn next(self) -> Option<usize> {
        self.0.iter().position(|done| !done)
    }

    fn count(self) -> usize {
        self.0.iter().filter(|done| **done).count()
    }
}

/// The Logs page calls it: somebody has looked.
pub fn note_logs_seen(project: &str) {
    browser::remember(&format!("logs-seen.{project}"), Some("yes"));
}

/// Once all is done, or when somebody has put it away, it does not come back.
#[component]
pub(super) fn Checklist(overview: Signal<Overview>) -> impl IntoView {
    let project = use_project();
    let (seen, away) = (format!("logs-seen.{}", project.name), format!("checklist-away.{}", project.name));
    let hidden = RwSignal::new(browser::remembered(&away).is_some());
    let done = Memo::new(move |_| {
        overview.with(|overview| Done::of(overview, browser::remembered(&seen).is_some()))
    });
    let put_away = StoredValue::new(move || {
        browser::remember(&away, Some("yes"));
        hidden.set(true);
    });
    move || {
        (!hidden.get()).then(|| view! {
            <Panel>
                <div class="checklist-head">
                    <div>
                        <h2>"From nothing to a working fallback"</h2>
                        <p class="soft">{move || match done.get().next() {
                            Some(_) => format!("{} of 6 steps are done. Each ticks itself off.", done.get().count()),
                            None => "All done: your app survives an outage of its provider.".to_owned(),
                        }}</p>
                    </div>
                    <button type="button" class="button button-quiet" on:click=move |_| put_away.with_value(|away| away())>
                        "Put away"
                    </button>
                </div>
                <progress class="checklist-bar" max="6" value=move || done.get().count() aria-label="Steps done"></progress>
                <Show when=move || done.get().next().is_some()><Steps done/></Show>
            </Panel>
        })
    }
}

#[component]
fn Steps(done: Memo<Done>) -> impl IntoView {
    let routes = use_routes();
    let project = use_project();
    // The newest is most likely the one that is being tried.
    let route = Memo::new(move |_| {
        routes.data.with(|page| {
            let all = page.as_ref()?.data.iter();
            all.max_by_key(|route| route.created_at.clone()).map(|route| route.spec.name.clone())
        })
    });
    let admin = project.may(Action::ChangeKeys);
    view! {
        <ol class="checklist">
            <Step number=0 done title="Add a provider key" text="The credential of an account at OpenAI, Anthropic, Gemini or another provider. It is sealed before it is stored.">
                {admin.then(|| view! { <LinkButton href="/provider-keys" kind=Kind::Primary icon=Icon::Add>"Add a provider key"</LinkButton> })}
            </Step>
            <Step number=1 done title="Create a route" text="A name that your app calls instead of a model: the primary, and the fallback behind it.">
                {project.may(Action::ChangeRoutes).then(|| view! { <LinkButton href="/routes/new" kind=Kind::Primary icon=Icon::Add>"New route"</LinkButton> })}
            </Step>
            <Step number=2 done title="Create a project key" text="What your app carries. It can call this project's routes and nothing else.">
                {admin.then(|| view! { <LinkButton href="/project-keys" kind=Kind::Primary icon=Icon::Add>"New project key"</LinkButton> })}
            </Step>
            <Step number=3 done title="Send a request" text="Any OpenAI client will do: it needs another base URL, the project key, and the route's name in place of the model.">
                <Snippets route/>
            </Step>
            <Step number=4 done title="See it in Logs" text="Each request is one line, with every attempt behind it.">
                <LinkButton href="/logs" kind=Kind::Primary icon=Icon::Logs>"Open Logs"</LinkButton>
            </Step>
            <Step number=5 done title="Rehearse the fallback" text="Switch Force Fallback on for the route, send the request again, and see another model answer. Then switch it off.">
                {move || {
                    let href = route.get().map_or("/routes".to_owned(), |name| format!("/routes/{}", crate::api::segment(&name)));
                    view! { <LinkButton href kind=Kind::Primary icon=Icon::Fallback>"Open the route"</LinkButton> }
                }}
            </Step>
        </ol>
    }
}

/// A step; what there is to do for it shows while it is the next one.
#[component]
fn Step(
    number: usize,
    done: Memo<Done>,
    title: &'static str,
    text: &'static str,
    children: ChildrenFn,
) -> impl IntoView {
    let is_done = Memo::new(move |_| done.get().0.get(number).copied().unwrap_or_default());
    let is_next = Memo::new(move |_| done.get().next() == Some(number));
    let children = StoredValue::new(children);
    view! {
        <li class="checklist-step" class:checklist-done=is_done class:checklist-next=is_next aria-current=move || is_next.get().then_some("step")>
            <span class="checklist-mark" aria-hidden="true">
                {move || match is_done.get() {
                    true => view! { <Svg of=Icon::Check/> }.into_any(),
                    false => (number + 1).into_any(),
                }}
            </span>
            <div class="checklist-body">
                <h3>{title}<span class="unseen">{move || if is_done.get() { " (done)" } else { " (to do)" }}</span></h3>
                {move || is_next.get().then(|| view! {
                    <p class="soft">{text}</p>
                    <div class="checklist-do">{children.with_value(|children| children())}</div>
                })}
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use maig_api::Totals;

    use super::*;

    #[test]
    fn steps_tick_off_as_the_gateway_sees_them_done() {
        let overview = |keys: u32, routes: u32, has_requests: bool, fallbacks: u64| Overview {
            now: Totals { fallbacks, ..Totals::default() },
            before: Totals::default(),
            series: Vec::new(),
            health: Vec::new(),
            provider_keys: keys,
            routes,
            project_keys: routes,
            has_requests,
        };
        for (overview, seen, next) in [
            (overview(0, 0, false, 0), false, Some(0)),
            (overview(2, 0, false, 0), false, Some(1)),
            (overview(2, 1, false, 0), true, Some(3)),
            (overview(2, 1, true, 0), false, Some(4)),
            (overview(2, 1, true, 0), true, Some(5)),
            (overview(2, 1, true, 1), true, None),
        ] {
            assert_eq!(Done::of(&overview, seen).next(), next);
        }
    }
}
