//! A new password. It ends every other session, so that whoever has the old one is out.

use leptos::prelude::*;
use maig_api::{ChangePassword, Page, SessionInfo};
use maig_core::login::password_fault;

use super::super::Section;
use crate::api::{FormState, Remote, use_api};
use crate::session::Session;
use crate::ui::{Button, Form, FormError, Kind, PasswordInput, use_toast};

#[component]
pub(super) fn Password(sessions: Remote<Page<SessionInfo>>) -> impl IntoView {
    let session = expect_context::<Session>();
    let email = session.user().map(|user| user.email).unwrap_or_default();
    // A form that has done its work is replaced by an empty one.
    let round = RwSignal::new(0u32);
    view! {
        <Section
            title="Password"
            text=format!("You sign in as {email}. A new password signs you out everywhere but here.")
        >
            {move || {
                round.track();
                view! { <Change sessions round/> }
            }}
        </Section>
    }
}

#[component]
fn Change(sessions: Remote<Page<SessionInfo>>, round: RwSignal<u32>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let form = FormState::new();
    let (current, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let submit = move || {
        let asked =
            ChangePassword { current_password: current.get_untracked(), new_password: new.get_untracked() };
        form.send(api.change_password(asked), move |session| {
            api.session.begin(session);
            toast.say("Your password is changed");
            sessions.refresh();
            round.update(|round| *round += 1);
        });
    };
    view! {
        <Form state=form on_submit=submit>
            <PasswordInput name="current_password" label="Current password" value=current autocomplete="current-password"
                check=|text: String| text.is_empty().then(|| "Enter the password that you have now.".to_owned())/>
            <PasswordInput name="new_password" label="New password" value=new autocomplete="new-password"
                hint="At least 10 characters; a few words are easier to remember."
                check=|text: String| password_fault(&text)/>
            <FormError/>
            <div class="row"><Button kind=Kind::Primary submit=true busy=form.busy>"Change password"</Button></div>
        </Form>
    }
}
