//! What we send uses only words that recorded requests, which the vendors took, use too; or words that this file names
//! with their source, where no client of the recordings happened to say them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::golden::cases;
use super::recordings::recordings;

/// Documented by Anthropic (platform.claude.com, Messages API), and in no recording.
const ANTHROPIC_ALSO: &[&str] = &[
    ".metadata",
    ".metadata.user_id",
    ".output_config.effort",
    ".top_k",
    ".thinking.display",
    ".thinking.type=adaptive",
    ".thinking.type=disabled",
    ".messages[].content[].source.url",
    ".messages[].content[].source.type=url",
];

/// Documented by Google (ai.google.dev, generateContent), and in no recording.
const GEMINI_ALSO: &[&str] = &[
    ".generationConfig.candidateCount",
    ".generationConfig.seed",
    ".generationConfig.topP",
    ".generationConfig.topK",
];

#[test]
fn anthropic_is_told_nothing_that_its_recorded_clients_do_not_say() {
    check("anthropic", &[("anthropic", "messages")], ANTHROPIC_ALSO);
}

#[test]
fn gemini_is_told_nothing_that_its_recorded_clients_do_not_say() {
    let endpoints = [
        ("gemini", "generateContent"),
        ("gemini", "streamGenerateContent"),
        ("vertex", "generateContent"),
        ("vertex", "streamGenerateContent"),
    ];
    check("gemini", &endpoints, GEMINI_ALSO);
}

fn check(wire: &str, endpoints: &[(&str, &str)], also: &[&str]) {
    let mut known: BTreeSet<String> = also.iter().map(|word| (*word).to_owned()).collect();
    let mut any = false;
    for recording in endpoints.iter().flat_map(|(provider, endpoint)| recordings(provider, endpoint)) {
        if let (200, Some(request)) = (recording.status(), recording.request()) {
            any = true;
            words(request, "", &mut known);
        }
    }
    for (name, case) in cases().iter().filter(|_| any) {
        for expect in case[wire].as_array().unwrap() {
            let mut said = BTreeSet::new();
            words(&expect["body"], "", &mut said);
            let strange: Vec<&String> = said.difference(&known).collect();
            assert!(strange.is_empty(), "{name}: nobody was heard to say {strange:?}");
        }
    }
}

/// Names of fields with their places, and the values of those that name a kind.
fn words(value: &Value, place: &str, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let place = format!("{place}.{name}");
                into.insert(place.clone());
                let name_a_kind = ["type", "role", "mode"].contains(&name.as_str());
                if let (true, Some(word)) = (name_a_kind, value.as_str()) {
                    into.insert(format!("{place}={word}"));
                }
                // What apps and models put there is not the wire's.
                let free = ["schema", "input_schema", "input", "args", "response", "responseJsonSchema"];
                if !free.contains(&name.as_str()) && name != "parametersJsonSchema" {
                    words(value, &place, into);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| words(value, &format!("{place}[]"), into)),
        _ => {}
    }
}
