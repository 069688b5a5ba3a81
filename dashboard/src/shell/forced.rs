//! The banner of Force Fallback: on every page, as long as any route of the project skips its primary. It counts down
//! where there is an end, leads to the route, and can end it for who may.

use leptos::prelude::*;
use leptos::task::spawn_local;
use maig_api::{Action, Route};

use super::use_routes;
use crate::api::{segment, use_api};
use crate::clock::{countdown, use_now};
use crate::session::use_project;
use crate::time;
use crate::ui::{Icon, Link, Svg, use_toast};

/// A route whose primary is skipped, and until when.
#[derive(Clone, PartialEq)]
struct Forced {
    name: String,
    until_ms: Option<i64>,
}

fn forced(route: &Route) -> Option<Forced> {
    let spec = &route.spec;
    spec.force_fallback.then(|| Forced {
        name: spec.name.clone(),
        until_ms: spec.force_fallback_until.and_then(|until| time::parse(&until.to_string())),
    })
}

#[component]
pub(super) fn ForcedBanner() -> impl IntoView {
    let routes = use_routes();
    let all = Memo::new(move |_| {
        routes
            .data
            .with(|page| page.iter().flat_map(|page| &page.data).filter_map(forced).collect::<Vec<_>>())
    });
    view! {
        <section aria-label="Routes under Force Fallback" hidden=move || all.with(Vec::is_empty)>
            <For each=move || all.get() key=|one| (one.name.clone(), one.until_ms) let:one>
                <One one/>
            </For>
        </section>
    }
}

#[component]
fn One(one: Forced) -> impl IntoView {
    let (api, project, routes, toast) = (use_api(), use_project(), use_routes(), use_toast());
    let may = project.may(Action::ChangeRoutes);
    let busy = RwSignal::new(false);
    let Forced { name, until_ms } = one;
    let left = until_ms.map(|until| {
        let now = use_now();
        Memo::new(move |_| until - now.get())
    });
    // The gateway ends it by itself; the page looks when it is time, and again until the gateway has done so.
    if let Some(left) = left {
        Effect::new(move || {
            if left.get() <= 0 && !routes.busy.get_untracked() {
                routes.refresh();
            }
        });
    }
    let href = format!("/routes/{}", segment(&name));
    let (own, linked) = (name.clone(), name.clone());
    let off = move |_| {
        if busy.get_untracked() {
            return;
        }
        let (project, name) = (project.name.clone(), own.clone());
        busy.set(true);
        spawn_local(async move {
            let answer = api.force_fallback(&project, &name, false, None).await;
            let _ = busy.try_set(false);
            toast.say(match answer {
                Ok(_) => format!("Force Fallback is off: {name} begins with its primary again"),
                Err(error) => error.message(),
            });
            routes.refresh();
        });
    };
    view! {
        <p class="banner banner-forced">
            <Svg of=Icon::Fallback/>
            <span>
                "Force Fallback is on for "<Link href=href class="link">{linked}</Link>": every request skips the primary."
                {left.map(|left| view! { <span class="num">" Ends in "{move || countdown(left.get())}"."</span> })}
            </span>
            {may.then(|| view! {
                <button type="button" class="banner-do" aria-busy=move || busy.get().to_string() on:click=off>
                    "Switch off"<span class="unseen">" Force Fallback of "{name}</span>
                </button>
            })}
        </p>
    }
}
