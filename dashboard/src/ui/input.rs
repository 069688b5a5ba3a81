//! Inputs for text, numbers, secrets and long text. Each is a whole field, keeps what was typed whatever the server says,
//! and shows its fault once it was left or the form was sent. `name` is the field's path in what the API takes.

use leptos::prelude::*;

use super::Field;
use super::field::described_by;
use crate::api::FormState;
use crate::browser::fresh_id;
use crate::pointer;

/// The state of one input: its id, and what to show at it.
struct Watched {
    id: String,
    touched: RwSignal<bool>,
    error: Signal<Option<String>>,
}

fn watched(
    name: &'static str,
    value: RwSignal<String>,
    check: Option<Callback<(String,), Option<String>>>,
) -> Watched {
    let touched = RwSignal::new(false);
    let own = Signal::derive(move || check.and_then(|check| check.run((value.get(),))));
    let error = match use_context::<FormState>() {
        Some(form) => {
            Effect::new(move |first: Option<()>| {
                value.track();
                if first.is_some() {
                    form.change(name);
                }
            });
            form.watch(name, own, touched)
        }
        None => Signal::derive(move || own.get().filter(|_| touched.get())),
    };
    Watched { id: fresh_id(name), touched, error }
}

/// The field was left. Its fault takes room, so it waits for a click that may have left it: what was clicked must not move.
pub(super) fn touch(touched: RwSignal<bool>) {
    pointer::after_click(move || {
        let _ = touched.try_set(true);
    });
}

/// One line of text.
#[component]
pub fn TextInput(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] optional: bool,
    #[prop(optional)] mono: bool,
    #[prop(optional)] autofocus: bool,
    #[prop(default = "off")] autocomplete: &'static str,
    /// `text`, `email`, `url`, `search`, `datetime-local`.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] check: Option<Callback<(String,), Option<String>>>,
) -> impl IntoView {
    let Watched { id, touched, error } = watched(name, value, check);
    view! {
        <Field label hint=hint error optional id=id.clone()>
            <input
                class="input"
                class:input-mono=mono
                type=kind
                id=id.clone()
                name=name
                placeholder=placeholder
                autocomplete=autocomplete
                autofocus=autofocus
                spellcheck="false"
                disabled=move || disabled.get()
                aria-describedby=described_by(&id)
                aria-invalid=move || error.get().is_some().to_string()
                bind:value=value
                on:blur=move |_| touch(touched)
            />
        </Field>
    }
}

/// A whole number as text, so that what was typed stays; `unit` stands behind it.
#[component]
pub fn NumberInput(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: Option<String>,
    /// A default may depend on other fields.
    #[prop(optional, into)]
    placeholder: Signal<String>,
    #[prop(optional)] optional: bool,
    #[prop(optional)] unit: &'static str,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] check: Option<Callback<(String,), Option<String>>>,
) -> impl IntoView {
    let Watched { id, touched, error } = watched(name, value, check);
    view! {
        <Field label hint=hint error optional id=id.clone()>
            <div class="input-with">
                <input
                    class="input input-number"
                    type="text"
                    inputmode="numeric"
                    id=id.clone()
                    name=name
                    placeholder=move || placeholder.get()
                    autocomplete="off"
                    disabled=move || disabled.get()
                    aria-describedby=described_by(&id)
                    aria-invalid=move || error.get().is_some().to_string()
                    bind:value=value
                    on:blur=move |_| touch(touched)
                />
                <span class="input-end input-unit">{unit}</span>
            </div>
        </Field>
    }
}

/// A secret, which its owner may look at.
#[component]
pub fn PasswordInput(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] autofocus: bool,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional, into)] check: Option<Callback<(String,), Option<String>>>,
) -> impl IntoView {
    let Watched { id, touched, error } = watched(name, value, check);
    let shown = RwSignal::new(false);
    view! {
        <Field label hint=hint error id=id.clone()>
            <div class="input-with">
                <input
                    class="input"
                    type=move || if shown.get() { "text" } else { "password" }
                    id=id.clone()
                    name=name
                    placeholder=placeholder
                    autocomplete=autocomplete
                    autofocus=autofocus
                    spellcheck="false"
                    aria-describedby=described_by(&id)
                    aria-invalid=move || error.get().is_some().to_string()
                    bind:value=value
                    on:blur=move |_| touch(touched)
                />
                <button
                    type="button"
                    class="input-end input-reveal"
                    aria-controls=id
                    on:click=move |_| shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { "Hide" } else { "Show" }}
                </button>
            </div>
        </Field>
    }
}

/// Several lines.
#[component]
pub fn TextArea(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] placeholder: String,
    #[prop(optional)] optional: bool,
    #[prop(optional)] mono: bool,
    #[prop(default = 4)] rows: u32,
    #[prop(optional, into)] check: Option<Callback<(String,), Option<String>>>,
) -> impl IntoView {
    let Watched { id, touched, error } = watched(name, value, check);
    view! {
        <Field label hint=hint error optional id=id.clone()>
            <textarea
                class="input input-area"
                class:input-mono=mono
                id=id.clone()
                name=name
                rows=rows
                placeholder=placeholder
                aria-describedby=described_by(&id)
                aria-invalid=move || error.get().is_some().to_string()
                bind:value=value
                on:blur=move |_| touch(touched)
            ></textarea>
        </Field>
    }
}
