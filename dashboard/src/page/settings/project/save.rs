//! Saving a part of the project over the version that was seen. Whoever comes second is told and shown what is stored
//! now; saving once more is then a choice made with open eyes.

use leptos::prelude::*;
use maig_api::{PatchProject, Project};

use crate::api::{Api, ApiError, FormState, Remote};

/// `then` gets the project as it is now.
pub(in super::super) fn save(
    api: Api,
    form: FormState,
    now: Signal<Project>,
    project: Remote<Project>,
    asked: PatchProject,
    then: impl Fn(Project) + 'static,
) {
    let seen = now.get_untracked();
    let call = async move {
        let answer = api.patch_project(&seen, &asked).await;
        if matches!(answer, Err(ApiError::Stale { .. })) {
            project.refresh();
        }
        answer
    };
    form.send(call, move |saved| {
        project.data.set(Some(saved.clone()));
        then(saved);
    });
}

/// After a refusal because somebody else was first: what is stored now, in words.
#[component]
pub(in super::super) fn Stored(form: FormState, #[prop(into)] words: Signal<String>) -> impl IntoView {
    let stale = Memo::new(move |_| form.error.with(|error| matches!(error, Some(ApiError::Stale { .. }))));
    move || {
        stale.get().then(|| view! {
            <p class="settings-stored" role="status">"Stored now: "<strong>{words}</strong>". Saving again replaces it."</p>
        })
    }
}
