//! Asks before something is gone: names the object and its effect, and can have the name typed.

use leptos::prelude::*;

use super::{Button, Dialog, ErrorPanel, Form, Kind, TextInput};
use crate::api::FormState;

/// `<Confirm open title="Delete route chat?" action="Delete route" on_confirm=move |form| form.send(…, |()| open.set(false))>
/// "Apps that call chat get route_not_found at once." </Confirm>`
#[component]
pub fn Confirm(
    open: RwSignal<bool>,
    #[prop(into)] title: String,
    /// The verb with its object, as on the button that asked.
    #[prop(into)]
    action: String,
    /// Must be typed first; for what many depend on.
    #[prop(optional, into)]
    type_name: Option<String>,
    #[prop(into)] on_confirm: Callback<(FormState,)>,
    children: ChildrenFn,
) -> impl IntoView {
    view! {
        <Dialog open title>
            <Asked open action=action.clone() type_name=type_name.clone() on_confirm children=children.clone()/>
        </Dialog>
    }
}

#[component]
fn Asked(
    open: RwSignal<bool>,
    action: String,
    type_name: Option<String>,
    on_confirm: Callback<(FormState,)>,
    children: ChildrenFn,
) -> impl IntoView {
    let form = FormState::new();
    let typed = RwSignal::new(String::new());
    let expected = type_name.clone();
    let ready = Signal::derive(move || expected.as_ref().is_none_or(|name| typed.get().trim() == name));
    view! {
        <Form state=form on_submit=move || if ready.get_untracked() { on_confirm.run((form,)) }>
            <div class="soft">{children()}</div>
            {type_name.map(|name| view! {
                <TextInput name="confirm" label=format!("Type {name} to go on") value=typed/>
            })}
            {move || form.error.get().map(|error| view! { <ErrorPanel error/> })}
            <div class="form-end">
                <Button on_click=move || open.set(false)>"Cancel"</Button>
                <Button kind=Kind::Danger submit=true busy=form.busy disabled=Signal::derive(move || !ready.get())>
                    {action}
                </Button>
            </div>
        </Form>
    }
}
