//! Ends a key for good, knowing whether an app still carries it.

use leptos::prelude::*;
use maig_api::ProjectKey;

use super::open::now;
use crate::api::{FormState, Remote, use_api};
use crate::session::use_project;
use crate::ui::{Confirm, Time, is_open, use_toast};

#[component]
pub(super) fn Revoke(about: RwSignal<Option<ProjectKey>>, keys: Remote<Vec<ProjectKey>>) -> impl IntoView {
    let open = is_open(about);
    move || about.get().map(|key| view! { <Question key open keys/> })
}

#[component]
fn Question(key: ProjectKey, open: RwSignal<bool>, keys: Remote<Vec<ProjectKey>>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let project = StoredValue::new(use_project().name);
    let (title, name, used) = (format!("Revoke {}?", key.name), key.name.clone(), key.last_used_at.clone());
    let key = StoredValue::new(key);
    let confirm = move |form: FormState| {
        // The question is the same whatever a colleague has changed meanwhile.
        let (project, key) = (project.get_value(), now(key.get_value(), keys));
        form.send(keys.change(async move { api.revoke_project_key(&project, &key).await }), move |ended| {
            toast.say(format!("{} is revoked", ended.name));
            open.set(false);
            keys.refresh();
        });
    };
    match used {
        // Apps are out there with it.
        Some(at) => view! {
            <Confirm open title action="Revoke the key" type_name=name on_confirm=confirm>
                <p>
                    "Apps that carry it are refused within a second, and it cannot be brought back. It was last used "
                    <strong><Time at=at.clone()/></strong> ". To let apps change over in peace, roll it instead."
                </p>
            </Confirm>
        }
        .into_any(),
        None => view! {
            <Confirm open title action="Revoke the key" on_confirm=confirm>
                <p>"No use of it has been noted so far. It cannot be brought back."</p>
            </Confirm>
        }
        .into_any(),
    }
}
