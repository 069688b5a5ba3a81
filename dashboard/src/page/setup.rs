//! What a one-time link leads to: the first owner's login, with the one that `maig serve` printed, or an invited person's
//! first password. The token must not stay in the address bar, nor in the history.

use leptos::prelude::*;
use maig_api::{SetupPurpose, SetupRequest};
use maig_core::id::name_fault;
use maig_core::login::{email_fault, password_fault};

use super::SignIn;
use super::door::{Door, Waiting};
use crate::api::{FormState, remote, use_api};
use crate::browser;
use crate::query::Query;
use crate::session::Standing;
use crate::ui::{Button, Code, ErrorPanel, Form, FormError, Kind, PasswordInput, TextInput, use_replace};

/// Nobody can sign in yet.
#[component]
pub fn Setup() -> impl IntoView {
    match token() {
        Some(token) => {
            browser::hide_query();
            view! { <UseLink token leave=|| browser::reload()/> }.into_any()
        }
        None => view! {
            <Door
                title="Almost there"
                text="This gateway has no owner yet. When it started it printed a link that works once; open that link. Restart the gateway to get a new one:"
            >
                <Code text="maig serve" label="The command that prints the link"/>
            </Door>
        }
        .into_any(),
    }
}

/// Nobody is signed in here: whoever comes by an invitation, and everybody else.
#[component]
pub fn Outside() -> impl IntoView {
    let token = RwSignal::new(token());
    if token.with_untracked(Option::is_some) {
        browser::hide_query();
    }
    move || match token.get() {
        Some(link) => view! { <UseLink token=link leave=move || token.set(None)/> }.into_any(),
        None => view! { <SignIn/> }.into_any(),
    }
}

/// Somebody opened a one-time link where somebody is signed in already.
#[component]
pub fn AlreadyIn() -> impl IntoView {
    let (api, replace) = (use_api(), use_replace());
    if token().is_none() {
        Effect::new(move || replace("/"));
        return ().into_any();
    }
    let email = api.session.user().map(|user| user.email).unwrap_or_default();
    let form = FormState::new();
    let sign_out = move || form.send(api.sign_out(), move |()| api.session.standing.set(Standing::SignedOut));
    let stay = use_replace();
    view! {
        <div class="stack">
            <h1>"This link is for somebody else"</h1>
            <p class="soft">"You are signed in as "<strong>{email}</strong>". To use the link, sign out first."</p>
            <Form state=form on_submit=sign_out>
                <FormError/>
                <div class="row">
                    <Button kind=Kind::Primary submit=true busy=form.busy>"Sign out and use it"</Button>
                    <Button on_click=move || stay("/")>"Stay"</Button>
                </div>
            </Form>
        </div>
    }
    .into_any()
}

/// What the address carries.
fn token() -> Option<String> {
    let search = window().location().search().unwrap_or_default();
    Query::parse(&search).get("token").map(str::to_owned)
}

#[component]
fn UseLink(token: String, #[prop(into)] leave: Callback<()>) -> impl IntoView {
    let api = use_api();
    let asked = token.clone();
    let link = remote(move || api.setup_link(asked.clone()));
    move || match (link.data.get(), link.error.get()) {
        (Some(link), _) => match (link.purpose, link.email) {
            (SetupPurpose::Invite, Some(email)) => view! { <Join token=token.clone() email/> }.into_any(),
            _ => view! { <Owner token=token.clone()/> }.into_any(),
        },
        (None, Some(error)) => view! {
            <Door title="This link does not work" text="Each works once, and not for ever.">
                <ErrorPanel error/>
                <Button on_click=move || leave.run(())>"Go to sign-in"</Button>
            </Door>
        }
        .into_any(),
        (None, None) => view! { <Waiting/> }.into_any(),
    }
}

/// The first password of somebody who was invited.
#[component]
fn Join(token: String, email: String) -> impl IntoView {
    let api = use_api();
    let form = FormState::new();
    let replace = use_replace();
    let password = RwSignal::new(String::new());
    let submit = move || {
        let asked = SetupRequest {
            token: token.clone(),
            email: None,
            password: password.get_untracked(),
            project: None,
        };
        let replace = replace.clone();
        form.send(api.set_up(asked), move |session| {
            replace("/");
            api.session.begin(session);
        });
    };
    view! {
        <Door title="Welcome to MAIG" text=format!("You are invited as {email}. Choose a password, and you are in.")>
            <Form state=form on_submit=submit>
                // For password managers, which want to know whose it is.
                <input type="email" class="unseen" autocomplete="username" value=email.clone() tabindex="-1" aria-hidden="true" readonly=true/>
                <PasswordInput name="password" label="Password" value=password autocomplete="new-password" autofocus=true
                    hint="At least 10 characters; a few words are easier to remember." check=|text: String| password_fault(&text)/>
                <FormError/>
                <Button kind=Kind::Primary submit=true busy=form.busy>"Join"</Button>
            </Form>
        </Door>
    }
}

#[component]
fn Owner(token: String) -> impl IntoView {
    let api = use_api();
    let form = FormState::new();
    let replace = use_replace();
    let (email, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let project = RwSignal::new("default".to_owned());
    let submit = move || {
        let asked = SetupRequest {
            token: token.clone(),
            email: Some(email.get_untracked().trim().to_owned()),
            password: password.get_untracked(),
            project: Some(project.get_untracked().trim().to_owned()).filter(|name| !name.is_empty()),
        };
        let replace = replace.clone();
        form.send(api.set_up(asked), move |session| {
            // The link leads nowhere any more, so "back" must not.
            replace("/");
            api.session.begin(session);
        });
    };
    view! {
        <Door title="Welcome to MAIG" text="Make the owner's login. More people can be added later.">
            <Form state=form on_submit=submit>
                <TextInput name="email" kind="email" label="E-mail" value=email autocomplete="username" autofocus=true check=|text: String| email_fault(&text).map(str::to_owned)/>
                <PasswordInput name="password" label="Password" value=password autocomplete="new-password"
                    hint="At least 10 characters; a few words are easier to remember." check=|text: String| password_fault(&text)/>
                <TextInput name="project" label="First project" value=project
                    hint="Usually the name of your app." check=project_check/>
                <FormError/>
                <Button kind=Kind::Primary submit=true busy=form.busy>"Create the owner"</Button>
            </Form>
        </Door>
    }
}

fn project_check(name: String) -> Option<String> {
    name_fault(name.trim())
}
