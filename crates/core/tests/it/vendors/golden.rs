//! One request in OpenAI's words, and what each wire is told: `tests/fixtures/outgoing/*.json`, written by hand.

use bytes::Bytes;
use maig_core::catalog::ModelCard;
use maig_core::chat::ChatRequest;
use maig_core::provider::Provider;
use maig_core::translate::{Envelope, anthropic, gemini};
use serde_json::Value;

#[test]
fn each_wire_is_told_what_was_meant() {
    for (name, case) in cases() {
        let envelope = Envelope::parse(Bytes::from(case["request"].to_string())).unwrap();
        let request = envelope.request().unwrap();
        for expect in case["anthropic"].as_array().unwrap() {
            check_anthropic(&name, request, expect);
        }
        for expect in case["gemini"].as_array().unwrap() {
            check_gemini(&name, request, expect);
        }
    }
}

/// The fixtures by name.
pub(super) fn cases() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/outgoing");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let cases: Vec<(String, Value)> = files
        .map(|file| {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap())
        })
        .collect();
    assert!(cases.len() >= 16, "fixtures are missing");
    cases
}

fn check_anthropic(name: &str, request: &ChatRequest, expect: &Value) {
    let card = card(Provider::Anthropic, expect);
    let model = expect["model"].as_str().unwrap();
    let told = anthropic::outgoing(request, model, card.as_ref(), request.stream);
    let name = format!("{name}, {model}");
    if let Some(param) = expect["refused"].as_str() {
        assert_eq!(told.unwrap_err().param, param, "{name}");
        return;
    }
    let told = told.unwrap();
    same(&name, &told.body, &told.dropped, expect);
    assert_eq!(told.version, expect["version"], "{name}");
    assert_eq!(told.emulated, expect["emulated"] == true, "{name}");
}

fn check_gemini(name: &str, request: &ChatRequest, expect: &Value) {
    let card = card(Provider::Gemini, expect);
    let model = expect["model"].as_str().unwrap();
    let told = gemini::outgoing(request, model, card.as_ref());
    let name = format!("{name}, {model}");
    if let Some(param) = expect["refused"].as_str() {
        assert_eq!(told.unwrap_err().param, param, "{name}");
        return;
    }
    let told = told.unwrap();
    same(&name, &told.body, &told.dropped, expect);
}

fn same(name: &str, body: &[u8], dropped: &[String], expect: &Value) {
    let body: Value = serde_json::from_slice(body).unwrap();
    assert_eq!(body, expect["body"], "{name}: told\n{body:#}\ninstead of\n{:#}", expect["body"]);
    assert_eq!(serde_json::json!(dropped), expect["dropped"], "{name}");
}

/// The card of a fixture: what it does not say is unknown.
fn card(provider: Provider, expect: &Value) -> Option<ModelCard> {
    let said = &expect["card"];
    said.is_object().then(|| ModelCard {
        provider,
        id: expect["model"].as_str().unwrap().to_owned(),
        aliases: Vec::new(),
        max_input: said["max_input"].as_u64(),
        max_output: said["max_output"].as_u64(),
        price: None,
        ends: None,
        reasoning: said["reasoning"] == true,
        can: serde_json::from_value(said["can"].clone()).unwrap(),
        send_as: None,
    })
}
