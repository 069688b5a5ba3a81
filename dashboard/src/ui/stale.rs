//! Says in a form that somebody else was faster, and offers what they stored. It must never overwrite either.

use leptos::prelude::*;

use super::{Button, Icon};
use crate::api::{ApiError, FormState};

/// Shown once the server has refused the form as stale (412); `again` shows what is stored now.
#[component]
pub fn StaleNotice(form: FormState, #[prop(into)] again: Callback<()>) -> impl IntoView {
    move || {
        matches!(form.error.get(), Some(ApiError::Stale { .. })).then(|| view! {
            <div class="stack-tight">
                <p class="soft">"Somebody has changed this since you opened it. Nothing was overwritten."</p>
                <div><Button icon=Icon::Refresh on_click=move || again.run(())>"Drop mine and show what is stored"</Button></div>
            </div>
        })
    }
}
