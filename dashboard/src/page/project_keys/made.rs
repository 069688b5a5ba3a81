//! A key right after it was made: the one time that it is shown, to be copied or scanned. It closes by its own button
//! alone, since what is lost here is lost.

use leptos::prelude::*;
use maig_api::CreatedProjectKey;

use crate::page::Snippets;
use crate::shell::use_routes;
use crate::ui::{Button, Code, Dialog, Kind, Qr, is_open};

#[component]
pub(super) fn MadeDialog(about: RwSignal<Option<CreatedProjectKey>>) -> impl IntoView {
    let open = is_open(about);
    view! {
        <Dialog open title="Store this key now" firm=true>
            {move || about.get().map(|made| view! { <Made made open/> })}
        </Dialog>
    }
}

#[component]
fn Made(made: CreatedProjectKey, open: RwSignal<bool>) -> impl IntoView {
    let CreatedProjectKey { key, about } = made;
    let until = about.previous_until.clone();
    let routes = use_routes();
    // One that it may call; else the newest, which is most likely the one that is being tried.
    let allowed = about.routes.first().cloned();
    let route = Signal::derive(move || {
        let newest = routes.data.with(|page| {
            let all = page.as_ref()?.data.iter();
            all.max_by_key(|route| route.created_at.clone()).map(|route| route.spec.name.clone())
        });
        allowed.clone().or(newest)
    });
    view! {
        <div class="stack project-key-made">
            <p class="soft">
                "The key of " <strong>{about.name}</strong> " is shown this once. Only a digest of it is kept: nobody can look it up later."
            </p>
            <Code text=key.clone() label="The project key"/>
            <div class="project-key-scan">
                <Qr text=key.clone() label="The project key as a QR code"/>
                <div class="stack-tight soft small">
                    <p>"Scan it with the phone that you test on; the camera takes the key as text."</p>
                    <p>{match about.test {
                        true => "A test key: the simulator answers it, and no provider is paid.",
                        false => "A live key: its requests reach the providers and cost money.",
                    }}</p>
                    {until.map(|_| view! { <p>"The key before it works on until its time is over."</p> })}
                </div>
            </div>
            <details class="project-key-more">
                <summary>"Try it at once"</summary>
                <Snippets route key/>
            </details>
            <div class="form-end">
                <Button kind=Kind::Primary on_click=move || open.set(false)>"I have stored it"</Button>
            </div>
        </div>
    }
}
