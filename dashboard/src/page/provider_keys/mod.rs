//! Provider keys: the accounts that requests are paid from. Whoever may change them adds, checks, rotates and deletes
//! here; everybody sees which of them are well.

mod add;
mod change;
mod disable;
mod fields;
mod list;
mod open;
mod remove;
mod rotate;
mod state;
mod typed;

use leptos::prelude::*;
use maig_api::{Action, ProviderKey};
use maig_core::provider::Provider;

use self::add::Add;
use self::change::Change;
use self::disable::Disable;
use self::list::List;
use self::open::Open;
use self::remove::Remove;
use self::rotate::Rotate;
use self::state::Checked;
use crate::api::{Load, Remote, remote, use_api};
use crate::session::use_project;
use crate::ui::{Button, Dialog, Empty, ErrorPanel, Icon, Kind, PageHead, Panel, is_open};

/// Soon enough to see a breaker open and close.
const LOOK_MS: i32 = 10_000;

#[component]
pub fn ProviderKeys() -> impl IntoView {
    let (api, project) = (use_api(), use_project());
    let name = project.name.clone();
    let keys = remote(move || {
        let name = name.clone();
        async move { api.provider_keys(&name).await }
    })
    .poll(LOOK_MS);
    let open = Open::nothing();
    let admin = project.may(Action::ChangeKeys);
    view! {
        <PageHead title="Provider Keys" text="The accounts that your requests are paid from. Secrets are sealed, and never leave this server.">
            {admin.then(|| view! {
                <Button kind=Kind::Primary icon=Icon::Add on_click=move || open.add.set(Some(Provider::OpenAi))>"Add a provider key"</Button>
            })}
        </PageHead>
        <Load what=keys let:listed>
            <Known listed keys admin open/>
        </Load>
        <Dialogs keys open/>
    }
}

#[component]
fn Known(
    listed: Signal<Vec<ProviderKey>>,
    keys: Remote<Vec<ProviderKey>>,
    admin: bool,
    open: Open,
) -> impl IntoView {
    let none = Memo::new(move |_| listed.with(Vec::is_empty));
    move || match none.get() {
        true => view! { <Nothing admin open/> }.into_any(),
        false => view! { <List keys=listed remote=keys admin open/> }.into_any(),
    }
}

/// No key yet: whose account is it?
#[component]
fn Nothing(admin: bool, open: Open) -> impl IntoView {
    if !admin {
        return view! {
            <Panel><Empty icon=Icon::ProviderKeys title="No provider key yet"
                text="An admin of this project adds the accounts that requests are paid from."/></Panel>
        }
        .into_any();
    }
    view! {
        <Panel>
            <Empty icon=Icon::ProviderKeys title="Whose account do you have?"
                text="Two different providers make the best fallback: they seldom fail together.">
                <ul class="vendors">
                    {Provider::ALL.iter().map(|provider| view! {
                        <li>
                            <button type="button" class="vendors-one" on:click=move |_| open.add.set(Some(*provider))>
                                <span class="vendors-mark" aria-hidden="true">{provider.label().chars().next()}</span>
                                {provider.label()}
                            </button>
                        </li>
                    }).collect_view()}
                </ul>
            </Empty>
        </Panel>
    }
    .into_any()
}

#[component]
fn Dialogs(keys: Remote<Vec<ProviderKey>>, open: Open) -> impl IntoView {
    let checked = is_open(open.checked);
    view! {
        <Add about=open.add keys/>
        <Change about=open.change keys/>
        <Rotate about=open.rotate keys/>
        <Disable about=open.disable keys/>
        <Remove about=open.remove keys/>
        <Dialog open=checked title="Check">
            {move || open.checked.get().map(|(name, seen)| match seen {
                Ok(seen) => view! { <Checked name seen/> }.into_any(),
                Err(error) => view! { <ErrorPanel error/> }.into_any(),
            })}
        </Dialog>
    }
}
