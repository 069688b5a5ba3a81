//! The whole dashboard: the one table of pages, and what stands before them (sign-in, the first owner). A page is one
//! line in `NAV` if the sidebar leads to it, and one `<Route>` below.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, path};

use crate::api::{Api, ApiError};
use crate::browser;
use crate::page::{AlreadyIn, NotFound, Outside, Overview, Setup, Waiting};
use crate::part;
use crate::session::{Project, Session, Standing};
use crate::shell::Shell;
use crate::ui::{Icon, Toaster, Toasts};

/// What the sidebar leads to.
pub struct NavItem {
    pub href: &'static str,
    pub name: &'static str,
    pub icon: Icon,
    pub group: Group,
}

/// The two groups of the sidebar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What happens.
    Watch,
    /// What should happen.
    Build,
}

impl Group {
    pub const ALL: [(Self, &'static str); 2] = [(Self::Watch, "Watch"), (Self::Build, "Build")];
}

/// In the order of the sidebar. An item stands here from the day on which its page exists.
pub const NAV: &[NavItem] = &[
    NavItem { href: "/", name: "Overview", icon: Icon::Overview, group: Group::Watch },
    NavItem { href: "/logs", name: "Logs", icon: Icon::Logs, group: Group::Watch },
    NavItem { href: "/usage", name: "Usage", icon: Icon::Usage, group: Group::Watch },
    NavItem { href: "/provider-keys", name: "Provider Keys", icon: Icon::ProviderKeys, group: Group::Build },
    NavItem { href: "/routes", name: "Routes", icon: Icon::Routes, group: Group::Build },
    NavItem { href: "/project-keys", name: "Project Keys", icon: Icon::ProjectKeys, group: Group::Build },
    NavItem { href: "/playground", name: "Playground", icon: Icon::Playground, group: Group::Build },
    NavItem { href: "/settings", name: "Settings", icon: Icon::Settings, group: Group::Build },
];

/// Every page of somebody who is signed in.
#[component]
fn Pages() -> impl IntoView {
    part::fetch_all();
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view=Overview/>
            // The list stays while requests are opened and closed beside it.
            <ParentRoute path=path!("/logs") view={Lazy::<part::Logs>::new()}>
                <Route path=path!("") view=|| ()/>
                <Route path=path!(":id") view={Lazy::<part::LogDrawer>::new()}/>
            </ParentRoute>
            <Route path=path!("/usage") view={Lazy::<part::Usage>::new()}/>
            <Route path=path!("/provider-keys") view={Lazy::<part::ProviderKeys>::new()}/>
            <Route path=path!("/routes") view={Lazy::<part::RouteList>::new()}/>
            <Route path=path!("/routes/new") view={Lazy::<part::NewRoute>::new()}/>
            <Route path=path!("/routes/:name") view={Lazy::<part::EditRoute>::new()}/>
            <Route path=path!("/project-keys") view={Lazy::<part::ProjectKeys>::new()}/>
            <Route path=path!("/playground") view={Lazy::<part::Playground>::new()}/>
            <Route path=path!("/settings/:part?") view={Lazy::<part::Settings>::new()}/>
            <Route path=path!("/setup") view=AlreadyIn/>
        </Routes>
    }
}

#[component]
pub fn App() -> impl IntoView {
    let session = Session::new();
    let api = Api::new(session);
    provide_context(session);
    provide_context(api);
    provide_context(Toaster::new());
    spawn_local(find_out(api));
    // Which of them it is, without building the page anew when only a detail of the session changes.
    let stage = Memo::new(move |_| {
        session.standing.with(|standing| match standing {
            Standing::Unknown => Stage::Unknown,
            Standing::NoOwner => Stage::NoOwner,
            Standing::SignedOut => Stage::SignedOut,
            Standing::SignedIn(_) => Stage::SignedIn,
        })
    });
    view! {
        <Router base=browser::base_path()>
            {move || match stage.get() {
                Stage::Unknown => view! { <Waiting/> }.into_any(),
                Stage::NoOwner => view! { <Setup/> }.into_any(),
                Stage::SignedOut => view! { <Outside/> }.into_any(),
                Stage::SignedIn => view! { <Inside/> }.into_any(),
            }}
            <Toasts/>
        </Router>
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unknown,
    NoOwner,
    SignedOut,
    SignedIn,
}

/// The shell around the chosen project's pages; another project gets pages of its own.
#[component]
fn Inside() -> impl IntoView {
    let session = expect_context::<Session>();
    let project = Memo::new(move |_| {
        let chosen = session.project.get()?;
        session.standing.with(|standing| match standing {
            Standing::SignedIn(session) => {
                session.projects.iter().find(|membership| membership.project == chosen).map(Project::of)
            }
            _ => None,
        })
    });
    move || match project.get() {
        Some(project) => {
            provide_context(project);
            view! { <Shell><Pages/></Shell> }.into_any()
        }
        None => view! { <crate::page::NoProject/> }.into_any(),
    }
}

/// Asks the gateway who we are, until it answers.
async fn find_out(api: Api) {
    let standing = api.session.standing;
    loop {
        match api.who().await {
            Ok(session) => return api.session.begin(session),
            Err(ApiError::Refused { status: 401, .. }) => break,
            Err(_) => browser::sleep(1000).await,
        }
    }
    loop {
        match api.setup_needed().await {
            Ok(true) => return standing.set(Standing::NoOwner),
            Ok(false) => return standing.set(Standing::SignedOut),
            Err(_) => browser::sleep(1000).await,
        }
    }
}
