//! What a recording of Gemini's `generateContent` says, on AI Studio and Vertex, streamed and not.

use serde_json::{Map, Value, json};

use super::super::said::{Said, Spoken, list};

pub(super) fn said(chunks: &[Value]) -> Said {
    let mut said = Said::default();
    let mut counts = Map::new();
    let mut choices: Vec<(u64, Spoken)> = Vec::new();
    // Streamed arguments: whose, where in them, what.
    let mut leaves: Vec<(usize, String, Value)> = Vec::new();
    for chunk in chunks {
        said.broke |= chunk.get("error").is_some();
        said.model = said.model.or(chunk["modelVersion"].as_str().map(str::to_owned));
        if chunk["promptFeedback"]["blockReason"].is_string() {
            choices = vec![(0, Spoken { finish: "content_filter".to_owned(), ..Spoken::default() })];
        }
        for candidate in list(&chunk["candidates"]) {
            let index = candidate["index"].as_u64().unwrap_or(0);
            let at = choices.iter().position(|(known, _)| *known == index).unwrap_or_else(|| {
                choices.push((index, Spoken::default()));
                choices.len() - 1
            });
            let spoken = &mut choices[at].1;
            for part in list(&candidate["content"]["parts"]) {
                match part.get("functionCall") {
                    Some(call) if call["name"].is_string() => {
                        let args = if call["args"].is_null() { json!({}) } else { call["args"].clone() };
                        spoken.calls.push((call["name"].as_str().unwrap_or_default().to_owned(), args));
                    }
                    Some(call) => {
                        for piece in list(&call["partialArgs"]) {
                            let path = piece["jsonPath"].as_str().unwrap_or_default().trim_start_matches('$');
                            let value = [&piece["stringValue"], &piece["numberValue"], &piece["boolValue"]]
                                .into_iter()
                                .find(|value| !value.is_null());
                            let pointer = path.replace(['.', '['], "/").replace(']', "");
                            leaves.push((
                                spoken.calls.len() - 1,
                                pointer,
                                value.cloned().unwrap_or_default(),
                            ));
                        }
                    }
                    None if part["thought"] == true => {
                        spoken.reasoning.push_str(part["text"].as_str().unwrap_or_default());
                    }
                    None => spoken.text.push_str(part["text"].as_str().unwrap_or_default()),
                }
            }
            match finish(&candidate["finishReason"], !spoken.calls.is_empty()) {
                Ok(Some(word)) => word.clone_into(&mut spoken.finish),
                Ok(None) => {}
                Err(()) => said.broke = true,
            }
        }
        for (name, count) in chunk["usageMetadata"].as_object().into_iter().flatten() {
            counts.insert(name.clone(), count.clone());
        }
    }
    said.choices = choices.into_iter().collect();
    for (call, pointer, value) in leaves {
        put(&mut said.choices.get_mut(&0).unwrap().calls[call].1, &pointer, value);
    }
    if said.broke {
        said.choices.values_mut().for_each(|spoken| spoken.finish.clear());
    }
    let count = |name: &str| counts.get(name).and_then(Value::as_u64).unwrap_or(0);
    let thoughts = count("thoughtsTokenCount");
    said.usage = counts.contains_key("promptTokenCount").then(|| {
        let prompt = count("promptTokenCount") + count("toolUsePromptTokenCount");
        let completion = count("candidatesTokenCount") + thoughts;
        [prompt, count("cachedContentTokenCount"), completion, thoughts, prompt + completion]
    });
    said
}

/// `Err`: the word means that the provider failed.
fn finish(reason: &Value, has_calls: bool) -> Result<Option<&'static str>, ()> {
    let word = match reason {
        Value::Null => return Ok(None),
        // Older client libraries wrote the enum's number.
        Value::Number(number) => match number.as_u64() {
            Some(1) => "STOP",
            Some(2) => "MAX_TOKENS",
            Some(3 | 4) => "SAFETY",
            _ => "OTHER",
        },
        word => word.as_str().unwrap_or_default(),
    };
    Ok(Some(match word {
        "STOP" if has_calls => "tool_calls",
        "STOP" => "stop",
        "MAX_TOKENS" => "length",
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "MODEL_ARMOR"
        | "LANGUAGE" => "content_filter",
        _ => return Err(()),
    }))
}

/// Joins a leaf into arguments, by a JSON pointer whose numbers are places in arrays.
fn put(args: &mut Value, pointer: &str, value: Value) {
    let mut place = args;
    for step in pointer.split('/').skip(1) {
        place = match step.parse::<usize>() {
            Ok(index) => {
                if place.is_null() {
                    *place = Value::Array(Vec::new());
                }
                let array = place.as_array_mut().expect("an array's place");
                while array.len() <= index {
                    array.push(Value::Null);
                }
                &mut array[index]
            }
            Err(_) => &mut place[step],
        };
    }
    match (place.as_str(), value.as_str()) {
        (Some(text), Some(more)) => *place = format!("{text}{more}").into(),
        _ => *place = value,
    }
}
