//! After which failures the next target is tried.

use leptos::prelude::*;
use maig_core::failure::FailureKind;

use super::{RouteField, Warnings};
use crate::page::routes::editor::state::Editor;
use crate::page::routes::words::{KINDS, KindWords, kind};
use crate::ui::Checkbox;

pub const FIELD: RouteField = RouteField { view };

fn view(editor: Editor) -> AnyView {
    let listed = editor.draft.with_untracked(|draft| draft.rest.retry_on.clone());
    // A kind that is of no use stays where somebody has written it, so that it can be taken out.
    let offered = KINDS.iter().map(|words| words.kind);
    let others: Vec<FailureKind> =
        listed.iter().copied().filter(|one| !offered.clone().any(|kind| kind == *one)).collect();
    let others = others.into_iter().map(|one| KindWords { kind: one, name: kind(one), hint: "" });
    let boxes: Vec<KindWords> = KINDS.iter().copied().chain(others).collect();
    view! {
        <fieldset class="route-field">
            <legend>"Falls over on"</legend>
            <p class="field-hint">"After these the next target is tried. A model that the provider does not know always goes on."</p>
            <div class="route-checks">
                {boxes.into_iter().map(|words| view! { <Kind editor words/> }).collect_view()}
            </div>
            <Warnings editor field="retry_on"/>
        </fieldset>
    }
    .into_any()
}

#[component]
fn Kind(editor: Editor, words: KindWords) -> impl IntoView {
    let KindWords { kind, name, hint } = words;
    let on = RwSignal::new(editor.draft.with_untracked(|draft| draft.rest.retry_on.contains(&kind)));
    Effect::new(move |before: Option<bool>| {
        let on = on.get();
        if before.is_some_and(|before| before != on) {
            editor.edit(|route| {
                route.retry_on.retain(|one| *one != kind);
                if on {
                    route.retry_on.push(kind);
                    // One order, so that the same choice is no difference.
                    route.retry_on.sort_by_key(|one| KINDS.iter().position(|words| words.kind == *one));
                }
            });
        }
        on
    });
    let label = name.get(..1).map(str::to_uppercase).unwrap_or_default() + name.get(1..).unwrap_or_default();
    view! { <Checkbox label value=on hint/> }
}
