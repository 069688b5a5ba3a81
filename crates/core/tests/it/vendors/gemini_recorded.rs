//! Every recorded answer of Gemini and Vertex, read by us and, separately, by the plainest reading of its JSON.

use maig_core::failure::FailureKind;
use maig_core::translate::gemini::{Stream, whole};
use serde_json::Value;

use super::heard::{Heard, cuts, events, play};
use super::recordings::{Recording, recordings};

#[test]
fn whole_responses_and_arrays_of_chunks_are_read_as_recorded() {
    for recording in all().iter().filter(|r| r.status() == 200) {
        let Some(body) = recording.body() else { continue };
        let chunks = body.as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
        let heard = Heard::of(whole(body.to_string().as_bytes()));
        assert_eq!(heard, expected(&chunks), "{}", recording.file);
    }
}

#[test]
fn streams_are_read_as_recorded() {
    for recording in all().iter().filter(|r| r.sse().is_some()) {
        let heard = Heard::of(play(Stream::new(), [recording.sse().unwrap().as_bytes()]));
        assert_eq!(heard, expected(&recording.stream_objects()), "{}", recording.file);
    }
}

#[test]
fn ids_that_the_vendor_does_not_give_are_made_alike_from_the_same_bytes() {
    for recording in all().iter().filter(|r| r.status() == 200 && r.body().is_some()) {
        let body = recording.body().unwrap().to_string();
        assert_eq!(whole(body.as_bytes()), whole(body.as_bytes()), "{}", recording.file);
    }
}

#[test]
fn where_the_bytes_of_a_stream_are_cut_makes_no_difference() {
    let mut streams: Vec<Recording> = all().into_iter().filter(|r| r.sse().is_some()).collect();
    streams.sort_by_key(|recording| recording.sse().unwrap().len());
    // Cutting at each byte costs the square of the length: the shorter half at each byte, the rest in a few sizes.
    let (short, long) = streams.split_at(streams.len() / 2);
    for recording in short {
        let whole = events(Stream::new(), [recording.sse().unwrap().as_bytes()]);
        for pieces in cuts(recording.sse().unwrap()) {
            assert_eq!(events(Stream::new(), pieces), whole, "{}", recording.file);
        }
    }
    for recording in long {
        let bytes = recording.sse().unwrap().as_bytes();
        let whole = events(Stream::new(), [bytes]);
        for size in [1, 7, 64, 1021] {
            assert_eq!(events(Stream::new(), bytes.chunks(size)), whole, "{} in {size}s", recording.file);
        }
    }
}

#[test]
fn an_error_body_is_the_providers_failure_even_under_200() {
    for recording in all().iter().filter(|r| r.status() >= 400) {
        let failure = whole(recording.body().unwrap().to_string().as_bytes()).unwrap_err();
        let expect: &[FailureKind] = match recording.status() {
            400 => &[FailureKind::InvalidRequest, FailureKind::ContextWindow],
            404 => &[FailureKind::ModelUnavailable],
            429 => &[FailureKind::RateLimit],
            other => panic!("no expectation for {other}"),
        };
        assert!(expect.contains(&failure.kind), "{}: {failure:?}", recording.file);
    }
}

fn all() -> Vec<Recording> {
    let mut all = Vec::new();
    for provider in ["gemini", "vertex"] {
        for endpoint in ["generateContent", "streamGenerateContent"] {
            all.extend(recordings(provider, endpoint));
        }
    }
    all
}

/// What the chunks say together, by the field names of the vendor's documentation.
fn expected(chunks: &[Value]) -> Heard {
    let mut heard = Heard::default();
    let mut counts = serde_json::Map::new();
    let mut broken = false;
    // Pieces of streamed arguments: which call, where in it, what.
    let mut leaves: Vec<(usize, String, Value)> = Vec::new();
    for chunk in chunks {
        heard.model = heard.model.or(chunk["modelVersion"].as_str().map(str::to_owned));
        if chunk["promptFeedback"]["blockReason"].is_string() {
            heard.finish = Some("content_filter".to_owned());
        }
        for candidate in chunk["candidates"].as_array().unwrap_or(&Vec::new()) {
            for part in candidate["content"]["parts"].as_array().unwrap_or(&Vec::new()) {
                if let Some(call) = part.get("functionCall").filter(|call| call.get("name").is_none()) {
                    for piece in call["partialArgs"].as_array().unwrap_or(&Vec::new()) {
                        let pointer = piece["jsonPath"].as_str().unwrap()[1..]
                            .replace(['.', '['], "/")
                            .replace(']', "");
                        let value =
                            [&piece["stringValue"], &piece["numberValue"]].into_iter().find(|v| !v.is_null());
                        leaves.push((heard.calls.len() - 1, pointer, value.unwrap().clone()));
                    }
                } else if let Some(call) = part.get("functionCall") {
                    heard.calls.push((call["name"].as_str().unwrap().to_owned(), call["args"].clone()));
                } else if part["thought"] == true {
                    heard.reasoning.push_str(part["text"].as_str().unwrap());
                } else {
                    heard.text.push_str(part["text"].as_str().unwrap_or_default());
                }
            }
            match &candidate["finishReason"] {
                Value::Null => {}
                reason if reason == "STOP" || reason == 1 => {
                    heard.finish =
                        Some(if heard.calls.is_empty() { "stop" } else { "tool_calls" }.to_owned());
                }
                reason if reason == "MAX_TOKENS" => heard.finish = Some("length".to_owned()),
                reason if reason == "SAFETY" => heard.finish = Some("content_filter".to_owned()),
                reason if reason == "UNEXPECTED_TOOL_CALL" => broken = true,
                other => panic!("no expectation for {other}"),
            }
        }
        for (name, count) in chunk["usageMetadata"].as_object().unwrap_or(&serde_json::Map::new()) {
            counts.insert(name.clone(), count.clone());
        }
    }
    if broken {
        return Heard { failed: Some(FailureKind::BadResponse), ..Heard::default() };
    }
    for (_, args) in &mut heard.calls {
        if args.is_null() {
            *args = serde_json::json!({});
        }
    }
    for (call, pointer, value) in leaves {
        put(&mut heard.calls[call].1, &pointer, value);
    }
    let count = |name: &str| counts.get(name).and_then(Value::as_u64).unwrap_or(0);
    let thoughts = count("thoughtsTokenCount");
    heard.usage = counts.contains_key("promptTokenCount").then(|| {
        let prompt = count("promptTokenCount") + count("toolUsePromptTokenCount");
        [prompt, count("cachedContentTokenCount"), count("candidatesTokenCount") + thoughts, thoughts]
    });
    heard
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
                let array = place.as_array_mut().unwrap();
                if array.len() == index {
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
