//! Fields of the request that a target is sent in place of the caller's.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::TargetField;
use crate::page::routes::draft::Uid;
use crate::page::routes::editor::state::Editor;
use crate::ui::TextArea;

pub const FIELD: TargetField = TargetField {
    path: "parameters",
    name: "parameters",
    view,
    told: |target| {
        let names: Vec<&str> = target.parameters.keys().map(String::as_str).collect();
        (!names.is_empty()).then(|| names.join(", "))
    },
};

fn view(editor: Editor, uid: Uid) -> AnyView {
    let now = editor.draft.with_untracked(|draft| draft.target(uid).map(|target| target.parameters.clone()));
    let text = RwSignal::new(now.filter(|now| !now.is_empty()).map(written).unwrap_or_default());
    Effect::new(move |before: Option<String>| {
        let typed = text.get();
        if before.as_ref().is_some_and(|before| *before != typed) {
            match read(&typed) {
                Ok(parameters) => {
                    editor.unreadable(Some(uid), "parameters", None);
                    editor.edit_target(uid, |target| target.parameters = parameters);
                }
                Err(fault) => editor.unreadable(Some(uid), "parameters", Some(&fault)),
            }
        }
        typed
    });
    view! {
        <TextArea
            name="parameters"
            label="Parameters"
            value=text
            mono=true
            rows=3
            placeholder="{\"temperature\": 0.2}"
            hint="JSON. This target gets these in place of what the app sent."
            check=editor.check(Some(uid), "parameters")
        />
    }
    .into_any()
}

fn written(parameters: Map<String, Value>) -> String {
    serde_json::to_string_pretty(&Value::Object(parameters)).unwrap_or_default()
}

fn read(text: &str) -> Result<Map<String, Value>, String> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_str(text) {
        Ok(Value::Object(parameters)) => Ok(parameters),
        Ok(_) => Err("Not an object; write {\"temperature\": 0.2}.".to_owned()),
        Err(fault) => Err(format!("Not JSON: {fault}.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_is_a_set_of_parameters() {
        for (text, sound) in
            [("", true), ("  ", true), ("{\"a\": [1]}", true), ("{\"a\": ", false), ("3", false)]
        {
            assert_eq!(read(text).is_ok(), sound, "{text}");
        }
    }
}
