//! A generateContent request, judged as Google judges it: proto JSON knows its fields and refuses all others.

use serde_json::{Map, Value};

use super::contents;
use super::error::{answer, bad_key, invalid};
use super::schema;
use crate::http::request::Request;
use crate::say::{Asked, AskedTool, Format, tokens};
use crate::state::Shared;
use crate::wire::{ErrorAnswer, bearer, header};

const FIELDS: &str = " contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent labels \
    serviceTier store modelArmorConfig ";

const CONFIG_FIELDS: &str = " stopSequences responseMimeType responseSchema responseJsonSchema responseModalities \
    candidateCount maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs \
    speechConfig thinkingConfig mediaResolution imageConfig enableEnhancedCivicAnswers audioTimestamp routingConfig ";

pub(crate) fn authorise(vertex: bool, request: &Request, shared: &Shared) -> Result<(), ErrorAnswer> {
    let headers = request.headers();
    let key = if vertex {
        bearer(&headers)
    } else {
        header(&headers, "x-goog-api-key").or_else(|| request.query_value("key"))
    };
    match key {
        Some(key) if shared.takes_key(key) || (vertex && key.starts_with("ya29.")) => Ok(()),
        Some(_) => Err(bad_key(vertex)),
        None if vertex => Err(bad_key(true)),
        None => Err(answer(
            403,
            "PERMISSION_DENIED",
            "Method doesn't allow unregistered callers (callers without established identity).",
            Vec::new(),
        )),
    }
}

pub(crate) fn read(vertex: bool, request: &Request, model: &str) -> Result<Asked, ErrorAnswer> {
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|_| invalid("Invalid JSON payload received. Expected a value."))?;
    let Some(body) = body.as_object() else { return Err(invalid("Invalid JSON payload received.")) };
    // Input is taken in snake_case too.
    let body = camelled(body);
    known(body.keys(), FIELDS, "")?;
    if vertex && body.contains_key("store") || !vertex && body.contains_key("labels") {
        let field = if vertex { "store" } else { "labels" };
        return Err(unknown(field, ""));
    }
    let mut asked = Asked { n: 1, ..Asked::default() };
    tools(&body, &mut asked)?;
    config(&body, &mut asked)?;
    if let Some(system) = body.get("systemInstruction") {
        let Some(parts) = system["parts"].as_array().filter(|parts| !parts.is_empty()) else {
            return Err(invalid("GenerateContentRequest.system_instruction.parts: must not be empty."));
        };
        asked.prompt_tokens +=
            parts.iter().filter_map(|part| part["text"].as_str()).map(tokens::count).sum::<usize>();
    }
    contents::read(model, body.get("contents"), &mut asked)?;
    Ok(asked)
}

fn tools(body: &Map<String, Value>, asked: &mut Asked) -> Result<(), ErrorAnswer> {
    for tool in body.get("tools").and_then(Value::as_array).into_iter().flatten() {
        for (at, declared) in tool["functionDeclarations"].as_array().into_iter().flatten().enumerate() {
            let place = format!("tools[0].function_declarations[{at}]");
            known(
                declared.as_object().into_iter().flatten().map(|(key, _)| key),
                " name description parameters parametersJsonSchema response responseJsonSchema behavior ",
                &place,
            )?;
            let name = declared["name"].as_str().unwrap_or_default();
            let legal = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
            let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            if !starts || name.len() > 128 || !name.chars().all(legal) {
                return Err(invalid(&format!("GenerateContentRequest.{place}.name: Invalid function name.")));
            }
            if let Some(parameters) = declared.get("parameters") {
                schema::check(parameters, &format!("{place}.parameters"))?;
            }
            let shape = declared.get("parameters").or_else(|| declared.get("parametersJsonSchema"));
            asked.tools.push(AskedTool { name: name.to_owned(), schema: shape.cloned().unwrap_or_default() });
        }
    }
    let config = body.get("toolConfig").map(|config| &config["functionCallingConfig"]);
    let Some(config) = config.filter(|config| !config.is_null()) else { return Ok(()) };
    let mode = config["mode"].as_str().unwrap_or("AUTO").to_ascii_uppercase();
    let names = config["allowedFunctionNames"].as_array();
    match mode.as_str() {
        "AUTO" if names.is_some() => {
            return Err(invalid(
                "Allowed function names should only be set when function calling mode is ANY or VALIDATED.",
            ));
        }
        "AUTO" | "VALIDATED" => {}
        "ANY" if asked.tools.is_empty() => {
            return Err(invalid("Function calling config is set without function_declarations."));
        }
        "ANY" => asked.forced_tool = names.and_then(|names| names.first()?.as_str()).map(str::to_owned),
        "NONE" => asked.tools_off = true,
        _ => return Err(invalid("Invalid value at 'tool_config.function_calling_config.mode'")),
    }
    Ok(())
}

