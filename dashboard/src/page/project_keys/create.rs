//! A new project key.

use leptos::prelude::*;
use maig_api::{CreatedProjectKey, ProjectKey};

use super::fields::{LimitFields, NameField, ScopeFields};
use super::typed::Typed;
use crate::api::{FormState, Remote, use_api};
use crate::session::use_project;
use crate::ui::{Button, Drawer, Form, FormError, Kind, Select};

#[component]
pub(super) fn Create(
    open: RwSignal<bool>,
    made: RwSignal<Option<CreatedProjectKey>>,
    keys: Remote<Vec<ProjectKey>>,
) -> impl IntoView {
    view! {
        <Drawer open title="New project key"><New open made keys/></Drawer>
    }
}

#[component]
fn New(
    open: RwSignal<bool>,
    made: RwSignal<Option<CreatedProjectKey>>,
    keys: Remote<Vec<ProjectKey>>,
) -> impl IntoView {
    let (api, project) = (use_api(), StoredValue::new(use_project().name));
    let typed = Typed::new();
    let form = FormState::new();
    let save = move || {
        let asked = typed.create();
        form.send(
            async move { api.create_project_key(&project.get_value(), &asked).await },
            move |created| {
                open.set(false);
                made.set(Some(created));
                keys.refresh();
            },
        );
    };
    let kinds = [
        ("live", "Live: requests reach the providers"),
        ("test", "Test: the simulator answers, nothing is paid"),
    ];
    let kinds = kinds.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    view! {
        <Form state=form on_submit=save>
            <NameField typed/>
            <Select name="test" label="Kind" value=typed.kind options=Signal::stored(kinds)/>
            <ScopeFields typed/>
            <LimitFields typed/>
            <FormError/>
            <div class="form-end">
                <Button kind=Kind::Primary submit=true busy=form.busy>"Create the key"</Button>
            </div>
        </Form>
    }
}
