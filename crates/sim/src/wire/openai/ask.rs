//! A chat completions request, judged as the vendor judges it. Each rule here is one that a real server enforces with
//! a 400 (OpenAI's API reference; several seen in recordings).

use serde_json::{Map, Value};

use super::{Vendor, error, invalid, messages};
use crate::behaviour::Trouble;
use crate::http::request::Request;
use crate::say::{Asked, AskedTool, Format};
use crate::state::Shared;
use crate::wire::{ErrorAnswer, bearer, header};

/// Top-level fields that OpenAI knows.
const FIELDS: &str = " model messages audio frequency_penalty function_call functions logit_bias logprobs \
    max_completion_tokens max_tokens metadata modalities moderation n parallel_tool_calls prediction presence_penalty \
    prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier \
    seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity \
    web_search_options ";

/// Top-level fields that Mistral knows.
const MISTRAL_FIELDS: &str = " model messages frequency_penalty guardrails max_tokens metadata n parallel_tool_calls \
    prediction presence_penalty prompt_cache_key prompt_mode random_seed reasoning_effort response_format safe_prompt \
    stop stream temperature tool_choice tools top_p ";

pub(crate) fn authorise(vendor: Vendor, request: &Request, shared: &Shared) -> Result<(), ErrorAnswer> {
    if vendor == Vendor::Open {
        return Ok(());
    }
    let headers = request.headers();
    let key = match vendor {
        Vendor::Azure => header(&headers, "api-key").or_else(|| bearer(&headers)),
        // Azure's `/openai/v1` cannot be told from Groq's by its path; a server there takes either header.
        _ if request.path().contains("/openai/v1/") => {
            bearer(&headers).or_else(|| header(&headers, "api-key"))
        }
        _ => bearer(&headers),
    };
    match key {
        Some(key) if shared.takes_key(key) => Ok(()),
        Some(_) => Err(error(vendor, Trouble::Auth, "", None)),
        None => Err(invalid(
            401,
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth.",
            None,
            None,
        )),
    }
}

pub(crate) fn read(vendor: Vendor, request: &Request, model: Option<&str>) -> Result<Asked, ErrorAnswer> {
    let body: Value = serde_json::from_slice(&request.body)
        .map_err(|_| invalid(400, "We could not parse the JSON body of your request.", None, None))?;
    let Some(body) = body.as_object() else {
        return Err(invalid(400, "The body of your request is not an object.", None, None));
    };
    if vendor == Vendor::Azure && model.is_some() && request.query_value("api-version").is_none() {
        return Err(invalid(404, "Resource not found", None, Some("404")));
    }
    known_fields(vendor, body)?;
    let model = match (model, body.get("model").and_then(Value::as_str)) {
        (Some(model), _) | (None, Some(model)) if !model.is_empty() => model.to_owned(),
        _ => return Err(invalid(400, "you must provide a model parameter", None, None)),
    };
    parameters(&model, body)?;
    let mut asked = Asked { n: 1, ..Asked::default() };
    asked.stream = body.get("stream").and_then(Value::as_bool).unwrap_or(false);
    // Mistral counts without being asked, and knows no `stream_options`.
    asked.include_usage = vendor == Vendor::Mistral
        || body.get("stream_options").is_some_and(|options| options["include_usage"] == true);
    let limit = body.get("max_completion_tokens").or_else(|| body.get("max_tokens")).and_then(Value::as_u64);
    asked.max_tokens = limit.and_then(|limit| usize::try_from(limit).ok());
    asked.n =
        body.get("n").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()).unwrap_or(1).clamp(1, 8);
    asked.stop = match body.get("stop") {
        Some(Value::String(stop)) => vec![stop.clone()],
        Some(Value::Array(stops)) => stops.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    tools(vendor, body, &mut asked)?;
    format(body, &mut asked)?;
    messages::read(vendor, body.get("messages"), &mut asked)?;
    Ok(asked)
}

fn known_fields(vendor: Vendor, body: &Map<String, Value>) -> Result<(), ErrorAnswer> {
    let known = match vendor {
        Vendor::OpenAi => FIELDS,
        Vendor::Mistral => MISTRAL_FIELDS,
        Vendor::Azure | Vendor::Lenient | Vendor::Open => return Ok(()),
    };
    let is_known = |field: &str| known.split_whitespace().any(|name| name == field);
    match body.keys().find(|field| !is_known(field)) {
        None => Ok(()),
        Some(field) if vendor == Vendor::Mistral => Err(super::error::extra_forbidden(&[field])),
        Some(field) => Err(invalid(
            400,
            &format!("Unknown parameter: '{field}'."),
            Some(field),
            Some("unknown_parameter"),
        )),
    }
}