fn config(body: &Map<String, Value>, asked: &mut Asked) -> Result<(), ErrorAnswer> {
    let Some(config) = body.get("generationConfig").and_then(Value::as_object) else { return Ok(()) };
    let config = camelled(config);
    known(config.keys(), CONFIG_FIELDS, "generation_config")?;
    let count = |field: &str| config.get(field).and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    asked.max_tokens = count("maxOutputTokens");
    asked.n = count("candidateCount").unwrap_or(1).clamp(1, 8);
    if let Some(stops) = config.get("stopSequences").and_then(Value::as_array) {
        if stops.len() > 5 {
            return Err(invalid("stop_sequences: at most 5 are allowed."));
        }
        asked.stop = stops.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    }
    if config.get("temperature").and_then(Value::as_f64).is_some_and(|t| !(0.0..=2.0).contains(&t)) {
        return Err(invalid("The value of temperature must be in the range [0.0, 2.0]."));
    }
    let thinking = config.get("thinkingConfig");
    if thinking.is_some_and(|t| !t["thinkingLevel"].is_null() && !t["thinkingBudget"].is_null()) {
        return Err(invalid("You can only set one of thinking budget and thinking level."));
    }
    let json = config.get("responseMimeType").and_then(Value::as_str) == Some("application/json");
    if let Some(shape) = config.get("responseSchema") {
        schema::check(shape, "generation_config.response_schema")?;
    }
    let shape = config.get("responseSchema").or_else(|| config.get("responseJsonSchema"));
    asked.format = match shape {
        Some(_) if !json => {
            return Err(invalid(
                "response_schema is only supported with response_mime_type application/json.",
            ));
        }
        Some(shape) => Format::Schema(shape.clone()),
        None if json => Format::Json,
        None => Format::Text,
    };
    Ok(())
}

pub(super) fn known<'a>(
    keys: impl Iterator<Item = &'a String>,
    allowed: &str,
    place: &str,
) -> Result<(), ErrorAnswer> {
    for key in keys {
        if !allowed.split_whitespace().any(|known| known == camel(key)) {
            return Err(unknown(key, place));
        }
    }
    Ok(())
}

pub(super) fn unknown(field: &str, place: &str) -> ErrorAnswer {
    let place = if place.is_empty() { String::new() } else { format!(" at '{place}'") };
    invalid(&format!("Invalid JSON payload received. Unknown name \"{field}\"{place}: Cannot find field."))
}

/// An object with its own keys in camelCase; any other value as it is.
pub(super) fn camel_keys(value: &Value) -> Value {
    value.as_object().map_or_else(|| value.clone(), |fields| Value::Object(camelled(fields)))
}

fn camelled(fields: &Map<String, Value>) -> Map<String, Value> {
    fields.iter().map(|(key, value)| (camel(key), value.clone())).collect()
}

/// `snake_case` as proto JSON also takes it, in the spelling that the rest of this file knows.
fn camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut upper = false;
    for letter in name.chars() {
        match letter {
            '_' => upper = true,
            _ if upper => {
                camel.push(letter.to_ascii_uppercase());
                upper = false;
            }
            _ => camel.push(letter),
        }
    }
    camel
}
