//! The clocks, of the route and of one target. What is left empty has the default that stands in the field.

use leptos::prelude::*;
use maig_core::plan::default_timeouts;
use maig_core::route::{TargetSpec, Timeouts};

use super::{RouteField, TargetField, Warnings, number};
use crate::page::routes::draft::Uid;
use crate::page::routes::editor::state::Editor;
use crate::page::routes::words;
use crate::ui::NumberInput;

pub const ROUTE_FIELD: RouteField = RouteField { view: of_route };
pub const TARGET_FIELD: TargetField =
    TargetField { path: "timeouts", name: "timeouts", view: of_target, told };

/// One clock: its path, how it is called, and where it is kept.
struct Clock {
    path: &'static str,
    name: &'static str,
    hint: &'static str,
    get: fn(&Timeouts) -> Option<u64>,
    set: fn(&mut Timeouts, Option<u64>),
}

macro_rules! clock {
    ($field:ident, $path:literal, $name:literal, $hint:literal) => {
        Clock {
            path: $path,
            name: $name,
            hint: $hint,
            get: |times| times.$field,
            set: |times, ms| times.$field = ms,
        }
    };
}

const CLOCKS: [Clock; 6] = [
    clock!(connect_ms, "timeouts.connect_ms", "Connect", "Until the connection is open."),
    clock!(first_token_ms, "timeouts.first_token_ms", "First token", "Streams: until the first words."),
    clock!(idle_ms, "timeouts.idle_ms", "Silence", "Streams: the longest pause."),
    clock!(answer_ms, "timeouts.answer_ms", "Answer", "Whole answers, while another target remains."),
    clock!(total_ms, "timeouts.total_ms", "Total", "The whole request, with all its attempts."),
    clock!(stream_ms, "timeouts.stream_ms", "Stream", "A stream, once it has begun."),
];

fn of_route(editor: Editor) -> AnyView {
    let defaults = Signal::derive(|| default_timeouts(false));
    let patience = Memo::new(move |_| {
        words::patience(&editor.draft.with(|draft| draft.rest.timeouts).or(default_timeouts(false)))
    });
    view! {
        <fieldset class="route-field">
            <legend>"Timeouts"</legend>
            <p class="field-hint">{move || patience.get()}" Models that reason have longer defaults; a target may have clocks of its own."</p>
            <Clocks editor defaults/>
            <Warnings editor field="timeouts"/>
        </fieldset>
    }
    .into_any()
}

fn of_target(editor: Editor, uid: Uid) -> AnyView {
    let defaults = Signal::derive(move || {
        let reasons = editor.target(uid).is_some_and(|target| {
            editor.around.with(|around| {
                let (provider, model) =
                    maig_core::route::compile::asked(&target, &around.keys, &around.catalog);
                around.catalog.find(provider, model).is_some_and(|card| card.reasoning)
            })
        });
        editor.draft.with(|draft| draft.rest.timeouts).or(default_timeouts(reasons))
    });
    view! {
        <fieldset class="route-inner">
            <legend class="field-label">"Timeouts of this target"</legend>
            <Clocks editor uid defaults/>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Clocks(editor: Editor, #[prop(optional)] uid: Option<Uid>, defaults: Signal<Timeouts>) -> impl IntoView {
    CLOCKS
        .iter()
        .map(|clock| {
            let now = editor.draft.with_untracked(|draft| match uid {
                Some(uid) => draft.target(uid).and_then(|target| (clock.get)(&target.timeouts)),
                None => (clock.get)(&draft.rest.timeouts),
            });
            let text = number(editor, uid, clock.path, now, move |ms| match uid {
                Some(uid) => editor.edit_target(uid, |target| (clock.set)(&mut target.timeouts, ms)),
                None => editor.edit(|route| (clock.set)(&mut route.timeouts, ms)),
            });
            let placeholder = Signal::derive(move || (clock.get)(&defaults.get()).unwrap_or(0).to_string());
            view! {
                <NumberInput
                    name=clock.path
                    label=clock.name
                    value=text
                    placeholder
                    unit="ms"
                    hint=clock.hint
                    check=editor.check(uid, clock.path)
                />
            }
        })
        .collect_view()
        .into_any()
}

fn told(target: &TargetSpec) -> Option<String> {
    let set = CLOCKS.iter().filter_map(|clock| {
        let ms = (clock.get)(&target.timeouts)?;
        Some(format!("{} {}", clock.name.to_lowercase(), words::clock(ms)))
    });
    let set: Vec<String> = set.collect();
    (!set.is_empty()).then(|| set.join(", "))
}
