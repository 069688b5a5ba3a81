//! What a recording of OpenAI's wire says, whoever's it is.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::said::{Said, arguments, list, number, whole_calls, words};

/// A call that came in pieces.
struct Pieces {
    id: String,
    index: Option<u64>,
    name: String,
    arguments: String,
}

pub(super) fn whole(vendor: &str, body: &Value) -> Said {
    let mut said = Said { model: model(body), usage: usage(vendor, &body["usage"]), ..Said::default() };
    for (at, choice) in list(&body["choices"]).iter().enumerate() {
        let spoken = said.choices.entry(choice["index"].as_u64().unwrap_or(at as u64)).or_default();
        words(&choice["message"], spoken);
        whole_calls(&choice["message"], spoken);
        let word = choice["finish_reason"].as_str().unwrap_or_default();
        match finish(word, !spoken.calls.is_empty()) {
            Some(word) => spoken.finish = word,
            None => said.broke = true,
        }
    }
    said
}

pub(super) fn stream(vendor: &str, chunks: &[Value]) -> Said {
    let mut said = Said::default();
    let mut calls: BTreeMap<u64, Vec<Pieces>> = BTreeMap::new();
    for chunk in chunks {
        if chunk.get("error").is_some_and(|error| !error.is_null()) {
            // After the last finish, an error takes nothing back.
            if said.choices.is_empty() || said.choices.values().any(|spoken| spoken.finish.is_empty()) {
                said.broke = true;
                break;
            }
        }
        said.model = said.model.or_else(|| model(chunk));
        for choice in list(&chunk["choices"]) {
            let index = number(&choice["index"]);
            let spoken = said.choices.entry(index).or_default();
            words(&choice["delta"], spoken);
            let calls = calls.entry(index).or_default();
            for call in list(&choice["delta"]["tool_calls"]) {
                take(calls, call);
            }
            if choice["delta"]["function_call"].is_object() {
                take(calls, &serde_json::json!({"index": 0, "function": choice["delta"]["function_call"]}));
            }
            if let (Some(word), true) = (choice["finish_reason"].as_str(), spoken.finish.is_empty()) {
                word.clone_into(&mut spoken.finish);
            }
        }
        let counts = if chunk["usage"].is_object() { &chunk["usage"] } else { &chunk["x_groq"]["usage"] };
        said.usage = usage(vendor, counts).or(said.usage);
    }
    for (index, calls) in calls {
        let spoken = said.choices.entry(index).or_default();
        spoken.calls = calls.into_iter().map(|call| (call.name, arguments(&call.arguments))).collect();
    }
    if said.broke {
        said.choices.values_mut().for_each(|spoken| spoken.finish.clear());
        return said;
    }
    for spoken in said.choices.values_mut() {
        match finish(&spoken.finish, !spoken.calls.is_empty()) {
            Some(word) => spoken.finish = word,
            None => {
                spoken.finish.clear();
                said.broke = true;
            }
        }
    }
    said
}

/// Adds a fragment to the call that it continues, or begins one. Empty words count as absent.
fn take(calls: &mut Vec<Pieces>, call: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (id, index) = (text(&call["id"]), call["index"].as_u64());
    let (name, fragment) = (text(&call["function"]["name"]), text(&call["function"]["arguments"]));
    let known = calls.iter_mut().rev().find(|known| match (id.is_empty(), index) {
        (true, None) => name.is_empty(),
        (true, Some(_)) => known.index == index,
        (false, _) => known.id == id && known.index == index,
    });
    match known {
        Some(call) => call.arguments.push_str(&fragment),
        None => calls.push(Pieces { id, index, name, arguments: fragment }),
    }
}

/// `None`: the word means that the provider failed.
fn finish(word: &str, has_calls: bool) -> Option<String> {
    let word = match word {
        "" | "stop" | "eos" if has_calls => "tool_calls",
        "" | "stop" | "eos" => "stop",
        "length" | "model_length" => "length",
        "content_filter" | "sensitive" => "content_filter",
        "error" | "insufficient_system_resource" | "network_error" => return None,
        other => other,
    };
    Some(word.to_owned())
}

fn model(body: &Value) -> Option<String> {
    body["model"].as_str().filter(|model| !model.is_empty()).map(str::to_owned)
}

/// Vendors' counts in OpenAI's arithmetic.
fn usage(vendor: &str, raw: &Value) -> Option<[u64; 5]> {
    if !raw["prompt_tokens"].is_u64() && !raw["completion_tokens"].is_u64() {
        return None;
    }
    let prompt = number(&raw["prompt_tokens"]);
    let mut completion = number(&raw["completion_tokens"]);
    let mut reasoning = number(&raw["completion_tokens_details"]["reasoning_tokens"]);
    match vendor {
        // Reasoning is counted beside the completion.
        "xai" => completion += reasoning,
        // Thoughts are in the total alone.
        "gemini" => {
            reasoning = number(&raw["total_tokens"]).saturating_sub(prompt + completion);
            completion += reasoning;
        }
        _ => {}
    }
    let cached = ["prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens"]
        .iter()
        .map(|field| number(&raw[field]))
        .fold(number(&raw["prompt_tokens_details"]["cached_tokens"]), u64::max);
    Some([prompt, cached, completion, reasoning, prompt + completion])
}
