//! Another role, no second factor, no membership: each says its effect first.

use leptos::prelude::*;
use maig_api::Member;

use super::Open;
use super::role::RolePicker;
use crate::api::{FormState, use_api};
use crate::session::use_project;
use crate::ui::{Button, Confirm, Dialog, Form, FormError, Kind, is_open, use_toast};

#[component]
pub(super) fn ChangeRole(open: Open) -> impl IntoView {
    let shown = is_open(open.role);
    view! {
        <Dialog open=shown title="Change the role">
            {move || open.role.get().map(|member| view! { <AnotherRole member shown open/> })}
        </Dialog>
    }
}

#[component]
fn AnotherRole(member: Member, shown: RwSignal<bool>, open: Open) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let project = StoredValue::new(use_project().name);
    let form = FormState::new();
    let role = RwSignal::new(member.role);
    let email = member.email.clone();
    let member = StoredValue::new(member);
    let submit = move || {
        let to = role.get_untracked();
        let set = async move { api.set_role(&project.get_value(), &member.get_value().user_id, to).await };
        form.send(set, move |()| {
            toast.say(format!("{} is {} now", member.get_value().email, to.as_str()));
            shown.set(false);
            open.members.refresh();
            // It may have been one's own.
            api.look_again();
        });
    };
    view! {
        <Form state=form on_submit=submit>
            <p class="soft">"What "<strong>{email}</strong>" may do from now on, at once and wherever they are signed in."</p>
            <RolePicker value=role/>
            <FormError/>
            <div class="form-end">
                <Button on_click=move || shown.set(false)>"Cancel"</Button>
                <Button kind=Kind::Primary submit=true busy=form.busy>"Change the role"</Button>
            </div>
        </Form>
    }
}

#[component]
pub(super) fn DropFactor(open: Open) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let project = StoredValue::new(use_project().name);
    let shown = is_open(open.factor);
    move || {
        let member = open.factor.get()?;
        let (title, email) =
            (format!("Take the second factor of {} away?", member.email), member.email.clone());
        let member = StoredValue::new(member);
        let confirm = move |form: FormState| {
            let drop = async move {
                api.remove_members_second_factor(&project.get_value(), &member.get_value().user_id).await
            };
            form.send(drop, move |()| {
                toast.say(format!("{} signs in without a second factor", member.get_value().email));
                shown.set(false);
                open.members.refresh();
            });
        };
        Some(view! {
            <Confirm open=shown title action="Take it away" on_confirm=confirm>
                <p>"For somebody whose phone is lost. The password alone signs "{email.clone()}" in then, until they set it up again."</p>
            </Confirm>
        })
    }
}

#[component]
pub(super) fn Remove(open: Open) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let project = StoredValue::new(use_project().name);
    let shown = is_open(open.remove);
    move || {
        let member = open.remove.get()?;
        let (title, email) = (format!("Remove {}?", member.email), member.email.clone());
        let member = StoredValue::new(member);
        let confirm = move |form: FormState| {
            let remove =
                async move { api.remove_member(&project.get_value(), &member.get_value().user_id).await };
            form.send(remove, move |()| {
                toast.say(format!("{} is no member any more", member.get_value().email));
                shown.set(false);
                open.members.refresh();
                api.look_again();
            });
        };
        let name = project.get_value();
        Some(view! {
            <Confirm open=shown title action="Remove" on_confirm=confirm>
                <p>{email.clone()}" no longer sees or changes "<strong>{name.clone()}</strong>". Their login and their other projects stay, and what they made stays too."</p>
            </Confirm>
        })
    }
}
