//! Messages made to fit a vendor whose schema is narrower than OpenAI's. Parses the prompt, so it must run only when
//! the bytes show that there is something to do.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::calls::letters;
use super::needs::has_quoted;
use super::quirks::{Quirks, Whitelist};

/// The messages as the vendor takes them; `None`: as they are. `developer`: whether the role is known; `thinks`:
/// whether turns with calls must bring reasoning back.
pub(super) fn fit(
    raw: &[u8],
    quirks: &Quirks,
    developer: bool,
    thinks: bool,
    dropped: &mut Vec<String>,
) -> Option<Vec<u8>> {
    let refuses = quirks.refuses_in_messages;
    let takes_all = developer && !thinks && !quirks.joins_text && refuses.is_empty();
    // All of them in one pass, since the prompt may be long.
    let touches = |word: &[u8]| {
        (!developer && word == b"developer")
            || (thinks && word == b"tool_calls")
            || (quirks.joins_text && word == b"text")
            || refuses.iter().any(|field| field.as_bytes() == word)
    };
    if quirks.only.is_none() && (takes_all || !has_quoted(raw, touches)) {
        return None;
    }
    let Ok(Value::Array(mut messages)) = serde_json::from_slice(raw) else {
        // Not for us to judge: the vendor says what is wrong with it.
        return None;
    };
    let before = messages.clone();
    for message in messages.iter_mut().filter_map(Value::as_object_mut) {
        if !developer && message.get("role").is_some_and(|role| role == "developer") {
            message.insert("role".to_owned(), "system".into());
        }
        for field in refuses {
            remove_everywhere(message, field, dropped);
        }
        if quirks.joins_text {
            join_text(message);
        }
        if thinks
            && calls(message).is_some_and(|calls| !calls.is_empty())
            && message.get("reasoning_content").is_none_or(Value::is_null)
        {
            // Documented for these vendors: while they think, a turn with calls and no reasoning is refused.
            message.insert("reasoning_content".to_owned(), " ".into());
        }
        if let Some(only) = quirks.only {
            keep_only(message, only, dropped);
        }
    }
    if quirks.short_call_ids {
        shorten_ids(&mut messages);
    }
    if messages == before {
        return None;
    }
    Some(Value::Array(messages).to_string().into_bytes())
}

/// Takes a field out of a message, its parts and its calls.
fn remove_everywhere(message: &mut Map<String, Value>, field: &str, dropped: &mut Vec<String>) {
    // A tool's result names its tool, and a function's its function; only speakers' names are refused.
    let is_needed = field == "name" && message.get("role").is_some_and(|role| role == "function");
    let mut found = !is_needed && message.remove(field).is_some_and(|value| !value.is_null());
    if field != "name" {
        for list in ["content", "tool_calls"] {
            let items = message.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
            for item in items.filter_map(Value::as_object_mut) {
                found |= item.remove(field).is_some();
            }
        }
    }
    if found {
        note(dropped, field);
    }
}

fn keep_only(message: &mut Map<String, Value>, only: &Whitelist, dropped: &mut Vec<String>) {
    message.retain(|field, value| {
        let keep = only.message.contains(&field.as_str());
        // A `null` said nothing.
        if !keep && !value.is_null() {
            note(dropped, field);
        }
        keep
    });
    if message.get("role").is_some_and(|role| role == "assistant") {
        let silent = no_text(message.get("content")) && calls(message).is_none_or(Vec::is_empty);
        if silent {
            message.insert("content".to_owned(), " ".into());
        }
    }
    let items = message.get_mut("tool_calls").and_then(Value::as_array_mut).into_iter().flatten();
    for call in items.filter_map(Value::as_object_mut) {
        call.retain(|field, _| matches!(field.as_str(), "id" | "type" | "function" | "index"));
    }
}

fn note(dropped: &mut Vec<String>, field: &str) {
    let name = format!("messages.{field}");
    if !dropped.contains(&name) {
        dropped.push(name);
    }
}

fn calls(message: &Map<String, Value>) -> Option<&Vec<Value>> {
    message.get("tool_calls").and_then(Value::as_array)
}

fn no_text(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(Value::String(text)) => text.is_empty(),
        Some(Value::Array(parts)) => parts.is_empty(),
        Some(_) => false,
    }
}

/// A list of nothing but text becomes the text.
fn join_text(message: &mut Map<String, Value>) {
    let Some(Value::Array(parts)) = message.get("content") else { return };
    let texts: Option<Vec<&str>> =
        parts.iter().map(|part| if part["type"] == "text" { part["text"].as_str() } else { None }).collect();
    if let Some(texts) = texts.filter(|texts| !texts.is_empty()) {
        let joined = texts.join("\n");
        message.insert("content".to_owned(), joined.into());
    }
}

/// Nine letters and digits in place of a foreign id, the same on the call and on its result.
fn shorten_ids(messages: &mut [Value]) {
    let mut known: HashMap<String, String> = HashMap::new();
    let mut shorten = |id: &mut Value| {
        if let Value::String(text) = id
            && (text.len() != 9 || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        {
            *text = known.entry(text.clone()).or_insert_with_key(|id| letters(id, 9)).clone();
        }
    };
    for message in messages.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(id) = message.get_mut("tool_call_id") {
            shorten(id);
        }
        let items = message.get_mut("tool_calls").and_then(Value::as_array_mut).into_iter().flatten();
        items.filter_map(|call| call.get_mut("id")).for_each(&mut shorten);
    }
}
