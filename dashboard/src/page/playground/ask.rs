//! Whom to ask and how, the conversations, and the message that goes out next.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::key::{Key, key};
use super::lane::Lane;
use super::talk::Talk;
use crate::api::chat::Question;
use crate::api::{FormState, use_api};
use crate::check;
use crate::page::routes::{load_around, model_choices};
use crate::session::use_project;
use crate::shell::use_routes;
use crate::ui::{
    Button, Choice, Combobox, Form, FormError, Icon, Kind, NumberInput, Panel, TextArea, TextInput,
};

#[component]
pub(super) fn Ask(lanes: [Lane; 2]) -> impl IntoView {
    let (api, project) = (use_api(), StoredValue::new(use_project().name));
    let [first, second] = lanes;
    let choices = use_choices();
    start_with_a_route(first);
    let text = |text: &str| RwSignal::new(text.to_owned());
    let message = text("Say hello to somebody who opens your app for the first time.");
    let (instructions, max_tokens, temperature) = (text(""), text(""), text(""));
    // The box is empty because what was in it has been sent: that is no fault.
    let sent = RwSignal::new(false);
    let (form, kept) = (FormState::new(), StoredValue::new(None));
    let question = move |lane: Lane, message: &str| Question {
        model: lane.model.get_untracked().trim().to_owned(),
        earlier: lane.said(),
        message: message.to_owned(),
        instructions: instructions.get_untracked().trim().to_owned(),
        max_tokens: max_tokens.get_untracked().trim().parse().ok(),
        temperature: temperature.get_untracked().trim().parse().ok(),
    };
    let ask = move |key: Key| {
        let asked = message.get_untracked();
        let lanes = lanes.into_iter().filter(|lane| !lane.model.get_untracked().trim().is_empty());
        let calls: Vec<_> = lanes
            .map(|lane| lane.ask(api, project.get_value(), key.clone(), question(lane, &asked)))
            .collect();
        sent.set(true);
        form.tried.set(false);
        message.set(String::new());
        let failed = StoredValue::new(calls.len());
        for call in calls {
            let asked = asked.clone();
            spawn_local(async move {
                if call.await || failed.try_update_value(|left| *left -= 1).is_none() {
                    return;
                }
                // Nobody has answered: what was typed is there to be sent again.
                if failed.try_get_value() == Some(0)
                    && message.try_get_untracked().is_some_and(|text| text.is_empty())
                {
                    message.set(asked);
                }
            });
        }
    };
    let send = move || {
        if message.with_untracked(|message| message.trim().is_empty()) {
            sent.set(false);
            return form.tried.set(true);
        }
        let name = project.get_value();
        form.send(async move { key(api, &name, kept).await }, ask);
    };
    let running = Memo::new(move |_| lanes.iter().any(|lane| lane.is_running()));
    let begun = Memo::new(move |_| lanes.iter().any(|lane| lane.turns.with(|turns| !turns.is_empty())));
    view! {
        <div class="playground" on:keydown=move |event| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                event.prevent_default();
                send();
            }
        }>
            <Form state=form on_submit=send>
                <Panel>
                    <div class="stack">
                        <div class="playground-models">
                            <Combobox name="model" label="Route or model" value=first.model choices free=true
                                check=|text: String| text.trim().is_empty().then(|| "Choose a route or a model.".to_owned())/>
                            <Combobox name="with" label="Beside it" value=second.model choices free=true placeholder="nothing"/>
                        </div>
                        <details class="playground-more">
                            <summary>"Instructions and bounds"</summary>
                            <div class="stack">
                                <TextArea name="instructions" label="Instructions" value=instructions optional=true rows=2 hint="The system message, before all others."/>
                                <div class="playground-models">
                                    <NumberInput name="max_tokens" label="Longest answer" value=max_tokens optional=true unit="tokens"
                                        check=|text: String| check::count(&text)/>
                                    <TextInput name="temperature" label="Temperature" value=temperature optional=true placeholder="1"
                                        check=|text: String| temperature_fault(&text)/>
                                </div>
                            </div>
                        </details>
                        <p class="small soft">"Real requests, with a key that ends after ten minutes: they count, cost, and stand in Logs. Each side remembers its own conversation, until you clear it."</p>
                    </div>
                </Panel>
                <div class="playground-lanes">
                    {lanes.map(|lane| view! { <Talk lane/> })}
                </div>
                <div class="playground-next">
                    <TextArea name="message" label="Message" value=message rows=2
                        check=move |text: String| (text.trim().is_empty() && !sent.get()).then(|| "Write what an app would ask.".to_owned())/>
                    <FormError/>
                    <div class="playground-end">
                        <Button icon=Icon::Trash disabled=Signal::derive(move || !begun.get())
                            on_click=move || lanes.iter().for_each(|lane| lane.clear())>"Clear the conversation"</Button>
                        <div class="row">
                            {move || running.get().then(|| view! {
                                <Button icon=Icon::Stop on_click=move || lanes.iter().for_each(|lane| lane.stop())>"Stop"</Button>
                            })}
                            <Button kind=Kind::Primary icon=Icon::Play submit=true busy=form.busy>"Send"</Button>
                        </div>
                    </div>
                </div>
            </Form>
        </div>
    }
}

/// The project's routes, then every model, as far as they are known yet.
fn use_choices() -> Signal<Vec<Choice>> {
    let (api, project) = (use_api(), use_project().name);
    let routes = use_routes();
    let models = crate::api::remote(move || {
        let project = project.clone();
        async move { load_around(api, &project).await.map(|around| model_choices(&around)) }
    });
    Signal::derive(move || {
        let names = routes.data.with(|page| {
            let all = page.iter().flat_map(|page| &page.data);
            let choice = |name: &String| Choice {
                value: name.clone(),
                label: String::new(),
                detail: "route".to_owned(),
            };
            all.map(|route| choice(&route.spec.name)).collect::<Vec<_>>()
        });
        names.into_iter().chain(models.data.get().into_iter().flatten()).collect()
    })
}

/// Unless the address names something, the first route is what one most likely wants to try.
fn start_with_a_route(lane: Lane) {
    let routes = use_routes();
    Effect::new(move || {
        let first = routes.data.with(|page| page.as_ref()?.data.first().map(|route| route.spec.name.clone()));
        if let Some(name) = first.filter(|_| lane.model.get_untracked().is_empty()) {
            lane.model.set(name);
        }
    });
}

fn temperature_fault(text: &str) -> Option<String> {
    let text = text.trim();
    let fine = text.is_empty() || text.parse::<f64>().is_ok_and(|value| (0.0..=2.0).contains(&value));
    (!fine).then(|| "Write a number from 0 to 2.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::temperature_fault;

    #[test]
    fn a_temperature_is_a_number_from_0_to_2() {
        for (text, wrong) in [
            ("", false),
            ("0", false),
            (" 1.5 ", false),
            ("2.1", true),
            ("-1", true),
            ("hot", true),
            ("NaN", true),
        ] {
            assert_eq!(temperature_fault(text).is_some(), wrong, "{text}");
        }
    }
}
