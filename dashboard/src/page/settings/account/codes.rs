//! Recovery codes, on the one occasion that they are shown.

use leptos::prelude::*;
use maig_api::RecoveryCodes;

use crate::browser;
use crate::ui::{Button, Copy, Icon, Kind};

#[component]
pub(super) fn Codes(codes: RecoveryCodes, open: RwSignal<bool>) -> impl IntoView {
    let text = StoredValue::new(codes.codes.join("\n"));
    let save = move || {
        let _ = browser::download("maig-recovery-codes.txt", "text/plain", &text.get_value());
    };
    view! {
        <p class="soft">
            "Each of these signs you in once where your phone is lost. They are shown now and never again: keep them where you keep passwords."
        </p>
        <ul class="settings-codes" aria-label="Recovery codes">
            {codes.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
        </ul>
        <div class="form-end">
            <Copy text=Signal::stored(text.get_value()) label="Copy the codes"/>
            <Button icon=Icon::Download on_click=save>"Download"</Button>
            <Button kind=Kind::Primary on_click=move || open.set(false)>"I have kept them"</Button>
        </div>
    }
}
