//! The sidebar: which project, where to go, who one is and how it should look.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;

use crate::api::use_api;
use crate::app::{Group, NAV};
use crate::session::{Session, Standing, use_project};
use crate::theme;
use crate::ui::{Button, Icon, Kind, Link, Menu, MenuItem, Svg, use_toast};

#[component]
pub(super) fn Side(open: RwSignal<bool>) -> impl IntoView {
    let location = use_location();
    // Whoever went somewhere wants to see it.
    Effect::new(move || {
        location.pathname.track();
        open.set(false);
    });
    view! {
        <aside
            class="side"
            aria-label="Sidebar"
        >
            <div class="side-head">
                <Link href="/" class="side-mark"><Mark/>"MAIG"</Link>
                <span class="side-close">
                    <Button kind=Kind::Quiet icon=Icon::Close label="Close the menu" on_click=move || open.set(false)/>
                </span>
            </div>
            <Projects/>
            <nav class="side-nav" aria-label="Pages">
                {Group::ALL
                    .iter()
                    .map(|(group, name)| {
                        let items: Vec<_> = NAV.iter().filter(|item| item.group == *group).collect();
                        (!items.is_empty()).then(|| view! {
                            <p class="side-group" id=format!("side-{name}")>{*name}</p>
                            <ul aria-labelledby=format!("side-{name}")>
                                {items
                                    .into_iter()
                                    .map(|item| view! {
                                        <li>
                                            <Link href=item.href marks_here=true class="side-item">
                                                <Svg of=item.icon/>{item.name}
                                            </Link>
                                        </li>
                                    })
                                    .collect_view()}
                            </ul>
                        })
                    })
                    .collect_view()}
            </nav>
            <Person/>
        </aside>
    }
}

/// One way in, and a second way on.
#[component]
pub(crate) fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <rect class="mark-ground" width="32" height="32" rx="8"></rect>
            <path class="mark-lines" d="M7 21h5c4 0 4-10 8-10h5M20 21h5"></path>
        </svg>
    }
}

#[component]
fn Projects() -> impl IntoView {
    let session = expect_context::<Session>();
    let project = use_project();
    let names = session.standing.with_untracked(|standing| match standing {
        Standing::SignedIn(session) => {
            session.projects.iter().map(|membership| membership.project.clone()).collect::<Vec<_>>()
        }
        _ => Vec::new(),
    });
    let (name, here) = (project.name.clone(), project.name);
    view! {
        <div class="side-project">
            <Menu
                label="Choose another project"
                head=move || view! {
                    <span class="side-initial" aria-hidden="true">{initial(&name)}</span>
                    <span class="cut side-name">{name.clone()}</span>
                    <Svg of=Icon::Chevron/>
                }
            >
                {names
                    .into_iter()
                    .map(|name| {
                        let (chosen, own) = (name == here, name.clone());
                        view! {
                            <MenuItem chosen=Signal::derive(move || chosen) on_click=move || session.choose(&own)>{name}</MenuItem>
                        }
                    })
                    .collect_view()}
            </Menu>
        </div>
    }
}

#[component]
fn Person() -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let email = api.session.standing.with_untracked(|standing| match standing {
        Standing::SignedIn(session) => session.user.email.clone(),
        _ => String::new(),
    });
    let role = use_project().role.as_str();
    let chosen = RwSignal::new(theme::chosen());
    let choose = move |to: Option<&'static str>| {
        theme::choose(to);
        chosen.set(to.map(str::to_owned));
    };
    let sign_out = move || {
        spawn_local(async move {
            match api.sign_out().await {
                Ok(()) => api.session.standing.set(Standing::SignedOut),
                Err(error) => toast.say(error.message()),
            }
        });
    };
    let is = move |name: Option<&'static str>| Signal::derive(move || chosen.get().as_deref() == name);
    view! {
        <div class="side-person">
            <Menu
                label="Theme and sign-out"
                head=move || view! {
                    <span class="side-initial side-round" aria-hidden="true">{initial(&email)}</span>
                    <span class="side-who">
                        <span class="cut">{email.clone()}</span>
                        <span class="faint small">{role}</span>
                    </span>
                    <Svg of=Icon::Chevron/>
                }
            >
                <MenuItem icon=Icon::Screen chosen=is(None) on_click=move || choose(None)>"System theme"</MenuItem>
                <MenuItem icon=Icon::Sun chosen=is(Some("light")) on_click=move || choose(Some("light"))>"Light"</MenuItem>
                <MenuItem icon=Icon::Moon chosen=is(Some("dark")) on_click=move || choose(Some("dark"))>"Dark"</MenuItem>
                <MenuItem icon=Icon::SignOut on_click=sign_out>"Sign out"</MenuItem>
            </Menu>
        </div>
    }
}

fn initial(name: &str) -> String {
    name.chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default()
}
