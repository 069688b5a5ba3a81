//! A new provider key. The provider is asked before anything is stored; one that says no can be stored all the same,
//! because an account may be funded later.

use leptos::prelude::*;
use maig_api::{CheckResult, ProviderKey};
use maig_core::provider::Provider;

use super::fields::{AddressFields, SecretField};
use super::state::Checked;
use super::typed::{Fields, Typed, free_name};
use crate::api::{FormState, Remote, use_api};
use crate::check;
use crate::session::use_project;
use crate::ui::{Button, Drawer, Form, FormError, Kind, Select, TextInput, is_open, use_toast};

#[component]
pub(super) fn Add(about: RwSignal<Option<Provider>>, keys: Remote<Vec<ProviderKey>>) -> impl IntoView {
    let open = is_open(about);
    view! {
        <Drawer open title="Add a provider key">
            {move || about.get().map(|provider| view! { <New provider open keys/> })}
        </Drawer>
    }
}

#[component]
fn New(provider: Provider, open: RwSignal<bool>, keys: Remote<Vec<ProviderKey>>) -> impl IntoView {
    let (api, project, toast) = (use_api(), use_project(), use_toast());
    let names: Vec<String> =
        keys.data.with_untracked(|all| all.iter().flatten().map(|key| key.name.clone()).collect());
    let typed = Typed::new(provider, &names);
    let form = FormState::new();
    let seen = RwSignal::new(None::<CheckResult>);
    rename_with_provider(typed, names);
    let project = StoredValue::new(project.name);
    let save = move || {
        let asked = typed.create();
        form.send(async move { api.create_provider_key(&project.get_value(), &asked).await }, move |key| {
            toast.say(format!("{} is stored", key.name));
            open.set(false);
            keys.refresh();
        });
    };
    let check = move || {
        let asked = typed.create();
        seen.set(None);
        form.send(
            async move { api.check_typed_provider_key(&project.get_value(), &asked).await },
            move |answer| {
                let ok = answer.ok;
                seen.set(Some(answer));
                if ok {
                    save();
                }
            },
        );
    };
    let failed = move || seen.with(|seen| seen.as_ref().is_some_and(|seen| !seen.ok));
    let options: Vec<_> =
        Provider::ALL.iter().map(|one| (one.slug().to_owned(), one.label().to_owned())).collect();
    view! {
        <Form state=form on_submit=check>
            <Select name="provider" label="Provider" value=typed.provider options=Signal::stored(options)/>
            <TextInput name="name" label="Name" value=typed.name hint="How routes call it."
                check=|text: String| check::name(&text)/>
            <SecretField typed/>
            {move || {
                // What must be given stands open; what seldom is, behind a word.
                let fields = Fields::of(typed.provider());
                let needed = fields.base_url_example.is_some() || fields.region;
                view! {
                    <details class="provider-key-more" open=needed>
                        <summary>"Address and headers"</summary>
                        <div class="stack"><AddressFields typed/></div>
                    </details>
                }
            }}
            {move || seen.get().filter(|seen| !seen.ok).map(|seen| {
                let name = typed.provider().label();
                view! { <div class="provider-key-refused" role="alert"><Checked name seen/></div> }
            })}
            <FormError/>
            <div class="form-end">
                {move || failed().then(|| view! { <Button busy=form.busy on_click=save>"Save all the same"</Button> })}
                <Button kind=Kind::Primary submit=true busy=form.busy>
                    {move || if failed() { "Check again and save" } else { "Check and save" }}
                </Button>
            </div>
        </Form>
    }
}

/// The suggested name follows the provider until somebody has typed another.
fn rename_with_provider(typed: Typed, names: Vec<String>) {
    let suggested = StoredValue::new(typed.name.get_untracked());
    Effect::new(move || {
        let name = free_name(typed.provider(), &names);
        if typed.name.get_untracked() == suggested.get_value() {
            typed.name.set(name.clone());
            suggested.set_value(name);
        }
    });
}
