//! A new secret for a key. Apps in the field go on with the old one for as long as they need to be updated.

use leptos::prelude::*;
use maig_api::{CreatedProjectKey, ProjectKey};

use super::open::now;
use crate::api::{FormState, Remote, use_api};
use crate::session::use_project;
use crate::ui::{Button, Dialog, Form, FormError, Kind, Select, Time, is_open};

/// Seconds, and how one says them. A week is what the gateway takes without being told.
const GRACES: [(&str, &str); 5] = [
    ("0", "not at all"),
    ("86400", "for a day"),
    ("604800", "for a week"),
    ("2592000", "for 30 days"),
    ("7776000", "for 90 days"),
];

#[component]
pub(super) fn Roll(
    about: RwSignal<Option<ProjectKey>>,
    made: RwSignal<Option<CreatedProjectKey>>,
    keys: Remote<Vec<ProjectKey>>,
) -> impl IntoView {
    let open = is_open(about);
    view! {
        <Dialog open title="Roll the key">
            {move || about.get().map(|key| view! { <Another key open made keys/> })}
        </Dialog>
    }
}

#[component]
fn Another(
    key: ProjectKey,
    open: RwSignal<bool>,
    made: RwSignal<Option<CreatedProjectKey>>,
    keys: Remote<Vec<ProjectKey>>,
) -> impl IntoView {
    let api = use_api();
    let project = StoredValue::new(use_project().name);
    let form = FormState::new();
    let grace = RwSignal::new("604800".to_owned());
    let (name, before) = (key.name.clone(), key.previous_until.clone());
    let key = StoredValue::new(key);
    let roll = move || {
        let (project, key) = (project.get_value(), now(key.get_value(), keys));
        let grace_s = grace.get_untracked().parse().unwrap_or(0);
        form.send(
            keys.change(async move { api.roll_project_key(&project, &key, grace_s).await }),
            move |created| {
                open.set(false);
                made.set(Some(created));
                keys.refresh();
            },
        );
    };
    let options = GRACES.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    view! {
        <Form state=form on_submit=roll>
            <p class="soft">
                <strong>{name}</strong> " gets a new secret; its name, scopes, limits and counts stay. Ship the new one in your next version."
            </p>
            <Select name="grace_s" label="The old secret works on" value=grace options=Signal::stored(options)
                hint="Long enough for apps in the field to be updated. Not at all, if it has leaked."/>
            {before.map(|at| view! {
                <p class="soft">"The secret before that still works (ends "<Time at/>"); this roll ends it at once."</p>
            })}
            <FormError/>
            <div class="form-end">
                <Button kind=Kind::Primary submit=true busy=form.busy>"Roll the key"</Button>
            </div>
        </Form>
    }
}
