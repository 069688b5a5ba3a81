//! The second factor: whether there is one, and what can be done about it. Each change asks for the password, because a
//! browser left open must not be enough.

use leptos::prelude::*;
use maig_api::{ConfirmPassword, RecoveryCodes, SecondFactor};

use super::super::Section;
use super::codes::Codes;
use super::enrol::Enrol;
use crate::api::{FormState, Load, Remote, remote, use_api};
use crate::format::plural;
use crate::ui::{Button, Dialog, Dot, Form, FormError, Icon, Kind, PasswordInput, Time, Tone, use_toast};

/// Fewer recovery codes than this are worth a word.
const FEW_CODES: u32 = 3;

#[component]
pub(super) fn Factor() -> impl IntoView {
    let api = use_api();
    let factor = remote(move || api.second_factor());
    let (enrol, codes, off) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    view! {
        <Section
            title="Second factor"
            text="Besides the password, sign-in asks for six digits that an authenticator app on your phone shows."
        >
            <Load what=factor rows=1 let:now>
                {move || {
                    let now = now.get();
                    match now.on {
                        true => view! { <On now codes off/> }.into_any(),
                        false => view! {
                            <Dot label="Off"/>
                            <p class="soft">"With it, a stolen password alone lets nobody in."</p>
                            <div class="row"><Button icon=Icon::Lock on_click=move || enrol.set(true)>"Set up an authenticator"</Button></div>
                        }
                        .into_any(),
                    }
                }}
            </Load>
        </Section>
        <Enrol open=enrol factor/>
        <Dialog open=codes title="New recovery codes"><NewCodes open=codes factor/></Dialog>
        <Dialog open=off title="Turn the second factor off?"><TurnOff open=off factor/></Dialog>
    }
}

#[component]
fn On(now: SecondFactor, codes: RwSignal<bool>, off: RwSignal<bool>) -> impl IntoView {
    let left = now.recovery_codes_left;
    view! {
        <Dot tone=Tone::Good label="On"/>
        <dl class="settings-facts">
            <dt>"Set up"</dt><dd>{now.since.map(|at| view! { <Time at/> })}</dd>
            <dt>"Recovery codes"</dt>
            <dd>
                {format!("{} left", plural(left.into(), "code", "codes"))}
                {(left < FEW_CODES).then_some("; make new ones before you run out")}
            </dd>
        </dl>
        <div class="row">
            <Button icon=Icon::Refresh on_click=move || codes.set(true)>"New recovery codes"</Button>
            <Button on_click=move || off.set(true)>"Turn off"</Button>
        </div>
    }
}

/// Asks for the password, and sends it to where it is needed.
#[component]
pub(super) fn AskPassword(
    form: FormState,
    #[prop(into)] action: String,
    #[prop(optional)] kind: Kind,
    #[prop(into)] on_password: Callback<(ConfirmPassword,)>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let password = RwSignal::new(String::new());
    let submit = move || on_password.run((ConfirmPassword { password: password.get_untracked() },));
    view! {
        <Form state=form on_submit=submit>
            <PasswordInput name="password" label="Your password" value=password autocomplete="current-password" autofocus=true
                check=|text: String| text.is_empty().then(|| "Enter your password.".to_owned())/>
            <FormError/>
            <div class="form-end">
                <Button on_click=move || open.set(false)>"Cancel"</Button>
                <Button kind=kind submit=true busy=form.busy>{action}</Button>
            </div>
        </Form>
    }
}

#[component]
fn NewCodes(open: RwSignal<bool>, factor: Remote<SecondFactor>) -> impl IntoView {
    let api = use_api();
    let form = FormState::new();
    let made = RwSignal::new(None::<RecoveryCodes>);
    let ask = move |asked: ConfirmPassword| {
        form.send(api.new_recovery_codes(asked), move |codes| {
            made.set(Some(codes));
            factor.refresh();
        });
    };
    move || {
        match made.get() {
        Some(codes) => view! { <Codes codes open/> }.into_any(),
        None => view! {
            <p class="soft">"Ten new codes take the place of all that you have; the old ones stop working."</p>
            <AskPassword form action="Make new codes" kind=Kind::Primary on_password=ask open/>
        }
        .into_any(),
    }
    }
}

#[component]
fn TurnOff(open: RwSignal<bool>, factor: Remote<SecondFactor>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let form = FormState::new();
    let ask = move |asked: ConfirmPassword| {
        form.send(api.remove_second_factor(asked), move |()| {
            toast.say("The second factor is off");
            factor.refresh();
            open.set(false);
        });
    };
    view! {
        <p class="soft">"The password alone signs in then, and the recovery codes stop working. You can set it up again at any time."</p>
        <AskPassword form action="Turn off" kind=Kind::Danger on_password=ask open/>
    }
}
