//! Name and address of a stored key. Its secret is another matter (`rotate`).

use leptos::prelude::*;
use maig_api::ProviderKey;

use super::fields::AddressFields;
use super::open::now;
use super::typed::Typed;
use crate::api::{FormState, Remote, use_api};
use crate::check;
use crate::session::use_project;
use crate::ui::{Button, Drawer, Form, FormError, Kind, StaleNotice, TextInput, is_open, use_toast};

#[component]
pub(super) fn Change(about: RwSignal<Option<ProviderKey>>, keys: Remote<Vec<ProviderKey>>) -> impl IntoView {
    let open = is_open(about);
    view! {
        <Drawer open title="Edit the provider key">
            {move || about.get().map(|key| view! { <Stored key about open keys/> })}
        </Drawer>
    }
}

#[component]
fn Stored(
    key: ProviderKey,
    about: RwSignal<Option<ProviderKey>>,
    open: RwSignal<bool>,
    keys: Remote<Vec<ProviderKey>>,
) -> impl IntoView {
    let (api, project, toast) = (use_api(), use_project(), use_toast());
    let typed = Typed::of(&key);
    let form = FormState::new();
    let used_by = key.used_by.clone();
    let headers = key.header_names.clone();
    let label = key.provider.label();
    let (key, project) = (StoredValue::new(key), StoredValue::new(project.name));
    let save = move || {
        let asked = typed.patch();
        let (project, key) = (project.get_value(), key.get_value());
        form.send(
            keys.change(async move { api.patch_provider_key(&project, &key, &asked).await }),
            move |saved| {
                toast.say(format!("{} is saved", saved.name));
                open.set(false);
                keys.refresh();
            },
        );
    };
    let again = move || about.update(|key| *key = key.take().map(|key| untrack(|| now(key, keys))));
    view! {
        <Form state=form on_submit=save>
            <p class="soft">{label}{(!used_by.is_empty()).then(|| format!(", used by {}", used_by.join(", ")))}</p>
            <TextInput name="name" label="Name" value=typed.name hint="Routes that name this key must be changed with it."
                check=|text: String| check::name(&text)/>
            <AddressFields typed stored_headers=headers/>
            <StaleNotice form again/>
            <FormError/>
            <div class="form-end">
                <Button kind=Kind::Primary submit=true busy=form.busy>"Save"</Button>
            </div>
        </Form>
    }
}
