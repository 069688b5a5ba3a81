//! The fields of a route. A new one is one file here, with a `FIELD`, and one line in a list below; comparing, bringing
//! back, merging and YAML take it from the route itself.

mod key;
mod model;
mod parameters;
mod retries;
mod retry_on;
mod timeouts;

use leptos::prelude::*;
use maig_core::route::TargetSpec;

use super::state::Editor;
use crate::page::routes::draft::Uid;

/// A field of the route itself.
pub struct RouteField {
    pub view: fn(Editor) -> AnyView,
}

/// A field of a target.
pub struct TargetField {
    /// Where its value stands in the target.
    pub path: &'static str,
    /// As the fold that it is in announces it.
    pub name: &'static str,
    pub view: fn(Editor, Uid) -> AnyView,
    /// What a folded target says of it; `None` where it has its default.
    pub told: fn(&TargetSpec) -> Option<String>,
}

/// In the order of the page.
pub const ROUTE_FIELDS: &[RouteField] = &[retry_on::FIELD, timeouts::ROUTE_FIELD];

/// What every target shows.
pub const MODEL: TargetField = model::FIELD;

/// What a target shows when it is unfolded.
pub const TARGET_FIELDS: &[TargetField] =
    &[key::FIELD, retries::FIELD, parameters::FIELD, timeouts::TARGET_FIELD];

/// The warnings of a place, in words.
#[component]
pub fn Warnings(
    editor: Editor,
    #[prop(optional_no_strip)] uid: Option<Uid>,
    field: &'static str,
) -> impl IntoView {
    view! {
        <ul class="route-warnings">
            <For each=move || editor.warnings(uid, field) key=Clone::clone let:text>
                <li><crate::ui::Svg of=crate::ui::Icon::Warning label="Warning"/><span>{text}</span></li>
            </For>
        </ul>
    }
}

/// A text that stands for a whole number, or for none where it is empty. `write` gets each number; a text that is none
/// is kept and told.
pub(super) fn number(
    editor: Editor,
    uid: Option<Uid>,
    field: &'static str,
    value: Option<u64>,
    write: impl Fn(Option<u64>) + 'static,
) -> RwSignal<String> {
    let text = RwSignal::new(value.map(|number| number.to_string()).unwrap_or_default());
    Effect::new(move |before: Option<String>| {
        let typed = text.get();
        if before.as_ref().is_some_and(|before| *before != typed) {
            let bare: String = typed.chars().filter(|letter| !matches!(letter, ' ' | ',' | '_')).collect();
            match (bare.is_empty(), bare.parse()) {
                (true, _) => (editor.unreadable(uid, field, None), write(None)).1,
                (false, Ok(number)) => (editor.unreadable(uid, field, None), write(Some(number))).1,
                (false, Err(_)) => {
                    editor.unreadable(uid, field, Some("Not a whole number; write one such as 5000."))
                }
            }
        }
        typed
    });
    text
}
