//! The project: its name, its limits, whether it is served at all, and its end; and another one beside it.

mod another;
mod end;
mod limits;
mod name;
mod save;
mod suspension;

use leptos::prelude::*;
use maig_api::Action;

use self::another::Another;
use self::end::End;
use self::limits::Limits;
use self::name::Name;
pub(super) use self::save::{Stored, save};
use self::suspension::Suspension;
use crate::api::{Load, remote, use_api};
use crate::session::{Session, use_project};

#[component]
pub(super) fn ProjectPart() -> impl IntoView {
    let (api, here) = (use_api(), use_project());
    let (admin, owner) = (here.may(Action::ChangeProject), here.may(Action::Own));
    let everywhere = expect_context::<Session>().user().is_some_and(|user| user.instance_admin);
    let project = remote(move || {
        // By its id, which outlives a new name.
        let id = here.id.clone();
        async move { api.project(&id).await }
    });
    view! {
        <Load what=project let:now>
            <div class="settings-part">
                <Name now project admin/>
                <Limits now project admin/>
                <Suspension now project admin/>
                {everywhere.then(|| view! { <Another/> })}
                {owner.then(|| view! { <End now project/> })}
            </div>
        </Load>
    }
}
