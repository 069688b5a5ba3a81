//! The frame of what stands before the dashboard: signing in, the first owner, waiting for an answer.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::use_api;
use crate::session::Standing;
use crate::shell::Mark;
use crate::ui::{Button, Skeleton};

/// A card in the middle of the page.
#[component]
pub(super) fn Door(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    children: Children,
) -> impl IntoView {
    document().set_title(&format!("{title} · MAIG"));
    view! {
        <main class="door">
            <div class="door-card">
                <Mark/>
                <h1>{title}</h1>
                <p class="soft">{text}</p>
                {children()}
            </div>
        </main>
    }
}

/// Nobody has answered yet.
#[component]
pub fn Waiting() -> impl IntoView {
    view! { <main class="door"><div class="door-card"><h1 class="unseen">"MAIG"</h1><Skeleton rows=3/></div></main> }
}

/// Signed in, but a member of nothing.
#[component]
pub fn NoProject() -> impl IntoView {
    let api = use_api();
    let sign_out = move || {
        spawn_local(async move {
            // Whatever the gateway says, this browser is done with it.
            let _ = api.sign_out().await;
            api.session.standing.set(Standing::SignedOut);
        });
    };
    view! {
        <Door
            title="No project yet"
            text="You are signed in, but belong to no project. Ask an owner or admin of a project to add you under Settings → Members."
        >
            <Button on_click=sign_out>"Sign out"</Button>
        </Door>
    }
}
