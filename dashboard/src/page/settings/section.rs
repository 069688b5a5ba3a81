//! How a part of the settings is laid out: a question beside its words, or a list under them.

use leptos::prelude::*;

/// What it is about on the left, what one can do on the right; under each other where it is narrow.
#[component]
pub(super) fn Section(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="panel settings-section">
            <div class="settings-words"><h2>{title}</h2><p class="soft">{text}</p></div>
            <div class="settings-body">{children()}</div>
        </section>
    }
}

/// A list, with its words and what one can do above it.
#[component]
pub(super) fn List(
    #[prop(into)] title: String,
    #[prop(into)] text: String,
    /// Stands beside the title.
    #[prop(optional, into)]
    actions: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="panel panel-flush">
            <div class="settings-list">
                <div class="settings-words"><h2>{title}</h2><p class="soft">{text}</p></div>
                <div class="settings-actions">{move || actions.run()}</div>
            </div>
            {children()}
        </section>
    }
}
