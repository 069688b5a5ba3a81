//! A new token: the least role, an end, and the one look at it.

use leptos::prelude::*;
use maig_api::{AdminToken, CreateAdminToken, CreatedAdminToken, Role};
use maig_core::id::name_fault;

use super::super::members::RolePicker;
use crate::api::{FormState, Remote, use_api};
use crate::browser::{base_url, now_ms};
use crate::session::use_project;
use crate::time;
use crate::ui::{Button, Code, Dialog, Form, FormError, Kind, Select, TextInput};

const DAY_MS: i64 = 86_400_000;
/// Days, as the choice has them; nothing is for ever.
const ENDS: &[(&str, &str)] =
    &[("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"), ("", "Never")];

#[component]
pub(super) fn Create(
    open: RwSignal<bool>,
    tokens: Remote<Vec<AdminToken>>,
    everywhere: bool,
) -> impl IntoView {
    view! { <Dialog open title="New admin token"><Ask open tokens everywhere/></Dialog> }
}

#[component]
fn Ask(open: RwSignal<bool>, tokens: Remote<Vec<AdminToken>>, everywhere: bool) -> impl IntoView {
    let api = use_api();
    let here = use_project();
    let form = FormState::new();
    let (name, role) = (RwSignal::new(String::new()), RwSignal::new(Role::Editor));
    let (reach, ends) = (RwSignal::new("project".to_owned()), RwSignal::new("90".to_owned()));
    let made = RwSignal::new(None::<CreatedAdminToken>);
    let reaches = vec![
        ("project".to_owned(), format!("Only {}", here.name)),
        ("all".to_owned(), "Every project of this gateway".to_owned()),
    ];
    let reaches = Signal::stored(reaches);
    let options = Signal::stored(
        ENDS.iter().map(|(days, name)| ((*days).to_owned(), (*name).to_owned())).collect::<Vec<_>>(),
    );
    let project = StoredValue::new(here.id);
    let submit = move || {
        let days: Option<i64> = ends.get_untracked().parse().ok();
        let asked = CreateAdminToken {
            name: name.get_untracked().trim().to_owned(),
            role: role.get_untracked(),
            project: None,
            expires_at: days.map(|days| time::rfc3339(now_ms() + days * DAY_MS)),
        };
        let only = reach.with_untracked(|reach| reach == "project").then(|| project.get_value());
        form.send(async move { api.create_token(only.as_deref(), asked).await }, move |token| {
            made.set(Some(token));
            tokens.refresh();
        });
    };
    move || {
        match made.get() {
        Some(token) => view! { <Once token open/> }.into_any(),
        None => view! {
            <Form state=form on_submit=submit>
                <TextInput name="name" label="Name" value=name autofocus=true placeholder="ci"
                    hint="The audit log names it with each change." check=|text: String| name_fault(text.trim())/>
                <RolePicker value=role/>
                {everywhere.then(|| view! { <Select name="project" label="Reaches" value=reach options=reaches/> })}
                <Select name="expires_at" label="Ends" value=ends options/>
                <FormError/>
                <div class="form-end">
                    <Button on_click=move || open.set(false)>"Cancel"</Button>
                    <Button kind=Kind::Primary submit=true busy=form.busy>"Create token"</Button>
                </div>
            </Form>
        }
        .into_any(),
    }
    }
}

/// The token, on the one occasion that it is shown.
#[component]
fn Once(token: CreatedAdminToken, open: RwSignal<bool>) -> impl IntoView {
    let call = format!("curl -H \"authorization: Bearer $MAIG_TOKEN\" {}/api/v1/projects", base_url());
    view! {
        <p>"This is "<strong>{token.about.name}</strong>". It is shown now and never again: put it where the program keeps its secrets."</p>
        <Code text=Signal::stored(token.token) label="The token"/>
        <p class="soft small">"To try it:"</p>
        <Code text=Signal::stored(call) label="A call with the token"/>
        <div class="form-end"><Button kind=Kind::Primary on_click=move || open.set(false)>"I have kept it"</Button></div>
    }
}
