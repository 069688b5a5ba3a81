//! Where one is signed in, and signing out there.

use leptos::prelude::*;
use maig_api::{Page, SessionInfo};

use super::super::List;
use crate::api::{FormState, Load, Remote, use_api};
use crate::format::UNKNOWN;
use crate::ui::{Badge, Button, Cell, ErrorPanel, Head, Row, Table, Time, Tone, use_toast};

#[component]
pub(super) fn Sessions(sessions: Remote<Page<SessionInfo>>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let form = FormState::new();
    let others = Memo::new(move |_| {
        sessions.data.with(|page| page.as_ref().is_some_and(|page| page.data.iter().any(|one| !one.current)))
    });
    let end_others = move || {
        form.send(api.end_other_sessions(), move |()| {
            toast.say("Every other browser is signed out");
            sessions.refresh();
        });
    };
    let actions = move || {
        others
            .get()
            .then(|| view! { <Button busy=form.busy on_click=end_others>"Sign out everywhere else"</Button> })
    };
    view! {
        <List title="Where you are signed in" text="A browser that you do not know should be signed out, and the password changed." actions>
            {move || form.error.get().map(|error| view! { <div class="settings-error"><ErrorPanel error/></div> })}
            <Load what=sessions let:page>
                <Table label="Where you are signed in" busy=sessions.busy
                    heads=vec![Head::text("Browser"), Head::text("Address"), Head::text("Last used"), Head::text("Signed in"), Head::actions()]>
                    <For each=move || page.get().data key=|one| (one.id.clone(), one.last_used_at.clone()) let:one>
                        <Line one sessions form/>
                    </For>
                </Table>
            </Load>
        </List>
    }
}

#[component]
fn Line(one: SessionInfo, sessions: Remote<Page<SessionInfo>>, form: FormState) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let device = one.device.clone().unwrap_or_else(|| "A program".to_owned());
    let label = format!("Sign out {device} at {}", one.ip.as_deref().unwrap_or(UNKNOWN));
    let (id, name) = (StoredValue::new(one.id), StoredValue::new(device.clone()));
    let end = move || {
        form.send(async move { api.end_session(&id.get_value()).await }, move |()| {
            toast.say(format!("{} is signed out", name.get_value()));
            sessions.refresh();
        });
    };
    view! {
        <Row>
            <Cell>
                <span class="row"><strong>{device}</strong>{one.current.then(|| view! { <Badge tone=Tone::Accent>"this browser"</Badge> })}</span>
            </Cell>
            <Cell head="Address">{one.ip.unwrap_or_else(|| UNKNOWN.to_owned())}</Cell>
            <Cell head="Last used"><Time at=one.last_used_at/></Cell>
            <Cell head="Signed in"><Time at=one.created_at/></Cell>
            <Cell>
                {(!one.current).then(|| view! {
                    <span class="settings-do"><Button busy=form.busy label on_click=end>"Sign out"</Button></span>
                })}
            </Cell>
        </Row>
    }
}
