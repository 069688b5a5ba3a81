//! One member, and what one may do about them.

use leptos::prelude::*;
use maig_api::{Action, Member, Role};

use super::Open;
use super::role::tone;
use crate::session::{Session, use_project};
use crate::ui::{Badge, Cell, Dot, Icon, Menu, MenuItem, Row, Time, Tone};

#[component]
pub(super) fn Line(member: Member, admin: bool, open: Open) -> impl IntoView {
    let own = expect_context::<Session>().user().is_some_and(|user| user.id == member.user_id);
    let shown = member.clone();
    view! {
        <Row>
            <Cell>
                <span class="row">
                    <strong class="settings-email">{member.email}</strong>
                    {own.then(|| view! { <Badge>"you"</Badge> })}
                    {(!member.joined).then(|| view! { <Badge tone=Tone::Warn>"invited"</Badge> })}
                </span>
            </Cell>
            <Cell head="Role"><Badge tone=tone(member.role)>{member.role.as_str()}</Badge></Cell>
            <Cell head="Second factor">
                {match member.second_factor {
                    true => view! { <Dot tone=Tone::Good label="on"/> },
                    false => view! { <Dot label="off"/> },
                }}
            </Cell>
            <Cell head="Last seen">
                {match member.last_seen_at {
                    Some(at) => view! { <Time at/> }.into_any(),
                    None => view! { <span class="faint">"not lately"</span> }.into_any(),
                }}
            </Cell>
            {admin.then(|| view! { <Cell><Actions member=shown own open/></Cell> })}
        </Row>
    }
}

#[component]
fn Actions(member: Member, own: bool, open: Open) -> impl IntoView {
    let project = use_project();
    let owner = project.may(Action::Own);
    // An owner is made and unmade by owners.
    if member.role == Role::Owner && !owner {
        return None;
    }
    let label = format!("More for {}", member.email);
    let (joined, factor) = (member.joined, member.second_factor);
    let member = StoredValue::new(member);
    let into = move |dialog: RwSignal<Option<Member>>| move || dialog.set(Some(member.get_value()));
    Some(view! {
        <span class="settings-do settings-more">
            <Menu icon=Icon::More label>
                <MenuItem icon=Icon::Person on_click=into(open.role)>"Change the role"</MenuItem>
                {(!joined).then(|| view! { <MenuItem icon=Icon::Refresh on_click=into(open.link)>"New invitation link"</MenuItem> })}
                {(factor && owner && !own).then(|| view! {
                    <MenuItem icon=Icon::Lock danger=true on_click=into(open.factor)>"Take the second factor away"</MenuItem>
                })}
                <MenuItem icon=Icon::Trash danger=true on_click=into(open.remove)>{if own { "Leave the project" } else { "Remove" }}</MenuItem>
            </Menu>
        </span>
    })
}
