//! Setting an authenticator up: the password, then the secret as a picture and as text, then a code that proves it, and
//! last the recovery codes. Nothing is in force before the code; closing in the middle leaves all as it was.

use leptos::prelude::*;
use maig_api::{ConfirmCode, ConfirmPassword, Enrolment, RecoveryCodes, SecondFactor};

use super::codes::Codes;
use super::factor::AskPassword;
use crate::api::{FormState, Remote, use_api};
use crate::browser;
use crate::ui::{Button, Copy, Dialog, Form, FormError, Kind, Qr, TextInput, use_toast};

#[derive(Clone)]
enum Step {
    Password,
    Scan(Enrolment),
    Keep(RecoveryCodes),
}

#[component]
pub(super) fn Enrol(open: RwSignal<bool>, factor: Remote<SecondFactor>) -> impl IntoView {
    view! {
        <Dialog open title="Set up an authenticator"><Steps open factor/></Dialog>
    }
}

#[component]
fn Steps(open: RwSignal<bool>, factor: Remote<SecondFactor>) -> impl IntoView {
    let api = use_api();
    let form = FormState::new();
    let step = RwSignal::new(Step::Password);
    let begin = move |asked: ConfirmPassword| {
        form.send(api.enrol(asked), move |enrolment| step.set(Step::Scan(enrolment)));
    };
    move || {
        match step.get() {
        Step::Password => view! {
            <p class="soft">"First your password, so that nobody does this in a browser that you left open."</p>
            <AskPassword form action="Go on" kind=Kind::Primary on_password=begin open/>
        }
        .into_any(),
        Step::Scan(enrolment) => view! { <Scan enrolment step factor/> }.into_any(),
        Step::Keep(codes) => view! { <Codes codes open/> }.into_any(),
    }
    }
}

#[component]
fn Scan(enrolment: Enrolment, step: RwSignal<Step>, factor: Remote<SecondFactor>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let form = FormState::new();
    let code = RwSignal::new(String::new());
    // The dialog was open before the field was there, so the browser does not focus it.
    Effect::new(|| request_animation_frame(|| browser::focus_first("dialog input[name='code']")));
    let submit = move || {
        let asked = ConfirmCode { code: code.get_untracked().trim().to_owned() };
        form.send(api.confirm_second_factor(asked), move |codes| {
            toast.say("The second factor is on");
            step.set(Step::Keep(codes));
            factor.refresh();
        });
    };
    let secret = enrolment.secret.clone();
    view! {
        <div class="settings-scan">
            <Qr text=enrolment.uri label="The secret as a QR code, for an authenticator app"/>
            <div class="stack-tight">
                <p>"Scan it with an authenticator app."</p>
                <p class="soft small">"No camera? Type this instead:"</p>
                <p class="settings-secret"><code>{grouped(&enrolment.secret)}</code><Copy text=Signal::stored(secret) label="Copy the secret"/></p>
            </div>
        </div>
        <Form state=form on_submit=submit>
            <TextInput name="code" label="Code that the app shows" value=code mono=true autofocus=true autocomplete="one-time-code"
                hint="Six digits. It proves that the app works before you depend on it."
                check=|text: String| text.trim().is_empty().then(|| "Type the six digits that the app shows.".to_owned())/>
            <FormError/>
            <div class="form-end"><Button kind=Kind::Primary submit=true busy=form.busy>"Turn it on"</Button></div>
        </Form>
    }
}

/// In fours, as people type.
fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    let groups: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
    groups.join(" ")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_secret_is_shown_in_fours() {
        for (secret, expect) in [("", ""), ("ABCD", "ABCD"), ("ABCDEFGHI", "ABCD EFGH I")] {
            assert_eq!(super::grouped(secret), expect);
        }
    }
}
