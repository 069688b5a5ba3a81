//! Adding a person. Whoever has a login is a member at once; for anybody else there is a link that sets a first password,
//! once. No mail is sent: whoever invites hands the link on.

use leptos::prelude::*;
use maig_api::{AddMember, Invite as Link, Member, Role};
use maig_core::login::email_fault;

use super::Open;
use super::role::RolePicker;
use crate::api::{FormState, Remote, use_api};
use crate::session::use_project;
use crate::ui::{
    Button, Code, Dialog, ErrorPanel, Form, FormError, Kind, Skeleton, TextInput, Time, is_open, use_toast,
};

#[component]
pub(super) fn Invite(open: RwSignal<bool>, members: Remote<Vec<Member>>) -> impl IntoView {
    view! { <Dialog open title="Invite somebody"><Ask open members/></Dialog> }
}

#[component]
fn Ask(open: RwSignal<bool>, members: Remote<Vec<Member>>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let project = StoredValue::new(use_project().name);
    let form = FormState::new();
    let (email, role) = (RwSignal::new(String::new()), RwSignal::new(Role::Editor));
    let made = RwSignal::new(None::<(String, Link)>);
    let submit = move || {
        let asked = AddMember {
            email: email.get_untracked().trim().to_owned(),
            role: role.get_untracked(),
            password: None,
        };
        form.send(async move { api.add_member(&project.get_value(), asked).await }, move |added| {
            members.refresh();
            match added.invite {
                Some(link) => made.set(Some((added.member.email, link))),
                None => {
                    toast.say(format!("{} is a member now", added.member.email));
                    open.set(false);
                }
            }
        });
    };
    move || match made.get() {
        Some((email, link)) => view! { <HandOn email link open/> }.into_any(),
        None => view! {
            <Form state=form on_submit=submit>
                <TextInput name="email" kind="email" label="E-mail" value=email autofocus=true
                    hint="Somebody without a login here gets a link from you."
                    check=|text: String| email_fault(&text).map(str::to_owned)/>
                <RolePicker value=role/>
                <FormError/>
                <div class="form-end">
                    <Button on_click=move || open.set(false)>"Cancel"</Button>
                    <Button kind=Kind::Primary submit=true busy=form.busy>"Invite"</Button>
                </div>
            </Form>
        }
        .into_any(),
    }
}

/// The link, on the one occasion that it is shown.
#[component]
fn HandOn(email: String, link: Link, open: RwSignal<bool>) -> impl IntoView {
    view! {
        <p>"Give this link to "<strong>{email}</strong>". It sets their first password and works once; no mail is sent."</p>
        <Code text=Signal::stored(link.url) label="The invitation link"/>
        <p class="soft small">"It is shown now and never again, and ends "<Time at=link.expires_at/>"."</p>
        <div class="form-end"><Button kind=Kind::Primary on_click=move || open.set(false)>"Done"</Button></div>
    }
}

/// Another link for somebody who has not come yet.
#[component]
pub(super) fn Again(open: Open) -> impl IntoView {
    let (shown, about) = (is_open(open.link), open.link);
    view! {
        <Dialog open=shown title="New invitation link">
            {move || about.get().map(|member| view! { <Fetch member open=shown/> })}
        </Dialog>
    }
}

#[component]
fn Fetch(member: Member, open: RwSignal<bool>) -> impl IntoView {
    let (api, project) = (use_api(), use_project().name);
    let form = FormState::new();
    let made = RwSignal::new(None::<Link>);
    let user = member.user_id;
    form.send(async move { api.invite_again(&project, &user).await }, move |link| made.set(Some(link)));
    move || match (made.get(), form.error.get()) {
        (Some(link), _) => view! { <HandOn email=member.email.clone() link open/> }.into_any(),
        (None, Some(error)) => view! { <ErrorPanel error/> }.into_any(),
        (None, None) => view! { <Skeleton rows=2/> }.into_any(),
    }
}
