//! Switching a key off and on. Off is asked first where routes lose a target by it; on never is.

use leptos::prelude::*;
use maig_api::{PatchProviderKey, ProviderKey};

use super::open::{Asked, asked, now};
use crate::api::{Api, ApiError, FormState, Remote, use_api};
use crate::session::use_project;
use crate::ui::{Confirm, Toaster, is_open, use_toast};

/// Makes the switch so.
pub(super) async fn switch(
    api: Api,
    project: &str,
    key: &ProviderKey,
    enabled: bool,
) -> Result<ProviderKey, ApiError> {
    let asked = PatchProviderKey { enabled: Some(enabled), ..PatchProviderKey::default() };
    api.patch_provider_key(project, key, &asked).await
}

pub(super) fn say(toast: Toaster, key: &ProviderKey) {
    toast.say(format!("{} is {}", key.name, if key.enabled { "used again" } else { "no longer used" }));
}

#[component]
pub(super) fn Disable(about: RwSignal<Option<ProviderKey>>, keys: Remote<Vec<ProviderKey>>) -> impl IntoView {
    let open = is_open(about);
    let asked = asked(about, keys);
    move || asked.get().map(|asked| view! { <Question asked about open keys/> })
}

#[component]
fn Question(
    asked: Asked,
    about: RwSignal<Option<ProviderKey>>,
    open: RwSignal<bool>,
    keys: Remote<Vec<ProviderKey>>,
) -> impl IntoView {
    let (api, project, toast) = (use_api(), use_project(), use_toast());
    let project = StoredValue::new(project.name);
    let title = format!("Disable {}?", asked.name);
    let routes = asked.used_by.join(", ");
    let confirm = move |form: FormState| {
        let Some(key) = about.get_untracked().map(|key| untrack(|| now(key, keys))) else { return };
        let project = project.get_value();
        form.send(keys.change(async move { switch(api, &project, &key, false).await }), move |saved| {
            say(toast, &saved);
            open.set(false);
            keys.refresh();
        });
    };
    view! {
        <Confirm open title action="Disable the key" on_confirm=confirm>
            <p>
                "Until it is enabled again these routes lose a target: " <strong>{routes.clone()}</strong>
                ". Their requests skip it; what is under way ends in peace."
            </p>
        </Confirm>
    }
}
