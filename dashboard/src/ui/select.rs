//! One of a few. The browser's own control: it is the best one on a phone, and with a screen reader.

use leptos::prelude::*;

use super::Field;
use super::field::described_by;
use crate::api::FormState;
use crate::browser::fresh_id;

/// `options` are values and their labels.
#[component]
pub fn Select(
    name: &'static str,
    #[prop(into)] label: String,
    value: RwSignal<String>,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional)] optional: bool,
    /// Without a visible label, for bars of filters.
    #[prop(optional)]
    bare: bool,
) -> impl IntoView {
    let id = fresh_id(name);
    let none = Signal::derive(|| None);
    let error = match use_context::<FormState>() {
        Some(form) => form.watch(name, none, RwSignal::new(false)),
        None => none,
    };
    let control = view! {
        <select
            class="input select"
            id=id.clone()
            name=name
            aria-label=bare.then(|| label.clone())
            aria-describedby=(!bare).then(|| described_by(&id))
            aria-invalid=move || error.get().is_some().to_string()
            on:change=move |event| value.set(event_target_value(&event))
        >
            {move || {
                let chosen = value.get();
                options
                    .get()
                    .into_iter()
                    .map(|(key, label)| view! { <option value=key.clone() prop:selected=key == chosen>{label}</option> })
                    .collect_view()
            }}
        </select>
    };
    match bare {
        true => control.into_any(),
        false => view! { <Field label hint=hint error optional id=id.clone()>{control}</Field> }.into_any(),
    }
}
