//! Explain: fail a target, or send a long prompt, and watch what the gateway would do. The plan that runs here is the
//! gateway's own, on the draft as it stands.

mod stage;
mod words;

use std::collections::BTreeMap;

use leptos::prelude::*;
use maig_core::chat::Needs;
use maig_core::explain::{Fare, Script, Story, Who, cast, rehearse};
use maig_core::failure::FailureKind;
use maig_core::route::RouteSpec;

use self::stage::Stage;
use super::around::Around;
use crate::browser::fresh_id;
use crate::ui::{Button, Checkbox, Icon, Panel};

/// What a target's breaker holds back, in place of a fate.
const HELD_BACK: &str = "held-back";

#[component]
pub fn Explain(around: Signal<Around>, #[prop(into)] spec: Signal<RouteSpec>) -> impl IntoView {
    let chosen = RwSignal::new(BTreeMap::<Who, String>::new());
    let (stream, tokens) = (RwSignal::new(true), RwSignal::new(String::new()));
    let (tools, image, schema) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let forced = RwSignal::new(false);
    // Opens at what one comes for: the primary is down.
    let whom = Memo::new(move |_| around.with(|around| spec.with(|spec| cast(spec, &around.context()))));
    let mut first = true;
    Effect::new(move || {
        let primary = whom.with(|whom| whom.first().cloned());
        if let Some(primary) = primary.filter(|_| std::mem::take(&mut first)) {
            chosen.update(|chosen| drop(chosen.insert(primary, "server-error".to_owned())));
        }
    });
    let story = Memo::new(move |_| {
        let needs =
            Needs { tools: tools.get(), image: image.get(), json_schema: schema.get(), ..Needs::default() };
        let prompt_tokens = tokens.with(|text| text.replace([' ', ',', '_'], "").parse().ok());
        let fares =
            chosen.with(|chosen| chosen.iter().map(|(who, word)| (who.clone(), fare(word))).collect());
        let script = Script { stream: stream.get(), needs, prompt_tokens, deadline: None, fares };
        let mut spec = spec.get();
        spec.force_fallback |= forced.get();
        around.with(|around| Told(rehearse(&spec, &around.context(), &script)))
    });
    let reset = move || {
        chosen.update(BTreeMap::clear);
        tokens.set(String::new());
        for flag in [tools, image, schema, forced] {
            flag.set(false);
        }
    };
    let tokens_id = fresh_id("tokens");
    view! {
        <Panel>
            <section class="explain" aria-labelledby="explain-title">
                <div class="row-apart">
                    <h2 id="explain-title">"Explain"</h2>
                    <Button icon=Icon::Refresh on_click=reset>"Everybody answers"</Button>
                </div>
                <p class="soft small">"Fail a target and see what your app gets. The gateway's own plan runs here, on what stands beside it, saved or not."</p>
                <ul class="explain-cast">
                    <For each=move || whom.get() key=Clone::clone let:who>
                        <Fated who chosen/>
                    </For>
                </ul>
                <div class="explain-ask">
                    <div class="field">
                        <label class="field-label" for=tokens_id.clone()>"Prompt"</label>
                        <div class="input-with">
                            <input
                                class="input" id=tokens_id type="text" inputmode="numeric" autocomplete="off"
                                placeholder="short" bind:value=tokens
                            />
                            <span class="input-end input-unit">"tokens"</span>
                        </div>
                    </div>
                    <div class="explain-flags">
                        <Checkbox label="Streamed" value=stream/>
                        <Checkbox label="Tools" value=tools/>
                        <Checkbox label="Images" value=image/>
                        <Checkbox label="JSON schema" value=schema/>
                        <Checkbox label="Force Fallback" value=forced/>
                    </div>
                </div>
                <Stage story=Signal::derive(move || story.get().0) stream/>
            </section>
        </Panel>
    }
}

/// A story, compared by what it tells.
#[derive(Clone, PartialEq)]
struct Told(Story);

/// What a word of the list means.
fn fare(word: &str) -> Fare {
    match word {
        HELD_BACK => Fare { held_back: Some(FailureKind::ServerError), ..Fare::default() },
        word => Fare { fate: words::fate_of(word), held_back: None },
    }
}

/// One target, and how it fares.
#[component]
fn Fated(who: Who, chosen: RwSignal<BTreeMap<Who, String>>) -> impl IntoView {
    let id = fresh_id("fate");
    let (own, other) = (who.clone(), who.clone());
    let now = Memo::new(move |_| {
        chosen.with(|chosen| chosen.get(&own).cloned()).unwrap_or_else(|| "answers".to_owned())
    });
    let options = maig_core::explain::Fate::ALL
        .into_iter()
        .map(words::fate)
        .chain([(HELD_BACK, "is held back by its breaker")]);
    let options: Vec<(&str, &str)> = options.collect();
    let name = who.label.split_once('/').map_or(who.label.clone(), |(_, model)| model.to_owned());
    view! {
        <li class="explain-fate" class:explain-fails=move || now.get() != "answers">
            <label for=id.clone() title=who.label.clone()>
                <span class="explain-name">{name}</span>
                {who.key.map_or_else(|| view! { <span class="small faint">"no key"</span> }.into_any(), |key| view! { <span class="small faint">{key}</span> }.into_any())}
            </label>
            <select class="input select" id=id on:change=move |event| {
                let word = event_target_value(&event);
                chosen.update(|chosen| drop(chosen.insert(other.clone(), word)));
            }>
                {move || {
                    let now = now.get();
                    options.iter().map(|(word, text)| view! { <option value=*word selected=*word == now>{*text}</option> }).collect_view()
                }}
            </select>
        </li>
    }
}
