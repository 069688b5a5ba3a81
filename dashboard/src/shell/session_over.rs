//! Sign-in over a page whose session ended. The page stays as it is, and goes on with what it was doing.

use leptos::prelude::*;

use crate::api::use_api;
use crate::page::SignInForm;
use crate::session::Standing;
use crate::ui::Dialog;

#[component]
pub(super) fn SessionOver() -> impl IntoView {
    let api = use_api();
    let email = Signal::derive(move || {
        api.session.standing.with(|standing| match standing {
            Standing::SignedIn(session) => session.user.email.clone(),
            _ => String::new(),
        })
    });
    view! {
        <Dialog open=api.session.over title="Your session is over" firm=true>
            <p class="soft">"Sign in to go on where you were. Nothing that you typed is lost."</p>
            <SignInForm email=email.get_untracked()/>
        </Dialog>
    }
}
