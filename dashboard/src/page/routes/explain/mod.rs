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
    // `None` as long as nobody has chosen: what one comes for is to see the primary down.
    let chosen = RwSignal::new(None::<Fates>);
    let (stream, tokens) = (RwSignal::new(true), RwSignal::new(String::new()));
    let (tools, image, schema) = (RwSignal::new(false), RwSignal::new(false), RwSignal::new(false));
    let forced = RwSignal::new(false);
    // A target that is still being written has nothing to rehearse.
    let spec = Memo::new(move |_| {
        let mut spec = spec.get();
        spec.targets.retain(|target| !target.model.trim().is_empty());
        spec
    });
    let whom = Memo::new(move |_| around.with(|around| spec.with(|spec| cast(spec, &around.context()))));
    let fates = Memo::new(move |_| {
        let primary = || whom.with(|whom| whom.first().map(|who| (who.clone(), "server-error".to_owned())));
        chosen.get().unwrap_or_else(|| primary().into_iter().collect())
    });
    let nobody = Memo::new(move |_| whom.with(Vec::is_empty));
    let too_odd = Memo::new(move |_| tokens.with(|text| !text.trim().is_empty() && number(text).is_none()));
    let story = Memo::new(move |_| {
        let needs =
            Needs { tools: tools.get(), image: image.get(), json_schema: schema.get(), ..Needs::default() };
        let prompt_tokens = tokens.with(|text| number(text));
        let fares = fates.with(|fates| fates.iter().map(|(who, word)| (who.clone(), fare(word))).collect());
        let script = Script { stream: stream.get(), needs, prompt_tokens, deadline: None, fares };
        let mut spec = spec.get();
        spec.force_fallback |= forced.get();
        around.with(|around| Told(rehearse(&spec, &around.context(), &script)))
    });
    let reset = move || {
        chosen.set(Some(Fates::new()));
        tokens.set(String::new());
        for flag in [tools, image, schema, forced] {
            flag.set(false);
        }
    };
    let tokens_id = fresh_id("tokens");
    let fault_id = format!("{tokens_id}-error");
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
                        <Fated who fates chosen/>
                    </For>
                </ul>
                <div class="explain-ask">
                    <div class="field">
                        <label class="field-label" for=tokens_id.clone()>"Prompt"</label>
                        <div class="input-with">
                            <input
                                class="input" id=tokens_id type="text" inputmode="numeric" autocomplete="off"
                                placeholder="short" bind:value=tokens
                                aria-invalid=move || too_odd.get().to_string() aria-describedby=fault_id.clone()
                            />
                            <span class="input-end input-unit">"tokens"</span>
                        </div>
                        <p class="field-error" role="alert" id=fault_id hidden=move || !too_odd.get()>"Not a whole number; write one such as 120,000."</p>
                    </div>
                    <div class="explain-flags">
                        <Checkbox label="Streamed" value=stream/>
                        <Checkbox label="Tools" value=tools/>
                        <Checkbox label="Images" value=image/>
                        <Checkbox label="JSON schema" value=schema/>
                        <Checkbox label="Force Fallback" value=forced/>
                    </div>
                </div>
                {move || if nobody.get() {
                    view! { <p class="soft">"Name a target, and see here what happens when it fails."</p> }.into_any()
                } else {
                    view! { <Stage story=Signal::derive(move || story.get().0) stream/> }.into_any()
                }}
            </section>
        </Panel>
    }
}

/// How each target fares, by the words of the list; who is not in it answers.
type Fates = BTreeMap<Who, String>;

/// `120,000`, `120 000`, `120_000`.
fn number(text: &str) -> Option<u64> {
    text.replace([' ', ',', '_'], "").parse().ok()
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
fn Fated(who: Who, fates: Memo<Fates>, chosen: RwSignal<Option<Fates>>) -> impl IntoView {
    let id = fresh_id("fate");
    let (own, other) = (who.clone(), who.clone());
    let now = Memo::new(move |_| {
        fates.with(|fates| fates.get(&own).cloned()).unwrap_or_else(|| "answers".to_owned())
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
                let mut now = fates.get_untracked();
                now.insert(other.clone(), word);
                chosen.set(Some(now));
            }>
                {move || {
                    let now = now.get();
                    options.iter().map(|(word, text)| view! { <option value=*word selected=*word == now>{*text}</option> }).collect_view()
                }}
            </select>
        </li>
    }
}
