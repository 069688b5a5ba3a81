//! Tokens with which programs use the admin API. Each is shown once; what is listed is its name and its last letters.

mod create;

use leptos::prelude::*;
use maig_api::AdminToken;

use self::create::Create;
use super::List;
use super::members::tone;
use crate::api::{FormState, Load, Remote, remote, use_api};
use crate::browser::now_ms;
use crate::session::{Session, use_project};
use crate::time;
use crate::ui::{
    Badge, Button, Cell, Confirm, Empty, Head, Icon, Kind, Row, Table, Time, Tone, is_open, use_toast,
};

#[component]
pub(super) fn Tokens() -> impl IntoView {
    let api = use_api();
    let here = StoredValue::new(use_project());
    // Who may for the whole gateway sees, beside the project's tokens, those that reach every project.
    let everywhere = expect_context::<Session>().user().is_some_and(|user| user.instance_admin);
    let tokens = remote(move || async move {
        let here = here.get_value();
        let mut tokens = api.tokens((!everywhere).then_some(here.id.as_str())).await?;
        tokens.retain(|token| token.project_id.as_ref().is_none_or(|project| *project == here.id));
        // Those that work come first.
        tokens.sort_by_key(|token| state(token, now_ms()) != State::Works);
        Ok(tokens)
    });
    let create = RwSignal::new(false);
    let revoke = RwSignal::new(None::<AdminToken>);
    let actions = move || {
        view! { <Button kind=Kind::Primary icon=Icon::Add on_click=move || create.set(true)>"New token"</Button> }
    };
    view! {
        <List
            title="Admin tokens"
            text="For programs that use the admin API, as a CI job that applies a file. Apps need a project key instead."
            actions
        >
            <Load what=tokens let:all>
                {move || match all.with(Vec::is_empty) {
                    true => view! {
                        <Empty icon=Icon::Lock title="No tokens" text="A program that changes this project signs in with one; give it the least role that does."/>
                    }
                    .into_any(),
                    false => view! { <Listed all revoke busy=tokens.busy/> }.into_any(),
                }}
            </Load>
        </List>
        <Create open=create tokens everywhere/>
        <Revoke about=revoke tokens/>
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Works,
    Expired,
    Revoked,
}

fn state(token: &AdminToken, now_ms: i64) -> State {
    let over = token.expires_at.as_deref().and_then(time::parse).is_some_and(|at| at <= now_ms);
    match (token.revoked_at.is_some(), over) {
        (true, _) => State::Revoked,
        (false, true) => State::Expired,
        (false, false) => State::Works,
    }
}

#[component]
fn Listed(
    all: Signal<Vec<AdminToken>>,
    revoke: RwSignal<Option<AdminToken>>,
    #[prop(into)] busy: Signal<bool>,
) -> impl IntoView {
    let heads = ["Name", "Role", "Reaches", "Last used", "Ends"].map(Head::text);
    let key = |token: &AdminToken| (token.id.clone(), token.last_used_at.clone(), token.revoked_at.clone());
    view! {
        <Table label="Admin tokens" busy heads=heads.into_iter().chain([Head::actions()]).collect()>
            <For each=move || all.get() key=key let:token><Line token revoke/></For>
        </Table>
    }
}

#[component]
fn Line(token: AdminToken, revoke: RwSignal<Option<AdminToken>>) -> impl IntoView {
    let here = use_project();
    let now = state(&token, now_ms());
    let reaches = if token.project_id.is_some() { here.name } else { "Every project".to_owned() };
    let label = format!("Revoke {}", token.name);
    let about = StoredValue::new(token.clone());
    view! {
        <Row>
            <Cell>
                <span class="settings-token">
                    <span class="row">
                        <strong class="settings-email">{token.name}</strong>
                        {match now {
                            State::Works => None,
                            State::Expired => Some(view! { <Badge tone=Tone::Warn>"over"</Badge> }),
                            State::Revoked => Some(view! { <Badge tone=Tone::Bad>"revoked"</Badge> }),
                        }}
                    </span>
                    <code class="faint small">{token.hint}</code>
                </span>
            </Cell>
            <Cell head="Role"><Badge tone=tone(token.role)>{token.role.as_str()}</Badge></Cell>
            <Cell head="Reaches">{reaches}</Cell>
            <Cell head="Last used">
                {match token.last_used_at {
                    Some(at) => view! { <Time at/> }.into_any(),
                    None => view! { <span class="faint">"Never"</span> }.into_any(),
                }}
            </Cell>
            <Cell head="Ends">
                {match (token.revoked_at, token.expires_at) {
                    (Some(at), _) | (None, Some(at)) => view! { <Time at/> }.into_any(),
                    (None, None) => view! { <span class="faint">"Never"</span> }.into_any(),
                }}
            </Cell>
            <Cell>
                {(now == State::Works).then(|| view! {
                    <span class="settings-do"><Button label on_click=move || revoke.set(Some(about.get_value()))>"Revoke"</Button></span>
                })}
            </Cell>
        </Row>
    }
}

#[component]
fn Revoke(about: RwSignal<Option<AdminToken>>, tokens: Remote<Vec<AdminToken>>) -> impl IntoView {
    let (api, toast) = (use_api(), use_toast());
    let open = is_open(about);
    move || {
        let token = about.get()?;
        let title = format!("Revoke {}?", token.name);
        let token = StoredValue::new(token);
        let confirm = move |form: FormState| {
            let AdminToken { id, name, project_id, .. } = token.get_value();
            let call = async move { api.revoke_token(project_id.as_deref(), &id).await };
            form.send(call, move |()| {
                toast.say(format!("{name} is revoked"));
                open.set(false);
                tokens.refresh();
            });
        };
        Some(view! {
            <Confirm open title action="Revoke" on_confirm=confirm>
                <p>"Programs with it are answered 401 from the next request on. It cannot be brought back; make a new one instead."</p>
            </Confirm>
        })
    }
}

#[cfg(test)]
mod tests {
    use maig_api::Role;

    use super::*;

    #[test]
    fn a_token_works_until_it_is_over_or_revoked() {
        let now = time::parse("2026-11-21T12:00:00Z").unwrap();
        let token = |expires: Option<&str>, revoked: Option<&str>| AdminToken {
            id: "t".to_owned(),
            name: "ci".to_owned(),
            hint: "maig_admin_…abcd".to_owned(),
            role: Role::Editor,
            project_id: None,
            expires_at: expires.map(str::to_owned),
            created_at: "2026-11-01T00:00:00Z".to_owned(),
            last_used_at: None,
            revoked_at: revoked.map(str::to_owned),
        };
        for (expires, revoked, expect) in [
            (None, None, State::Works),
            (Some("2026-11-22T00:00:00Z"), None, State::Works),
            (Some("2026-11-21T12:00:00Z"), None, State::Expired),
            (Some("2026-11-22T00:00:00Z"), Some("2026-11-21T00:00:00Z"), State::Revoked),
        ] {
            assert_eq!(state(&token(expires, revoked), now), expect, "{expires:?} {revoked:?}");
        }
    }
}
