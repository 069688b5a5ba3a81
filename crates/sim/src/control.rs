//! The simulator's own doors, for programs that are not Rust: `/_sim/script`, `/_sim/requests`, `/_sim/state`,
//! `/_sim/faults`.

use std::time::Instant;

use serde_json::{Value, json};

use crate::behaviour::{Behaviour, UnknownWord, WORDS};
use crate::http::request::Request;
use crate::http::step::{self, Headers, Step};
use crate::respond::json_answer;
use crate::state::{Recorded, Shared};

pub(crate) fn respond(shared: &Shared, request: &Request, path: &str) -> Vec<Step> {
    let (status, body) = match (request.method(), path) {
        ("PUT" | "POST", "script") => match serde_json::from_slice(&request.body) {
            Ok(script) => match read_script(&script) {
                Ok(script) => {
                    install(shared, script);
                    (200, json!({}))
                }
                Err(unknown) => (400, json!({ "error": unknown.0 })),
            },
            Err(error) => (400, json!({ "error": error.to_string() })),
        },
        ("DELETE", "script") => {
            shared.clear_scripts();
            (200, json!({}))
        }
        ("GET", "requests") => {
            let requests: Vec<Value> = shared.requests().iter().map(as_json).collect();
            (200, json!({ "requests": requests }))
        }
        ("DELETE", "requests") => {
            shared.forget_requests();
            (200, json!({}))
        }
        ("GET", "state") => {
            let left =
                |d: &crate::Departure| json!({ "serial": d.serial, "model": d.model, "ago_ms": ago(d.at) });
            let departures: Vec<Value> = shared.departures().iter().map(left).collect();
            (200, json!({ "open": shared.open(), "departures": departures }))
        }
        ("GET", "faults") => return step::whole(200, "text/plain", &Headers::new(), table().as_bytes()),
        _ => (
            404,
            json!({ "error": "the simulator has PUT and DELETE /_sim/script, GET and DELETE /_sim/requests, GET /_sim/state, GET /_sim/faults" }),
        ),
    };
    json_answer(status, &Headers::new(), &body)
}

/// A script, one entry a model.
pub(crate) struct ScriptEntry {
    model: String,
    next: Option<Vec<Behaviour>>,
    always: Option<Behaviour>,
}

/// Reads `{"gpt-4o": {"next": ["503", "ok"], "always": "429"}}`; a bare text is `always`, a bare list is `next`.
pub(crate) fn read_script(script: &Value) -> Result<Vec<ScriptEntry>, UnknownWord> {
    let Some(models) = script.as_object() else {
        return Err(UnknownWord(
            "a script is an object: {\"gpt-4o\": {\"next\": [\"503\", \"ok\"], \"always\": \"429\"}}"
                .to_owned(),
        ));
    };
    let words = |value: &Value| match value.as_str() {
        Some(words) => Behaviour::parse(words),
        None => Err(UnknownWord(format!("`{value}` is not a text of words"))),
    };
    let list =
        |value: &Value| value.as_array().into_iter().flatten().map(words).collect::<Result<Vec<_>, _>>();
    let mut entries = Vec::new();
    for (model, entry) in models {
        let (mut next, mut always) = (None, None);
        match entry {
            Value::String(_) => always = Some(words(entry)?),
            Value::Array(_) => next = Some(list(entry)?),
            _ => {
                for (field, value) in entry.as_object().into_iter().flatten() {
                    match field.as_str() {
                        "next" => next = Some(list(value)?),
                        "always" => always = Some(words(value)?),
                        _ => {
                            return Err(UnknownWord(format!(
                                "`{field}` of {model}: a script has `next` and `always`"
                            )));
                        }
                    }
                }
            }
        }
        entries.push(ScriptEntry { model: model.clone(), next, always });
    }
    Ok(entries)
}

pub(crate) fn install(shared: &Shared, script: Vec<ScriptEntry>) {
    for entry in script {
        if let Some(next) = entry.next {
            shared.script(&entry.model, next);
        }
        if let Some(always) = entry.always {
            shared.always(&entry.model, always);
        }
    }
}

/// The table of words that faults are written in, as text for people.
pub fn table() -> String {
    let width = WORDS.iter().map(|word| word.example.len()).max().unwrap_or_default();
    WORDS.iter().map(|word| format!("{:width$}  {}\n", word.example, word.about)).collect()
}

fn as_json(request: &Recorded) -> Value {
    let headers: serde_json::Map<String, Value> =
        request.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    json!({
        "serial": request.serial,
        "ago_ms": ago(request.at),
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "headers": headers,
        "model": request.model,
        "body": serde_json::from_slice::<Value>(&request.body)
            .unwrap_or_else(|_| json!(String::from_utf8_lossy(&request.body))),
    })
}

fn ago(at: Instant) -> u64 {
    u64::try_from(at.elapsed().as_millis()).unwrap_or(u64::MAX)
}
