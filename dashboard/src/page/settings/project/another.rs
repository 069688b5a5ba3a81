//! Another project: keys, routes, people and a log of its own.

use leptos::prelude::*;
use maig_core::id::name_fault;

use super::super::Section;
use crate::api::{FormState, use_api};
use crate::ui::{Button, Form, FormError, Icon, TextInput, use_go, use_toast};

#[component]
pub(super) fn Another() -> impl IntoView {
    let (api, toast, go) = (use_api(), use_toast(), use_go());
    let form = FormState::new();
    let name = RwSignal::new(String::new());
    let submit = move || {
        let asked = name.get_untracked().trim().to_owned();
        let go = go.clone();
        form.send(api.create_project(asked), move |made| {
            toast.say(format!("{} is made, and you own it", made.name));
            go("/");
            api.look_again_as(Some(made.name));
        });
    };
    view! {
        <Section
            title="Another project"
            text="With keys, routes, people and a log of its own. You own it, and change between projects above the sidebar."
        >
            <Form state=form on_submit=submit>
                <TextInput name="name" label="Name of the new project" value=name check=|text: String| name_fault(text.trim())/>
                <FormError/>
                <div class="row"><Button submit=true icon=Icon::Add busy=form.busy>"Create project"</Button></div>
            </Form>
        </Section>
    }
}
