//! The first visit: makes the owner's login with the one-time link that `maig serve` printed.

use leptos::prelude::*;
use maig_api::SetupRequest;

use super::door::Door;
use crate::api::{FormState, use_api};
use crate::browser;
use crate::query::Query;
use crate::ui::{Button, Code, Form, FormError, Kind, PasswordInput, TextInput, use_replace};

/// As the server has it.
const SHORTEST_PASSWORD: usize = 10;

#[component]
pub fn Setup() -> impl IntoView {
    let search = window().location().search().unwrap_or_default();
    let token = Query::parse(&search).get("token").map(str::to_owned);
    match token {
        Some(token) => {
            // The token must not stay in the address bar, nor in the history.
            browser::hide_query();
            view! { <Owner token/> }.into_any()
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
                <TextInput name="email" kind="email" label="E-mail" value=email autocomplete="username" autofocus=true check=email_check/>
                <PasswordInput name="password" label="Password" value=password autocomplete="new-password"
                    hint="At least 10 characters; a few words are easier to remember." check=password_check/>
                <TextInput name="project" label="First project" value=project
                    hint="Usually the name of your app." check=project_check/>
                <FormError/>
                <Button kind=Kind::Primary submit=true busy=form.busy>"Create the owner"</Button>
            </Form>
        </Door>
    }
}

fn email_check(text: String) -> Option<String> {
    let text = text.trim();
    let whole = text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
    (!whole).then(|| "Enter an e-mail address, as ana@example.com.".to_owned())
}

fn password_check(text: String) -> Option<String> {
    let missing = SHORTEST_PASSWORD.saturating_sub(text.chars().count());
    (missing > 0).then(|| format!("{missing} more characters are needed."))
}

fn project_check(text: String) -> Option<String> {
    text.trim().is_empty().then(|| "Give the project a name.".to_owned())
}