fn parameters(model: &str, body: &Map<String, Value>) -> Result<(), ErrorAnswer> {
    let set = |field: &str| body.get(field).is_some_and(|value| !value.is_null());
    if set("stream_options") && body.get("stream") != Some(&Value::Bool(true)) {
        return Err(invalid(
            400,
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
            Some("stream_options"),
            None,
        ));
    }
    let reasons = ["o1", "o3", "o4", "gpt-5", "gpt-6"].iter().any(|family| model.starts_with(family));
    if reasons && set("max_tokens") {
        return Err(invalid(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            Some("max_tokens"),
            Some("unsupported_parameter"),
        ));
    }
    for (field, least, most) in [
        ("temperature", 0.0, 2.0),
        ("top_p", 0.0, 1.0),
        ("presence_penalty", -2.0, 2.0),
        ("frequency_penalty", -2.0, 2.0),
    ] {
        match body.get(field) {
            None | Some(Value::Null) => {}
            Some(value) if value.as_f64().is_some_and(|n| (least..=most).contains(&n)) => {}
            Some(value) => {
                let text = format!("Invalid '{field}': {value} is not between {least} and {most}.");
                return Err(invalid(400, &text, Some(field), Some("invalid_value")));
            }
        }
    }
    Ok(())
}

fn tools(vendor: Vendor, body: &Map<String, Value>, asked: &mut Asked) -> Result<(), ErrorAnswer> {
    let tools = body.get("tools").and_then(Value::as_array);
    for (at, tool) in tools.into_iter().flatten().enumerate() {
        // A vendor's own tool (Mistral's `web_search`, OpenRouter's) is named by its type alone.
        if vendor != Vendor::OpenAi && tool["type"].as_str().is_some_and(|kind| kind != "function") {
            continue;
        }
        let name = tool["function"]["name"].as_str().unwrap_or_default();
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        let kind = tool["type"].as_str().or((vendor == Vendor::Mistral).then_some("function"));
        if kind != Some("function") || name.is_empty() || name.len() > 64 || !name.chars().all(legal) {
            let param = format!("tools[{at}].function.name");
            let text = format!("Invalid '{param}': string does not match pattern '^[a-zA-Z0-9_-]+$'.");
            return Err(invalid(400, &text, Some(&param), Some("invalid_value")));
        }
        asked.tools.push(AskedTool { name: name.to_owned(), schema: tool["function"]["parameters"].clone() });
    }
    if asked.tools.is_empty() && vendor == Vendor::OpenAi {
        for field in ["tool_choice", "parallel_tool_calls"] {
            if body.get(field).is_some_and(|value| !value.is_null() && value != "none") {
                let text = format!(
                    "Invalid value for '{field}': '{field}' is only allowed when 'tools' are specified."
                );
                return Err(invalid(400, &text, Some(field), None));
            }
        }
    }
    asked.parallel_off = body.get("parallel_tool_calls") == Some(&Value::Bool(false));
    match body.get("tool_choice") {
        None | Some(Value::Null) => {}
        Some(Value::String(word)) => match word.as_str() {
            "none" => asked.tools_off = true,
            // `any` is Mistral's word.
            "auto" | "required" | "any" => {}
            _ => return Err(invalid(400, "Invalid value for 'tool_choice'.", Some("tool_choice"), None)),
        },
        Some(choice) => {
            let name = choice["function"]["name"].as_str();
            if let Some(name) = name
                && !asked.tools.iter().any(|tool| tool.name == name)
            {
                let text = format!("Tool choice '{name}' not found in 'tools' parameter.");
                return Err(invalid(400, &text, Some("tool_choice"), None));
            }
            asked.forced_tool = name.map(str::to_owned);
        }
    }
    Ok(())
}

fn format(body: &Map<String, Value>, asked: &mut Asked) -> Result<(), ErrorAnswer> {
    let Some(format) = body.get("response_format").filter(|format| !format.is_null()) else { return Ok(()) };
    asked.format = match format["type"].as_str() {
        Some("text") => Format::Text,
        Some("json_object") => {
            let said = body.get("messages").map(Value::to_string).unwrap_or_default();
            if !said.to_ascii_lowercase().contains("json") {
                return Err(invalid(
                    400,
                    "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
                    Some("messages"),
                    None,
                ));
            }
            Format::Json
        }
        Some("json_schema") => {
            let named = &format["json_schema"];
            if !named["name"].is_string() {
                let param = Some("response_format.json_schema.name");
                return Err(invalid(
                    400,
                    "Missing required parameter: 'response_format.json_schema.name'.",
                    param,
                    None,
                ));
            }
            let schema = &named["schema"];
            if named["strict"] == true && schema["additionalProperties"] != false {
                let name = named["name"].as_str().unwrap_or_default();
                let text = format!(
                    "Invalid schema for response_format '{name}': In context=(), 'additionalProperties' is required to be supplied and to be false."
                );
                return Err(invalid(400, &text, Some("response_format"), None));
            }
            Format::Schema(schema.clone())
        }
        _ => {
            return Err(invalid(
                400,
                "Invalid value for 'response_format.type'.",
                Some("response_format"),
                None,
            ));
        }
    };
    Ok(())
}
