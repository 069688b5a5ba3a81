//! The banner of a suspended project: on every page, what it means for apps, and where it ends for who may end it.

use leptos::prelude::*;
use maig_api::Action;

use super::use_project_state;
use crate::session::use_project;
use crate::ui::{Icon, Link, Svg};

#[component]
pub(super) fn SuspendedBanner() -> impl IntoView {
    let (state, project) = (use_project_state(), use_project());
    let may = project.may(Action::ChangeProject);
    let suspended = Memo::new(move |_| {
        state.data.with(|project| project.as_ref().is_some_and(|project| project.suspended))
    });
    let name = StoredValue::new(project.name);
    view! {
        // A live region must be there before its words are.
        <div role="status">
            {move || suspended.get().then(|| view! {
                <p class="banner banner-lost">
                    <Svg of=Icon::Warning/>
                    <span>
                        <b>{name.get_value()}" is suspended: "</b>
                        "every request of its apps is answered 402 "<code>"project_suspended"</code>", and no provider is asked. "
                        {match may {
                            true => view! { <Link href="/settings/project" class="link">"Resume it in Settings"</Link> }.into_any(),
                            false => "An admin of the project can resume it.".into_any(),
                        }}
                    </span>
                </p>
            })}
        </div>
    }
}
