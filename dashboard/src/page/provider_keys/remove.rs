//! Deleting a key, knowing which routes lose a target by it.

use leptos::prelude::*;
use maig_api::ProviderKey;

use super::open::{Asked, asked, now};
use crate::api::{FormState, Remote, use_api};
use crate::session::use_project;
use crate::ui::{Confirm, is_open, use_toast};

#[component]
pub(super) fn Remove(about: RwSignal<Option<ProviderKey>>, keys: Remote<Vec<ProviderKey>>) -> impl IntoView {
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
    let name = asked.name.clone();
    let routes = asked.used_by.join(", ");
    // Known to the one who confirms, so the gateway need not ask again.
    let force = !asked.used_by.is_empty();
    let confirm = move |form: FormState| {
        let Some(key) = about.get_untracked().map(|key| untrack(|| now(key, keys))) else { return };
        let (gone, project) = (key.name.clone(), project.get_value());
        form.send(
            keys.change(async move { api.delete_provider_key(&project, &key, force).await }),
            move |()| {
                toast.say(format!("{gone} is deleted"));
                open.set(false);
                keys.refresh();
            },
        );
    };
    let title = format!("Delete {name}?");
    if !force {
        return view! {
            <Confirm open title action="Delete the key" on_confirm=confirm>
                <p>"Its secret is erased. No route needs it."</p>
            </Confirm>
        }
        .into_any();
    }
    view! {
        <Confirm open title action="Delete the key" type_name=name on_confirm=confirm>
            <p>
                "Its secret is erased, and these routes lose a target: " <strong>{routes.clone()}</strong>
                ". Their requests skip that target from then on; a route without another one stops answering."
            </p>
        </Confirm>
    }
    .into_any()
}
