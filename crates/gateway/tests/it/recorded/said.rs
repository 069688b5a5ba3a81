//! What an answer says, in a form that two readings can be compared in: one of the recording, one of what the gateway
//! gave. Both are readings of plain JSON, with none of the code under test.

use std::collections::BTreeMap;

use serde_json::{Value, json};

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) model: Option<String>,
    pub(super) choices: BTreeMap<u64, Spoken>,
    /// Prompt, cached, completion, reasoning, total; `None`: nobody counted.
    pub(super) usage: Option<[u64; 5]>,
    /// The provider failed in the middle.
    pub(super) broke: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Spoken {
    pub(super) text: String,
    pub(super) refusal: String,
    pub(super) reasoning: String,
    /// The same in OpenRouter's form, which may stand beside the other or alone.
    pub(super) details: String,
    /// Name and parsed arguments.
    pub(super) calls: Vec<(String, Value)>,
    pub(super) finish: String,
}

impl Spoken {
    fn is_silent(&self) -> bool {
        self.text.is_empty() && self.refusal.is_empty() && self.reasoning.is_empty() && self.calls.is_empty()
    }
}

impl Said {
    /// Every word has been read.
    pub(super) fn settled(mut self) -> Self {
        for spoken in self.choices.values_mut() {
            let details = std::mem::take(&mut spoken.details);
            if spoken.reasoning.is_empty() {
                spoken.reasoning = details;
            }
        }
        self
    }

    pub(super) fn is_silent(&self) -> bool {
        self.choices.values().all(Spoken::is_silent)
    }
}

pub(super) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(super) fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

/// Arguments as JSON; what a limit or a fault cut off in the middle stays text.
pub(super) fn arguments(raw: &str) -> Value {
    if raw.trim().is_empty() { json!({}) } else { serde_json::from_str(raw).unwrap_or_else(|_| json!(raw)) }
}

/// Adds what a `message` or a `delta` of OpenAI's wire says, calls aside. `content` may be Mistral's list.
pub(super) fn words(message: &Value, spoken: &mut Spoken) {
    match &message["content"] {
        Value::String(text) => spoken.text.push_str(text),
        Value::Array(parts) => {
            for part in parts {
                spoken.text.push_str(part["text"].as_str().unwrap_or_default());
                for thought in list(&part["thinking"]) {
                    spoken.reasoning.push_str(thought["text"].as_str().unwrap_or_default());
                }
            }
        }
        _ => {}
    }
    let word = |field: &str| message[field].as_str().unwrap_or_default();
    spoken.refusal.push_str(word("refusal"));
    match [word("reasoning_content"), word("reasoning")].into_iter().find(|word| !word.is_empty()) {
        Some(reasoning) => spoken.reasoning.push_str(reasoning),
        None => {
            for detail in list(&message["reasoning_details"]) {
                let text = detail["text"].as_str().or(detail["summary"].as_str());
                spoken.details.push_str(text.unwrap_or_default());
            }
        }
    }
}

/// Adds the calls of a whole message, in both of OpenAI's forms.
pub(super) fn whole_calls(message: &Value, spoken: &mut Spoken) {
    let functions =
        list(&message["tool_calls"]).iter().map(|call| &call["function"]).chain([&message["function_call"]]);
    for function in functions {
        let Some(name) = function["name"].as_str().filter(|name| !name.is_empty()) else { continue };
        let given = match &function["arguments"] {
            Value::String(raw) => arguments(raw),
            Value::Null => json!({}),
            object => object.clone(),
        };
        spoken.calls.push((name.to_owned(), given));
    }
}
