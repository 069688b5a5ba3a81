//! Who belongs to the project, and as what. What the gateway refuses (the last owner who would go) is said where it was
//! asked, in its words.

mod change;
mod invite;
mod list;
mod role;

use leptos::prelude::*;
use maig_api::{Action, Member, Role};

use self::change::{ChangeRole, DropFactor, Remove};
use self::invite::{Again, Invite};
use self::list::Line;
pub(super) use self::role::{RolePicker, tone};
use super::List;
use crate::api::{Load, Remote, remote, use_api};
use crate::session::use_project;
use crate::ui::{Button, Head, Icon, Kind, Table};

/// Which member each dialog is about.
#[derive(Clone, Copy)]
struct Open {
    role: RwSignal<Option<Member>>,
    link: RwSignal<Option<Member>>,
    factor: RwSignal<Option<Member>>,
    remove: RwSignal<Option<Member>>,
    members: Remote<Vec<Member>>,
}

#[component]
pub(super) fn Members() -> impl IntoView {
    let (api, project) = (use_api(), use_project());
    let admin = project.may(Action::ChangeMembers);
    let text = format!(
        "Who sees and changes the project {}. Each role may do all that the ones below it may.",
        project.name
    );
    let members = remote(move || {
        let name = project.name.clone();
        async move { api.members(&name).await }
    });
    let invite = RwSignal::new(false);
    let about = || RwSignal::new(None);
    let open = Open { role: about(), link: about(), factor: about(), remove: about(), members };
    let actions = move || {
        admin.then(|| view! { <Button kind=Kind::Primary icon=Icon::Add on_click=move || invite.set(true)>"Invite"</Button> })
    };
    view! {
        <List title="Members" text actions>
            <Load what=members let:all>
                <Table label="Members" busy=members.busy heads=heads(admin)>
                    <For each=move || all.get() key=key let:member><Line member admin open/></For>
                </Table>
            </Load>
        </List>
        <Invite open=invite members/>
        <ChangeRole open/>
        <Again open/>
        <DropFactor open/>
        <Remove open/>
    }
}

fn heads(admin: bool) -> Vec<Head> {
    let mut heads = ["Person", "Role", "Second factor", "Last seen"].map(Head::text).to_vec();
    heads.extend(admin.then(Head::actions));
    heads
}

/// A line is made anew when anything that it shows has changed.
fn key(member: &Member) -> (String, Role, bool, bool, Option<String>) {
    (member.user_id.clone(), member.role, member.joined, member.second_factor, member.last_seen_at.clone())
}
