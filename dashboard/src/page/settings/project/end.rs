//! The project's end. Its name must be typed: every app that carries one of its keys depends on it.

use leptos::prelude::*;
use maig_api::Project;

use super::super::Section;
use crate::api::{ApiError, FormState, Remote, use_api};
use crate::ui::{Button, Confirm, Kind, use_go, use_toast};

#[component]
pub(super) fn End(now: Signal<Project>, project: Remote<Project>) -> impl IntoView {
    let (api, toast, go) = (use_api(), use_toast(), use_go());
    let open = RwSignal::new(false);
    let name = now.with_untracked(|now| now.name.clone());
    let confirm = move |form: FormState| {
        let (seen, go) = (now.get_untracked(), go.clone());
        let gone = seen.name.clone();
        let call = async move {
            let answer = api.delete_project(&seen).await;
            if matches!(answer, Err(ApiError::Stale { .. })) {
                project.refresh();
            }
            answer
        };
        form.send(call, move |()| {
            open.set(false);
            toast.say(format!("{gone} is deleted"));
            go("/");
            api.look_again();
        });
    };
    view! {
        <Section title="Delete the project" text="For good, with everything in it. To turn its apps away for a while, suspend it instead.">
            <div class="row"><Button kind=Kind::Danger on_click=move || open.set(true)>"Delete project"</Button></div>
        </Section>
        <Confirm open title=format!("Delete {name}?") action="Delete project" type_name=name.clone() on_confirm=confirm>
            <p>"Its routes, keys, secrets, members and request log are deleted, and every app with one of its keys is answered 401 at once. Nothing brings them back."</p>
        </Confirm>
    }
}
