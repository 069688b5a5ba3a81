//! A Messages request, judged as Anthropic judges it (its API reference; several rules seen in recordings and in its
//! SDK's types).

use serde_json::{Map, Value};

use super::{error, invalid, messages};
use crate::behaviour::Trouble;
use crate::http::request::Request;
use crate::say::{Asked, AskedTool, Format, tokens};
use crate::state::Shared;
use crate::wire::{ErrorAnswer, bearer, header};

const FIELDS: &str = " model messages max_tokens cache_control container context_management inference_geo mcp_servers \
    metadata output_config output_format service_tier speed stop_sequences stream system temperature thinking \
    tool_choice tools top_k top_p ";

/// Fields of a tool that the app runs.
const TOOL_FIELDS: [&str; 10] = [
    "name",
    "description",
    "input_schema",
    "type",
    "strict",
    "cache_control",
    "eager_input_streaming",
    "allowed_callers",
    "defer_loading",
    "input_examples",
];

/// The version that knows no sampling parameters.
const WITHOUT_SAMPLING: &str = "2026-10-21";

/// Models that take no sampling parameters under either version, and no answer begun for them.
const NEWER: [&str; 9] = [
    "claude-opus-4-7",
    "claude-opus-4-8",
    "claude-opus-5",
    "claude-sonnet-5",
    "claude-haiku-5-5",
    "claude-fable",
    "claude-mythos",
    "claude-opus-6",
    "claude-sonnet-6",
];

/// Keywords of JSON Schema that structured output refuses.
const REFUSED_KEYWORDS: [&str; 16] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "if",
    "not",
    "oneOf",
];

pub(crate) fn authorise(request: &Request, shared: &Shared) -> Result<(), ErrorAnswer> {
    let headers = request.headers();
    match header(&headers, "x-api-key").or_else(|| bearer(&headers)) {
        None => return Err(invalid(401, "authentication_error", "x-api-key header is required")),
        Some(key) if !shared.takes_key(key) => return Err(error(Trouble::Auth, "", None)),
        Some(_) => {}
    }
    match header(&headers, "anthropic-version") {
        Some("2023-06-01" | WITHOUT_SAMPLING) => Ok(()),
        Some(other) => Err(bad(&format!("anthropic-version: \"{other}\" is not a valid version"))),
        None => Err(bad("anthropic-version: header is required")),
    }
}

pub(crate) fn read(request: &Request) -> Result<Asked, ErrorAnswer> {
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|_| bad("The request body is not valid JSON: unexpected character"))?;
    let Some(body) = body.as_object() else { return Err(bad("Input should be a valid dictionary")) };
    let is_known = |field: &str| FIELDS.split_whitespace().any(|known| known == field);
    if let Some(field) = body.keys().find(|field| !is_known(field)) {
        return Err(bad(&format!("{field}: Extra inputs are not permitted")));
    }
    let Some(model) = body.get("model").and_then(Value::as_str).filter(|model| !model.is_empty()) else {
        return Err(bad("model: Field required"));
    };
    let Some(limit) = body.get("max_tokens").and_then(Value::as_u64) else {
        return Err(bad("max_tokens: Field required"));
    };
    let mut asked = Asked { n: 1, ..Asked::default() };
    asked.max_tokens = usize::try_from(limit).ok();
    asked.stream = body.get("stream").and_then(Value::as_bool).unwrap_or(false);
    asked.stop = strings(body.get("stop_sequences"));
    if asked.stop.iter().any(|stop| stop.trim().is_empty()) {
        return Err(bad("stop_sequences: each stop sequence must contain non-whitespace"));
    }
    let newer = NEWER.iter().any(|family| model.starts_with(family));
    sampling(request, model, newer, body)?;
    thinking(body, limit)?;
    tools(body, &mut asked)?;
    if let Some(format) = body.get("output_config").map(|config| &config["format"]).filter(|f| !f.is_null()) {
        if format["type"] != "json_schema" || !format["schema"].is_object() {
            return Err(bad("output_config.format: Input should be a JSON schema format"));
        }
        schema(&format["schema"], "output_config.format.schema")?;
        asked.format = Format::Schema(format["schema"].clone());
    }
    match body.get("system") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => asked.prompt_tokens += tokens::count(text),
        Some(Value::Array(blocks)) => {
            for block in blocks {
                let text = block["text"].as_str().unwrap_or_default();
                if block["type"] != "text" || text.is_empty() {
                    return Err(bad("system: text content blocks must be non-empty"));
                }
                asked.prompt_tokens += tokens::count(text);
            }
        }
        Some(_) => return Err(bad("system: Input should be a valid string or list")),
    }
    let older = !newer && !model.starts_with("claude-opus-4-6") && !model.starts_with("claude-sonnet-4-6");
    messages::read(body.get("messages"), older, &mut asked)?;
    Ok(asked)
}

