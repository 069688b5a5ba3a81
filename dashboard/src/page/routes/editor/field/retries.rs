//! How often the same target is asked again before the next one is.

use leptos::prelude::*;
use maig_core::route::validate::MOST_RETRIES;

use super::{TargetField, number};
use crate::page::routes::draft::Uid;
use crate::page::routes::editor::state::Editor;
use crate::ui::NumberInput;

pub const FIELD: TargetField = TargetField {
    path: "retries",
    name: "retries",
    view,
    told: |target| match target.retries {
        0 => None,
        1 => Some("1 retry".to_owned()),
        times => Some(format!("{times} retries")),
    },
};

fn view(editor: Editor, uid: Uid) -> AnyView {
    let now = editor.draft.with_untracked(|draft| draft.target(uid).map_or(0, |target| target.retries));
    let shown = (now > 0).then_some(u64::from(now));
    let text = number(editor, Some(uid), "retries", shown, move |times| {
        // More than fits is as wrong as one too many, and is refused in the same words.
        let times = u8::try_from(times.unwrap_or(0)).unwrap_or(u8::MAX);
        editor.edit_target(uid, |target| target.retries = times);
    });
    view! {
        <NumberInput
            name="retries"
            label="Retries"
            value=text
            placeholder="0"
            unit="times"
            hint=format!("Up to {MOST_RETRIES}, after failures that may pass; a silent target is never asked twice.")
            check=editor.check(Some(uid), "retries")
        />
    }
    .into_any()
}
