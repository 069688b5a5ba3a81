//! The project's name. Apps never see it: they carry a key.

use leptos::prelude::*;
use maig_api::{PatchProject, Project};
use maig_core::id::name_fault;

use super::super::Section;
use super::{Stored, save};
use crate::api::{FormState, Remote, use_api};
use crate::ui::{Button, Copy, Form, FormError, TextInput, Time, use_toast};

#[component]
pub(super) fn Name(now: Signal<Project>, project: Remote<Project>, admin: bool) -> impl IntoView {
    let id = now.with_untracked(|now| now.id.clone());
    let made = now.with_untracked(|now| now.created_at.clone());
    view! {
        <Section title="Name" text="What people and files call the project. Apps carry a key and never see it.">
            {match admin {
                true => view! { <Rename now project/> }.into_any(),
                false => view! { <p><strong>{move || now.with(|now| now.name.clone())}</strong></p> }.into_any(),
            }}
            <dl class="settings-facts">
                <dt>"Id"</dt>
                <dd class="settings-secret"><code class="settings-email">{id.clone()}</code><Copy text=Signal::stored(id) label="Copy the id"/></dd>
                <dt>"Made"</dt>
                <dd><Time at=made/></dd>
            </dl>
        </Section>
    }
}

#[component]
fn Rename(now: Signal<Project>, project: Remote<Project>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let form = FormState::new();
    let name = RwSignal::new(now.with_untracked(|now| now.name.clone()));
    let submit = move || {
        let asked =
            PatchProject { name: Some(name.get_untracked().trim().to_owned()), ..PatchProject::default() };
        save(api, form, now, project, asked, move |saved| {
            toast.say(format!("The project is called {}", saved.name));
            // The page is made anew under the new name, as soon as the session knows it.
            api.look_again_as(Some(saved.name));
        });
    };
    view! {
        <Form state=form on_submit=submit>
            <TextInput name="name" label="Name" value=name check=|text: String| name_fault(text.trim())/>
            <FormError/>
            <Stored form words=Signal::derive(move || now.with(|now| now.name.clone()))/>
            <div class="row"><Button submit=true busy=form.busy>"Rename"</Button></div>
        </Form>
    }
}
