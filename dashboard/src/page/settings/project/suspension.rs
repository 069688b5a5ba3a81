//! Suspending: every app of the project is turned away until it is resumed. Asked first, because it takes effect at once.

use leptos::prelude::*;
use maig_api::{PatchProject, Project};

use super::super::Section;
use super::save;
use crate::api::{FormState, Remote, use_api};
use crate::shell::use_project_state;
use crate::ui::{Button, Confirm, Dot, ErrorPanel, Tone, use_toast};

#[component]
pub(super) fn Suspension(now: Signal<Project>, project: Remote<Project>, admin: bool) -> impl IntoView {
    let (api, toast, everywhere) = (use_api(), use_toast(), use_project_state());
    let open = RwSignal::new(false);
    let form = FormState::new();
    let suspended = Memo::new(move |_| now.with(|now| now.suspended));
    let set = move |form: FormState, on: bool| {
        let asked = PatchProject { suspended: Some(on), ..PatchProject::default() };
        save(api, form, now, project, asked, move |saved| {
            open.set(false);
            toast.say(if saved.suspended {
                "The project is suspended"
            } else {
                "The project is served again"
            });
            everywhere.data.set(Some(saved));
        });
    };
    let title = now.with_untracked(|now| format!("Suspend {}?", now.name));
    view! {
        <Section
            title="Suspension"
            text="While it is suspended, every request of its apps is answered 402 project_suspended, at once. Keys, routes and the log stay."
        >
            {move || match suspended.get() {
                true => view! { <Dot tone=Tone::Bad label="Suspended: no app is served"/> },
                false => view! { <Dot tone=Tone::Good label="Served"/> },
            }}
            {move || form.error.get().map(|error| view! { <ErrorPanel error/> })}
            {admin.then(|| view! {
                <div class="row">
                    {move || match suspended.get() {
                        true => view! { <Button busy=form.busy on_click=move || set(form, false)>"Resume"</Button> },
                        false => view! { <Button on_click=move || open.set(true)>"Suspend"</Button> },
                    }}
                </div>
            })}
            <Confirm open title=title.clone() action="Suspend" on_confirm=move |form| set(form, true)>
                <p>"Apps get 402 "<code>"project_suspended"</code>" from now on and should not repeat the request. You can resume it here at any time."</p>
            </Confirm>
        </Section>
    }
}