fn sampling(
    request: &Request,
    model: &str,
    newer: bool,
    body: &Map<String, Value>,
) -> Result<(), ErrorAnswer> {
    let headers = request.headers();
    let version = header(&headers, "anthropic-version").unwrap_or_default();
    for field in ["temperature", "top_p", "top_k"] {
        if !body.contains_key(field) {
            continue;
        }
        if version == WITHOUT_SAMPLING {
            return Err(bad(&format!("{field}: Extra inputs are not permitted")));
        }
        if newer {
            return Err(bad(&format!("`{field}` is not supported by {model}")));
        }
    }
    let temperature = body.get("temperature").and_then(Value::as_f64);
    if temperature.is_some_and(|t| !(0.0..=1.0).contains(&t)) {
        return Err(bad("temperature: range: 0..1"));
    }
    Ok(())
}

fn thinking(body: &Map<String, Value>, limit: u64) -> Result<(), ErrorAnswer> {
    let Some(thinking) = body.get("thinking") else { return Ok(()) };
    if thinking["type"] == "enabled" {
        match thinking["budget_tokens"].as_u64() {
            None => return Err(bad("thinking.enabled.budget_tokens: Field required")),
            Some(budget) if budget < 1024 => {
                return Err(bad(
                    "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
                ));
            }
            Some(budget) if budget >= limit => {
                return Err(bad("`max_tokens` must be greater than `thinking.budget_tokens`."));
            }
            Some(_) => {}
        }
        let choice = body.get("tool_choice").map(|choice| &choice["type"]);
        if choice.is_some_and(|kind| kind == "any" || kind == "tool") {
            return Err(bad("Thinking may not be enabled when tool_choice forces tool use."));
        }
    }
    Ok(())
}

fn tools(body: &Map<String, Value>, asked: &mut Asked) -> Result<(), ErrorAnswer> {
    let tools = body.get("tools").and_then(Value::as_array);
    for (at, tool) in tools.into_iter().flatten().enumerate() {
        let Some(name) = tool["name"].as_str().filter(|name| !name.is_empty()) else {
            return Err(bad(&format!("tools.{at}.custom.name: Field required")));
        };
        // Anthropic's own tools have fields of their own.
        if tool["type"].as_str().is_some_and(|kind| kind != "custom") {
            continue;
        }
        if let Some(field) = tool
            .as_object()
            .into_iter()
            .flatten()
            .map(|(k, _)| k)
            .find(|k| !TOOL_FIELDS.contains(&k.as_str()))
        {
            return Err(bad(&format!("tools.{at}.custom.{field}: Extra inputs are not permitted")));
        }
        if tool["input_schema"]["type"] != "object" {
            return Err(bad(&format!("tools.{at}.custom.input_schema.type: Field required")));
        }
        asked.tools.push(AskedTool { name: name.to_owned(), schema: tool["input_schema"].clone() });
    }
    let Some(choice) = body.get("tool_choice").filter(|choice| !choice.is_null()) else { return Ok(()) };
    let none_given = body.get("tools").and_then(Value::as_array).is_none_or(Vec::is_empty);
    if none_given && choice["type"] != "none" {
        return Err(bad("tool_choice: tools must be provided when tool_choice is set"));
    }
    asked.parallel_off = choice["disable_parallel_tool_use"] == true;
    match choice["type"].as_str() {
        Some("auto" | "any") => {}
        Some("none") => asked.tools_off = true,
        Some("tool") => {
            let name = choice["name"].as_str().unwrap_or_default();
            if !asked.tools.iter().any(|tool| tool.name == name) {
                return Err(bad(&format!(
                    "tool_choice.tool.name: Tool '{name}' not found in provided tools"
                )));
            }
            asked.forced_tool = Some(name.to_owned());
        }
        _ => {
            return Err(bad(
                "tool_choice: Input tag does not match any of the expected tags: 'auto', 'any', 'tool', 'none'",
            ));
        }
    }
    Ok(())
}

/// Every object needs `additionalProperties: false`, and constraints are refused.
fn schema(schema: &Value, path: &str) -> Result<(), ErrorAnswer> {
    let Some(fields) = schema.as_object() else { return Ok(()) };
    if let Some(word) = REFUSED_KEYWORDS.iter().find(|word| fields.contains_key(**word)) {
        return Err(bad(&format!(
            "{path}: For '{}' type, property '{word}' is not supported",
            schema["type"]
        )));
    }
    if schema["type"] == "object" && schema["additionalProperties"] != false {
        return Err(bad(&format!(
            "{path}: For 'object' type, 'additionalProperties' must be explicitly set to false"
        )));
    }
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        self::schema(inner, &format!("{path}.{name}"))?;
    }
    self::schema(&schema["items"], &format!("{path}.items"))?;
    schema["anyOf"].as_array().into_iter().flatten().try_for_each(|one| self::schema(one, path))
}

fn strings(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

pub(super) fn bad(message: &str) -> ErrorAnswer {
    invalid(400, "invalid_request_error", message)
}
