//! Code as it is pasted somewhere, with a button that copies all of it.

use leptos::prelude::*;

use super::Copy;

#[component]
pub fn Code(
    #[prop(into)] text: Signal<String>,
    /// What it is, for who listens.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    view! {
        <div class="code">
            // Long lines scroll, so the keyboard must be able to get there.
            <pre class="code-text" tabindex="0" role="region" aria-label=label.clone()><code>{move || text.get()}</code></pre>
            <div class="code-copy"><Copy text label=format!("Copy: {label}")/></div>
        </div>
    }
}
