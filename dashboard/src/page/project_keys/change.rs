//! What a key may do, changed while apps carry it. The key itself stays.

use leptos::prelude::*;
use maig_api::ProjectKey;

use super::fields::{LimitFields, NameField, ScopeFields};
use super::open::now;
use super::typed::Typed;
use crate::api::{FormState, Remote, use_api};
use crate::session::use_project;
use crate::ui::{Button, Drawer, Form, FormError, Kind, StaleNotice, is_open, use_toast};

#[component]
pub(super) fn Change(about: RwSignal<Option<ProjectKey>>, keys: Remote<Vec<ProjectKey>>) -> impl IntoView {
    let open = is_open(about);
    view! {
        <Drawer open title="Edit the project key">
            {move || about.get().map(|key| view! { <Stored key about open keys/> })}
        </Drawer>
    }
}

#[component]
fn Stored(
    key: ProjectKey,
    about: RwSignal<Option<ProjectKey>>,
    open: RwSignal<bool>,
    keys: Remote<Vec<ProjectKey>>,
) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let project = StoredValue::new(use_project().name);
    let typed = Typed::of(&key);
    let form = FormState::new();
    let key = StoredValue::new(key);
    let save = move || {
        let asked = typed.patch();
        let (project, key) = (project.get_value(), key.get_value());
        form.send(
            keys.change(async move { api.patch_project_key(&project, &key, &asked).await }),
            move |saved| {
                toast.say(format!("{} is saved", saved.name));
                open.set(false);
                keys.refresh();
            },
        );
    };
    let again = move || about.update(|key| *key = key.take().map(|key| now(key, keys)));
    view! {
        <Form state=form on_submit=save>
            <NameField typed/>
            <ScopeFields typed/>
            <LimitFields typed/>
            <StaleNotice form again/>
            <FormError/>
            <div class="form-end">
                <Button kind=Kind::Primary submit=true busy=form.busy>"Save"</Button>
            </div>
        </Form>
    }
}
