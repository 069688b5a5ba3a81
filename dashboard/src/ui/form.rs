//! A form: sends on Enter and on its submit button, gives its state to the fields inside, and shows what the server says
//! about no field in particular.

use leptos::prelude::*;

use super::ErrorPanel;
use crate::api::FormState;

/// `<Form state=form on_submit=move || form.send(api.create(…), |made| …)> fields, FormError, Button submit=true </Form>`
#[component]
pub fn Form(state: FormState, #[prop(into)] on_submit: Callback<()>, children: Children) -> impl IntoView {
    provide_context(state);
    view! {
        <form
            class="form"
            // Our own words stand at the fields; the browser's bubbles would hide them.
            novalidate=true
            on:submit=move |event| {
                event.prevent_default();
                on_submit.run(());
                focus_first_fault();
            }
        >
            {children()}
        </form>
    }
}

/// What the server said that belongs to no field here.
#[component]
pub fn FormError() -> impl IntoView {
    let state = expect_context::<FormState>();
    move || state.general().map(|error| view! { <ErrorPanel error/> })
}

/// Who uses the keyboard goes on at what is wrong.
fn focus_first_fault() {
    request_animation_frame(|| {
        let found = document().query_selector("form [aria-invalid='true']").ok().flatten();
        if let Some(element) = found.and_then(|element| element.get_attribute("id")) {
            crate::browser::focus(&element);
        }
    });
}
