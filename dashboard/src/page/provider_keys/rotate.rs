//! A new secret for an account, without a gap: the gateway checks it before it takes the old one's place.

use leptos::prelude::*;
use maig_api::{ProviderKey, RotateProviderKey};

use super::fields::SecretField;
use super::open::now;
use super::typed::Typed;
use crate::api::{ApiError, FormState, Remote, use_api};
use crate::session::use_project;
use crate::ui::{Button, Dialog, Form, FormError, Kind, is_open, use_toast};

#[component]
pub(super) fn Rotate(about: RwSignal<Option<ProviderKey>>, keys: Remote<Vec<ProviderKey>>) -> impl IntoView {
    let open = is_open(about);
    view! {
        <Dialog open title="Rotate the secret">
            {move || about.get().map(|key| view! { <Another key open keys/> })}
        </Dialog>
    }
}

#[component]
fn Another(key: ProviderKey, open: RwSignal<bool>, keys: Remote<Vec<ProviderKey>>) -> impl IntoView {
    let (api, project, toast) = (use_api(), use_project(), use_toast());
    let typed = Typed::of(&key);
    let form = FormState::new();
    let name = key.name.clone();
    let (key, project) = (StoredValue::new(key), StoredValue::new(project.name));
    let save = move |force: bool| {
        let asked = RotateProviderKey { api_key: typed.secret.get_untracked(), force };
        // A secret replaces a secret, whatever else a colleague has changed meanwhile.
        let (project, key) = (project.get_value(), untrack(|| now(key.get_value(), keys)));
        form.send(
            keys.change(async move { api.rotate_provider_key(&project, &key, &asked).await }),
            move |saved| {
                toast.say(format!("{} has a new secret", saved.name));
                open.set(false);
                keys.refresh();
            },
        );
    };
    let failed = move || form.error.with(|error| error.as_ref().is_some_and(is_check_failed));
    view! {
        <Form state=form on_submit=move || save(false)>
            <p class="soft">
                "The new secret of " <strong>{name}</strong>
                " is checked first. Until it has passed, requests go on with the old one; afterwards each new request uses it, and none is interrupted."
            </p>
            <SecretField typed/>
            <FormError/>
            <div class="form-end">
                {move || failed().then(|| view! {
                    <Button busy=form.busy on_click=move || save(true)>"Take it all the same"</Button>
                })}
                <Button kind=Kind::Primary submit=true busy=form.busy>"Check and rotate"</Button>
            </div>
        </Form>
    }
}

fn is_check_failed(error: &ApiError) -> bool {
    matches!(error, ApiError::Refused { .. }) && error.code() == "check_failed"
}
