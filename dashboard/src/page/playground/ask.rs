//! The question: which routes or models, what they are told, and the buttons.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::key::key;
use super::lane::{Lane, Run};
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
    let (message, instructions) =
        (text("Say hello to somebody who opens your app for the first time."), text(""));
    let (max_tokens, temperature) = (text(""), text(""));
    let (form, kept) = (FormState::new(), StoredValue::new(None));
    let question = move |model: String| Question {
        model,
        message: message.get_untracked(),
        instructions: instructions.get_untracked().trim().to_owned(),
        max_tokens: max_tokens.get_untracked().trim().parse().ok(),
        temperature: temperature.get_untracked().trim().parse().ok(),
    };
    let send = move || {
        let project = project.get_value();
        let name = project.clone();
        form.send(async move { key(api, &name, kept).await }, move |key| {
            for lane in lanes {
                let model = lane.model.get_untracked().trim().to_owned();
                match model.is_empty() {
                    true => lane.clear(),
                    false => spawn_local(lane.ask(api, project.clone(), key.clone(), question(model))),
                }
            }
        });
    };
    let running = move || lanes.iter().any(|lane| lane.run.with(|run| *run == Run::Running));
    view! {
        <Panel>
            <div on:keydown=move |event| {
                if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                    event.prevent_default();
                    send();
                }
            }>
                <Form state=form on_submit=send>
                    <div class="playground-models">
                        <Combobox name="model" label="Route or model" value=first.model choices free=true
                            check=|text: String| text.trim().is_empty().then(|| "Choose a route or a model.".to_owned())/>
                        <Combobox name="with" label="Beside it" value=second.model choices free=true placeholder="nothing"/>
                    </div>
                    <TextArea name="message" label="Message" value=message rows=3
                        check=|text: String| text.trim().is_empty().then(|| "Write what an app would ask.".to_owned())/>
                    <details class="playground-more">
                        <summary>"Instructions and bounds"</summary>
                        <div class="stack">
                            <TextArea name="instructions" label="Instructions" value=instructions optional=true rows=2 hint="The system message."/>
                            <div class="playground-models">
                                <NumberInput name="max_tokens" label="Longest answer" value=max_tokens optional=true unit="tokens"
                                    check=|text: String| check::count(&text)/>
                                <TextInput name="temperature" label="Temperature" value=temperature optional=true placeholder="1"
                                    check=|text: String| temperature_fault(&text)/>
                            </div>
                        </div>
                    </details>
                    <FormError/>
                    <div class="playground-end">
                        <p class="small soft">"Real requests, with a key that ends after ten minutes: they count, cost, and stand in Logs."</p>
                        <div class="row">
                            {move || running().then(|| view! {
                                <Button icon=Icon::Stop on_click=move || lanes.iter().for_each(|lane| lane.stop())>"Stop"</Button>
                            })}
                            <Button kind=Kind::Primary icon=Icon::Play submit=true busy=form.busy>"Send"</Button>
                        </div>
                    </div>
                </Form>
            </div>
        </Panel>
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
