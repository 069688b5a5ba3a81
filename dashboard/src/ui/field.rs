//! A label, a control, a hint, and what is wrong with it, tied together for who listens. Inputs use it; a page needs it
//! only around a control of its own.

use leptos::prelude::*;

use super::said;

/// `control` gets the ids that it must carry: its own, and those of what describes it.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(optional_no_strip)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] optional: bool,
    /// The id of the control.
    #[prop(into)]
    id: String,
    children: Children,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    view! {
        <div class="field" class:field-wrong=move || error.get().is_some()>
            <label class="field-label" for=id>
                {label}
                {optional.then(|| view! { <span class="field-optional">"optional"</span> })}
            </label>
            {children()}
            <p class="field-error" id=error_id role="alert" hidden=move || error.get().is_none()>
                {move || error.get().map(|error| said(&error))}
            </p>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

/// The value of `aria-describedby` for a control in a field.
pub(crate) fn described_by(id: &str) -> String {
    format!("{id}-error {id}-hint")
}
