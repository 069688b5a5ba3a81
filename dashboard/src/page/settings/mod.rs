//! Settings: one address a part, and one table of them. A part is one line in `PARTS` and one file or folder here; what
//! somebody's role cannot do has no control, and the gateway refuses it besides.

mod account;
mod audit;
mod export;
mod members;
mod privacy;
mod project;
mod section;
mod tokens;

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use maig_api::{Action, Role};

use self::account::Account;
use self::audit::Audit;
use self::export::Export;
use self::members::Members;
use self::privacy::Privacy;
use self::project::ProjectPart;
use self::section::{List, Section};
use self::tokens::Tokens;
use crate::browser;
use crate::page::NotFound;
use crate::session::use_project;
use crate::ui::{Empty, Icon, Link, PageHead, use_replace};

struct Part {
    /// Its address: `/settings/SLUG`.
    slug: &'static str,
    name: &'static str,
    /// What whoever looks must be allowed.
    needs: Action,
    page: fn() -> AnyView,
}

/// In the order of the navigation.
const PARTS: &[Part] = &[
    part("account", "Account", Action::Read, || view! { <Account/> }.into_any()),
    part("members", "Members", Action::Read, || view! { <Members/> }.into_any()),
    part("project", "Project", Action::Read, || view! { <ProjectPart/> }.into_any()),
    part("privacy", "Privacy", Action::Read, || view! { <Privacy/> }.into_any()),
    part("audit", "Audit log", Action::ReadAudit, || view! { <Audit/> }.into_any()),
    part("tokens", "Admin tokens", Action::Own, || view! { <Tokens/> }.into_any()),
    part("export", "Export", Action::Read, || view! { <Export/> }.into_any()),
];

const fn part(slug: &'static str, name: &'static str, needs: Action, page: fn() -> AnyView) -> Part {
    Part { slug, name, needs, page }
}

#[component]
pub fn Settings() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("part")).unwrap_or_default());
    let replace = use_replace();
    Effect::new(move || {
        if slug.get().is_empty() {
            replace("/settings/account");
        }
    });
    // In the middle of the bar where it is too narrow for all, also when a phone is turned.
    let show = || browser::scroll_into_view(".settings-nav [aria-current]");
    let turned = window_event_listener(leptos::ev::resize, move |_| show());
    on_cleanup(move || turned.remove());
    Effect::new(move || {
        slug.track();
        request_animation_frame(show);
    });
    let project = use_project();
    let role = project.role;
    view! {
        <PageHead title="Settings" text=format!("Your login, and the project {}", project.name)/>
        <nav class="settings-nav" aria-label="Settings">
            <ul>
                {PARTS
                    .iter()
                    .filter(|part| role.may(part.needs))
                    .map(|part| view! {
                        <li><Link href=format!("/settings/{}", part.slug) marks_here=true class="settings-tab">{part.name}</Link></li>
                    })
                    .collect_view()}
            </ul>
        </nav>
        {move || {
            let slug = slug.get();
            match PARTS.iter().find(|part| part.slug == slug) {
                Some(part) => view! { <Shown part role/> }.into_any(),
                None if slug.is_empty() => ().into_any(),
                None => view! { <NotFound/> }.into_any(),
            }
        }}
    }
}

#[component]
fn Shown(part: &'static Part, role: Role) -> impl IntoView {
    document().set_title(&format!("{} · Settings · MAIG", part.name));
    if !role.may(part.needs) {
        let text = format!(
            "It needs the role {} in this project; yours is {}.",
            part.needs.needs().as_str(),
            role.as_str()
        );
        return view! { <Empty icon=Icon::Lock title="This page is not for your role" text/> }.into_any();
    }
    view! { <div class="settings-part">{(part.page)()}</div> }.into_any()
}
