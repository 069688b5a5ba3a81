//! Yes or no: a checkbox for what is saved with a form, a switch for what happens at once.

use leptos::prelude::*;

use crate::browser::fresh_id;

#[component]
pub fn Checkbox(
    #[prop(into)] label: String,
    value: RwSignal<bool>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] disabled: Signal<bool>,
) -> impl IntoView {
    let id = fresh_id("check");
    let hint_id = format!("{id}-hint");
    view! {
        <div class="check">
            <input
                type="checkbox"
                class="check-box"
                id=id.clone()
                aria-describedby=hint.as_ref().map(|_| hint_id.clone())
                disabled=move || disabled.get()
                prop:checked=move || value.get()
                on:change=move |event| value.set(event_target_checked(&event))
            />
            <div>
                <label class="check-label" for=id>{label}</label>
                {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{hint}</p> })}
            </div>
        </div>
    }
}

/// `on` follows what is true; `on_change` is asked to make it so. It never moves before it is.
#[component]
pub fn Switch(
    #[prop(into)] label: String,
    #[prop(into)] on: Signal<bool>,
    #[prop(into)] on_change: Callback<(bool,)>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// The label is for who listens; words stand beside it already.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let name = label.clone();
    view! {
        <button
            type="button"
            role="switch"
            class="switch"
            aria-checked=move || on.get().to_string()
            aria-label=name
            aria-busy=move || busy.get().to_string()
            disabled=move || disabled.get()
            on:click=move |_| {
                if !busy.get_untracked() {
                    on_change.run((!on.get_untracked(),));
                }
            }
        >
            <span class="switch-track"><span class="switch-knob"></span></span>
            {(!bare).then(|| view! { <span>{label}</span> })}
        </button>
    }
}
