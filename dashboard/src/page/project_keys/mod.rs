//! Project keys: what apps carry. Whoever may change them makes, limits, rolls and revokes here; everybody sees what each
//! key may do and how much of it is used. A key itself is on the screen once, right after it was made.

mod change;
mod create;
mod fields;
mod list;
mod made;
mod open;
mod revoke;
mod roll;
mod state;
mod typed;

use leptos::prelude::*;
use maig_api::{Action, ProjectKey};

use self::change::Change;
use self::create::Create;
use self::list::List;
use self::made::MadeDialog;
use self::open::Open;
use self::revoke::Revoke;
use self::roll::Roll;
use crate::api::{Load, Remote, remote, use_api};
use crate::session::use_project;
use crate::ui::{Button, Empty, Icon, Kind, PageHead, Panel};

/// Soon enough to see a quota fill up.
const LOOK_MS: i32 = 15_000;

#[component]
pub fn ProjectKeys() -> impl IntoView {
    let (api, project) = (use_api(), use_project());
    let name = project.name.clone();
    let keys = remote(move || {
        let name = name.clone();
        async move { api.project_keys(&name).await }
    })
    .poll(LOOK_MS);
    let open = Open::nothing();
    let admin = project.may(Action::ChangeKeys);
    view! {
        <PageHead title="Project Keys" text="What your apps carry: they can call this project's routes, and nothing else.">
            {admin.then(|| view! {
                <Button kind=Kind::Primary icon=Icon::Add on_click=move || open.create.set(true)>"New project key"</Button>
            })}
        </PageHead>
        <Load what=keys let:listed>
            <Known listed keys admin open/>
        </Load>
        <Create open=open.create made=open.made keys/>
        <Change about=open.change keys/>
        <Roll about=open.roll made=open.made keys/>
        <Revoke about=open.revoke keys/>
        <MadeDialog about=open.made/>
    }
}

#[component]
fn Known(
    listed: Signal<Vec<ProjectKey>>,
    keys: Remote<Vec<ProjectKey>>,
    admin: bool,
    open: Open,
) -> impl IntoView {
    let none = Memo::new(move |_| listed.with(Vec::is_empty));
    move || {
        match (none.get(), admin) {
        (false, _) => view! { <List listed keys admin open/> }.into_any(),
        (true, true) => view! {
            <Panel><Empty icon=Icon::ProjectKeys title="No project key yet"
                text="Provider keys stay on this server; an app carries a project key instead. Give each app one of its own: it can be limited, rolled and revoked without the others noticing.">
                <Button icon=Icon::Add on_click=move || open.create.set(true)>"Make the first one"</Button>
            </Empty></Panel>
        }
        .into_any(),
        (true, false) => view! {
            <Panel><Empty icon=Icon::ProjectKeys title="No project key yet"
                text="An admin of this project makes the keys that its apps carry."/></Panel>
        }
        .into_any(),
    }
    }
}
