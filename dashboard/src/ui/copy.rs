//! Copies a text and says so.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Icon, Svg};
use crate::browser;

const SAYS_SO_MS: i32 = 1600;

/// A button that copies. `label` says what; the text beside it is who shows it.
#[component]
pub fn Copy(#[prop(into)] text: Signal<String>, #[prop(into)] label: String) -> impl IntoView {
    let said = RwSignal::new("");
    let copy = move |_| {
        spawn_local(async move {
            let done = browser::copy(&text.get_untracked()).await;
            // Without HTTPS a browser keeps its clipboard to itself.
            said.set(if done { "Copied" } else { "Select it and copy by hand" });
            browser::sleep(SAYS_SO_MS).await;
            let _ = said.try_set("");
        });
    };
    view! {
        <span class="copy">
            <button type="button" class="copy-button" aria-label=label.clone() title=label on:click=copy>
                {move || match said.get() {
                    "Copied" => view! { <Svg of=Icon::Check/> },
                    _ => view! { <Svg of=Icon::Copy/> },
                }}
            </button>
            <span class="copy-said" role="status">{said}</span>
        </span>
    }
}
