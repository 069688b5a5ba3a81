//! Signing in, as a page and over another one.

use leptos::prelude::*;

use super::door::Door;
use crate::api::{FormState, use_api};
use crate::browser;
use crate::ui::{Button, Form, FormError, Kind, PasswordInput, TextInput};

#[component]
pub fn SignIn() -> impl IntoView {
    view! {
        <Door title="Sign in to MAIG" text="With the e-mail address and password of your login on this gateway.">
            <SignInForm email=String::new()/>
        </Door>
    }
}

/// `email` is who was signed in before, if anybody.
#[component]
pub fn SignInForm(email: String) -> impl IntoView {
    let api = use_api();
    let form = FormState::new();
    let known = !email.is_empty();
    let (email, password) = (RwSignal::new(email), RwSignal::new(String::new()));
    let code = RwSignal::new(String::new());
    // Once asked for, the code's field stays, whatever the next answer says.
    let asks = Memo::new(move |before: Option<&bool>| {
        let asked = |error: &crate::api::ApiError| error.code().starts_with("second_factor");
        form.error.with(|error| error.as_ref().is_some_and(asked)) || before.is_some_and(|before| *before)
    });
    // A field that comes later is not the browser's to focus.
    Effect::new(move || {
        if asks.get() {
            request_animation_frame(|| browser::focus_first("input[name='code']"));
        }
    });
    let submit = move || {
        let typed = code.get_untracked().trim().to_owned();
        let asked = maig_api::SignIn {
            email: email.get_untracked(),
            password: password.get_untracked(),
            code: (!typed.is_empty()).then_some(typed),
        };
        form.send(api.sign_in(asked), move |session| api.session.begin(session));
    };
    view! {
        <Form state=form on_submit=submit>
            <TextInput name="email" kind="email" label="E-mail" value=email autocomplete="username" autofocus=!known
                check=|text: String| text.trim().is_empty().then(|| "Enter your e-mail address.".to_owned())/>
            <PasswordInput name="password" label="Password" value=password autocomplete="current-password" autofocus=known
                check=|text: String| text.is_empty().then(|| "Enter your password.".to_owned())/>
            {move || {
                asks.get()
                    .then(|| {
                        view! {
                            <TextInput name="code" label="Code" value=code mono=true autofocus=true autocomplete="one-time-code"
                                hint="Six digits of your authenticator, or a recovery code."/>
                        }
                    })
            }}
            <FormError/>
            <Button kind=Kind::Primary submit=true busy=form.busy>"Sign in"</Button>
        </Form>
    }
}
