//! What stands around every page: the sidebar, banners, and sign-in over a page whose session ended.

mod banner;
mod forced;
mod session_over;
mod side;
mod suspended;

use leptos::prelude::*;
use maig_api::{Page, Project, Route};

use self::banner::Banners;
use self::session_over::SessionOver;
pub(crate) use self::side::Mark;
use self::side::Side;
use crate::api::{Remote, remote, use_api};
use crate::browser;
use crate::session::use_project;
use crate::ui::{Button, Icon, Kind};

/// How often the shell looks whether a colleague has switched Force Fallback, or suspended the project.
const LOOK_MS: i32 = 15_000;

/// The project's routes, for the banner and for every page that needs their names. After a change: `refresh()`.
#[derive(Clone, Copy)]
pub struct ProjectRoutes(pub Remote<Page<Route>>);

pub fn use_routes() -> Remote<Page<Route>> {
    expect_context::<ProjectRoutes>().0
}

/// The project itself, for its banner and for the page that changes it. After a change: `refresh()`.
#[derive(Clone, Copy)]
struct ProjectState(Remote<Project>);

pub fn use_project_state() -> Remote<Project> {
    expect_context::<ProjectState>().0
}

#[component]
pub fn Shell(children: Children) -> impl IntoView {
    let (api, project) = (use_api(), use_project());
    let name = project.name;
    let routes = remote(move || {
        let name = name.clone();
        async move { api.routes(&name).await }
    });
    let state = remote(move || {
        // By its id, which outlives a new name.
        let id = project.id.clone();
        async move { api.project(&id).await }
    });
    provide_context(ProjectRoutes(routes.poll(LOOK_MS)));
    provide_context(ProjectState(state.poll(LOOK_MS)));
    // Only where there is no room for the sidebar.
    let open = RwSignal::new(false);
    view! {
        <div
            class="shell"
            class:shell-open=move || open.get()
            on:keydown=move |event| {
                if event.key() == "Escape" && open.get_untracked() {
                    open.set(false);
                    browser::focus_first(".shell-bar button");
                }
            }
        >
            // Not a link: `#main` would lead to the base address.
            <button type="button" class="shell-skip" on:click=move |_| browser::focus("main")>"Skip to content"</button>
            <header class="shell-bar">
                <Button kind=Kind::Quiet icon=Icon::Menu label="Open the menu" on_click=move || open.set(true)/>
                <span class="shell-mark"><Mark/>"MAIG"</span>
            </header>
            <div class="shell-scrim" on:click=move |_| open.set(false)></div>
            <Side open/>
            <div class="shell-body">
                <Banners/>
                <main class="shell-main" id="main" tabindex="-1">{children()}</main>
            </div>
        </div>
        <SessionOver/>
    }
}
