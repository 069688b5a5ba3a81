//! The first page. Until a request has been served by a fallback it is the checklist of the first five minutes; figures
//! stand below it from the first request on.

mod checklist;
mod snippets;

use leptos::prelude::*;

use self::checklist::Checklist;
pub use self::checklist::note_logs_seen;
use crate::api::{Load, remote, use_api};
use crate::session::use_project;
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
        <PageHead title="Overview" text=format!("Project {}", project.name)/>
        <Load what=overview let:overview>
            <div class="stack">
                <Checklist overview/>
            </div>
        </Load>
    }
}
