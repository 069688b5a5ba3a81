//! The stored keys: how each is, and what can be done with it. A row stays while its state changes, so that a menu which
//! is open in it stays too.

use leptos::prelude::*;
use leptos::task::spawn_local;
use maig_api::ProviderKey;

use super::disable::{say, switch};
use super::open::Open;
use super::state::State;
use crate::api::{Remote, use_api};
use crate::session::use_project;
use crate::ui::{Badge, Button, Cell, Head, Icon, Menu, MenuItem, Panel, Row, Table, Time, use_toast};

#[component]
pub(super) fn List(
    keys: Signal<Vec<ProviderKey>>,
    remote: Remote<Vec<ProviderKey>>,
    admin: bool,
    open: Open,
) -> impl IntoView {
    let mut heads = vec![
        Head::text("Name"),
        Head::text("Provider"),
        Head::text("Secret"),
        Head::text("State"),
        Head::text("Changed"),
    ];
    heads.extend(admin.then(Head::actions));
    view! {
        <Panel flush=true>
            <Table label="Provider keys" heads>
                <For each=move || keys.get() key=|key| key.id.clone() let:first>
                    {
                        let id = first.id.clone();
                        let key = Memo::new(move |_| {
                            keys.with(|keys| keys.iter().find(|key| key.id == id).unwrap_or(&first).clone())
                        });
                        view! { <Line key remote admin open/> }
                    }
                </For>
            </Table>
        </Panel>
    }
}

#[component]
fn Line(key: Memo<ProviderKey>, remote: Remote<Vec<ProviderKey>>, admin: bool, open: Open) -> impl IntoView {
    view! {
        <Row>
            <Cell><strong>{move || key.with(|key| key.name.clone())}</strong></Cell>
            <Cell head="Provider">{move || key.with(|key| key.provider.label())}</Cell>
            <Cell head="Secret">{move || key.with(secret)}</Cell>
            <Cell head="State"><State key/></Cell>
            <Cell head="Changed">{move || { let at = key.with(|key| key.updated_at.clone()); view! { <Time at/> } }}</Cell>
            {admin.then(|| view! { <Cell><Actions key remote open/></Cell> })}
        </Row>
    }
}

fn secret(key: &ProviderKey) -> AnyView {
    match (&key.secret_hint, key.has_secret) {
        (Some(last), _) => view! { <code>"…"{last.clone()}</code> }.into_any(),
        (None, true) => view! { <span class="faint">"stored"</span> }.into_any(),
        (None, false) => view! { <Badge>"none"</Badge> }.into_any(),
    }
}

#[component]
fn Actions(key: Memo<ProviderKey>, remote: Remote<Vec<ProviderKey>>, open: Open) -> impl IntoView {
    let (api, project, toast) = (use_api(), use_project(), use_toast());
    let project = StoredValue::new(project.name);
    let busy = RwSignal::new(false);
    let check = move || {
        busy.set(true);
        spawn_local(async move {
            let key = key.get_untracked();
            let seen = api.check_provider_key(&project.get_value(), &key).await;
            if busy.try_set(false).is_none() {
                open.checked.set(Some((key.name, seen)));
                remote.refresh();
            }
        });
    };
    let toggle = move || {
        let key = key.get_untracked();
        if key.enabled && !key.used_by.is_empty() {
            return open.disable.set(Some(key));
        }
        spawn_local(async move {
            match switch(api, &project.get_value(), &key, !key.enabled).await {
                Ok(saved) => {
                    say(toast, &saved);
                    remote.refresh();
                }
                Err(error) => open.checked.set(Some((key.name, Err(error)))),
            }
        });
    };
    let into = move |dialog: RwSignal<Option<ProviderKey>>| move || dialog.set(Some(key.get_untracked()));
    let label = key.with_untracked(|key| format!("More for {}", key.name));
    view! {
        <div class="provider-key-actions">
            <Button busy on_click=check>"Check"</Button>
            <Menu icon=Icon::More label>
                <MenuItem icon=Icon::Edit on_click=into(open.change)>"Edit"</MenuItem>
                <MenuItem icon=Icon::Refresh on_click=into(open.rotate)>"Rotate the secret"</MenuItem>
                <MenuItem icon=Icon::Lock on_click=toggle>
                    {move || if key.with(|key| key.enabled) { "Disable" } else { "Enable" }}
                </MenuItem>
                <MenuItem icon=Icon::Trash danger=true on_click=into(open.remove)>"Delete"</MenuItem>
            </Menu>
        </div>
    }
}
