//! The keys of a project. Revoked ones are history: they stand behind a switch.

use leptos::prelude::*;
use maig_api::ProjectKey;

use super::open::Open;
use super::state::{Quota, State, apps, is_revoked, rates, scope};
use crate::api::Remote;
use crate::format;
use crate::ui::{Badge, Button, Cell, Head, Icon, Kind, Menu, MenuItem, Panel, Row, Table, Time, Tone};

#[component]
pub(super) fn List(
    listed: Signal<Vec<ProjectKey>>,
    keys: Remote<Vec<ProjectKey>>,
    admin: bool,
    open: Open,
) -> impl IntoView {
    let all = RwSignal::new(false);
    let revoked = Memo::new(move |_| listed.with(|keys| keys.iter().filter(|key| is_revoked(key)).count()));
    let shown = Memo::new(move |_| {
        let mut keys = listed.get();
        keys.retain(|key| all.get() || !is_revoked(key));
        keys.sort_by_key(is_revoked);
        keys
    });
    let mut heads = vec![
        Head::text("Key"),
        Head::text("May call"),
        Head::text("Rate"),
        Head::text("This month"),
        Head::text("Last used"),
        Head::text("State"),
    ];
    heads.extend(admin.then(Head::actions));
    view! {
        <Panel flush=true>
            <Table label="Project keys" heads busy=keys.busy>
                <For each=move || shown.get() key=|key| key.id.clone() let:first>
                    {
                        let id = first.id.clone();
                        let key = Memo::new(move |_| {
                            listed.with(|keys| keys.iter().find(|key| key.id == id).unwrap_or(&first).clone())
                        });
                        view! { <Line key admin open/> }
                    }
                </For>
            </Table>
        </Panel>
        {move || (revoked.get() > 0).then(|| {
            let count = format::plural(revoked.get() as u64, "revoked key", "revoked keys");
            view! {
                <div class="project-key-past">
                    <Button kind=Kind::Quiet icon=Icon::History on_click=move || all.update(|all| *all = !*all)>
                        {move || if all.get() { format!("Hide {count}") } else { format!("Show {count}") }}
                    </Button>
                </div>
            }
        })}
    }
}

#[component]
fn Line(key: Memo<ProjectKey>, admin: bool, open: Open) -> impl IntoView {
    view! {
        <Row>
            <Cell>
                <div class="project-key-name">
                    <span class="row">
                        <strong>{move || key.with(|key| key.name.clone())}</strong>
                        {move || match key.with(|key| key.test) {
                            true => view! { <Badge tone=Tone::Warn>"Test"</Badge> },
                            false => view! { <Badge tone=Tone::Accent>"Live"</Badge> },
                        }}
                    </span>
                    <code class="faint small">{move || key.with(|key| key.hint.clone())}</code>
                </div>
            </Cell>
            <Cell head="May call">
                <div class="project-key-two">
                    <span>{move || key.with(scope)}</span>
                    {move || key.with(apps).map(|apps| view! { <span class="small soft">{apps}</span> })}
                </div>
            </Cell>
            <Cell head="Rate">
                <div class="project-key-two">
                    {move || match key.with(rates) {
                        rates if rates.is_empty() => view! { <span class="faint">"No limit"</span> }.into_any(),
                        rates => rates.into_iter().map(|rate| view! { <span class="num">{rate}</span> }).collect_view().into_any(),
                    }}
                </div>
            </Cell>
            <Cell head="This month"><Quota key/></Cell>
            <Cell head="Last used">
                {move || match key.with(|key| key.last_used_at.clone()) {
                    Some(at) => view! { <Time at/> }.into_any(),
                    None => view! { <span class="faint">"Never"</span> }.into_any(),
                }}
            </Cell>
            <Cell head="State"><State key/></Cell>
            {admin.then(|| view! { <Cell><Actions key open/></Cell> })}
        </Row>
    }
}

#[component]
fn Actions(key: Memo<ProjectKey>, open: Open) -> impl IntoView {
    let into = move |dialog: RwSignal<Option<ProjectKey>>| move || dialog.set(Some(key.get_untracked()));
    let label = key.with_untracked(|key| format!("More for {}", key.name));
    let gone = Memo::new(move |_| key.with(is_revoked));
    move || {
        let label = label.clone();
        (!gone.get()).then(|| {
            view! {
                <div class="project-key-actions">
                    <Menu icon=Icon::More label>
                        <MenuItem icon=Icon::Edit on_click=into(open.change)>"Edit"</MenuItem>
                        <MenuItem icon=Icon::Refresh on_click=into(open.roll)>"Roll"</MenuItem>
                        <MenuItem icon=Icon::Trash danger=true on_click=into(open.revoke)>"Revoke"</MenuItem>
                    </Menu>
                </div>
            }
        })
    }
}
