//! The messages of a chat completions request: roles, parts, and that every tool call has its result.

use serde_json::Value;

use super::error::extra_forbidden;
use super::{Vendor, invalid};
use crate::say::{Asked, tokens};
use crate::wire::ErrorAnswer;

/// What an image counts for, in tokens.
const IMAGE: usize = 85;

pub(super) fn read(vendor: Vendor, messages: Option<&Value>, asked: &mut Asked) -> Result<(), ErrorAnswer> {
    let Some(messages) = messages.and_then(Value::as_array).filter(|all| !all.is_empty()) else {
        return Err(invalid(
            400,
            "Missing required parameter: 'messages'.",
            Some("messages"),
            Some("missing_required_parameter"),
        ));
    };
    let mut open: Vec<String> = Vec::new();
    for (at, message) in messages.iter().enumerate() {
        let role = message["role"].as_str().unwrap_or_default();
        if role != "tool" && !open.is_empty() {
            let text = format!(
                "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {}",
                open.join(", ")
            );
            return Err(invalid(400, &text, Some(&format!("messages.[{at}].role")), None));
        }
        if vendor == Vendor::Mistral {
            mistral_fields(at, message)?;
        }
        match role {
            "system" | "developer" => drop(take_content(vendor, at, message, asked)?),
            "user" => {
                asked.images = 0;
                asked.results.clear();
                let Some(text) = take_content(vendor, at, message, asked)? else {
                    return Err(no_content(at));
                };
                asked.prompt = text;
            }
            "assistant" => {
                let text = take_content(vendor, at, message, asked)?;
                open = calls(vendor, at, message, asked)?;
                if text.is_none()
                    && open.is_empty()
                    && message["refusal"].is_null()
                    && message["function_call"].is_null()
                {
                    return Err(no_content(at));
                }
            }
            "tool" => {
                let id = message["tool_call_id"].as_str().unwrap_or_default();
                let Some(place) = open.iter().position(|open| open == id) else {
                    return Err(invalid(
                        400,
                        "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
                        Some(&format!("messages.[{at}].role")),
                        None,
                    ));
                };
                open.remove(place);
                let text = take_content(vendor, at, message, asked)?;
                asked.results.push(text.unwrap_or_default());
            }
            "function" => {}
            _ => {
                let text = format!(
                    "Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'."
                );
                return Err(invalid(
                    400,
                    &text,
                    Some(&format!("messages[{at}].role")),
                    Some("invalid_value"),
                ));
            }
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    let text = format!(
        "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: {}",
        open.join(", ")
    );
    Err(invalid(400, &text, Some("messages"), None))
}

/// Whether this vendor's server takes parts and lists that OpenAI's refuses (seen in recordings of several).
fn takes_more(vendor: Vendor) -> bool {
    !matches!(vendor, Vendor::OpenAi | Vendor::Azure)
}

/// The content's text; `None` if there is none. Counts its tokens and images.
fn take_content(
    vendor: Vendor,
    at: usize,
    message: &Value,
    asked: &mut Asked,
) -> Result<Option<String>, ErrorAnswer> {
    let anywhere = takes_more(vendor);
    let text = match &message["content"] {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let mut text = String::new();
            for (nth, part) in parts.iter().enumerate() {
                match part["type"].as_str() {
                    Some("text") => text.push_str(part["text"].as_str().unwrap_or_default()),
                    Some("refusal" | "thinking" | "reference") => {}
                    Some("image_url") if anywhere || message["role"] == "user" => {
                        let url = part["image_url"]["url"]
                            .as_str()
                            .or(part["image_url"].as_str())
                            .unwrap_or_default();
                        if !url.starts_with("http") && !url.starts_with("data:image/") {
                            let param = format!("messages[{at}].content[{nth}].image_url");
                            return Err(invalid(
                                400,
                                "Invalid image URL.",
                                Some(&param),
                                Some("invalid_image_url"),
                            ));
                        }
                        asked.images += 1;
                        asked.prompt_tokens += IMAGE;
                    }
                    Some("input_audio" | "file") if message["role"] == "user" => asked.prompt_tokens += IMAGE,
                    // Others have part types of their own.
                    Some(_) if anywhere => asked.prompt_tokens += IMAGE,
                    kind => {
                        let text = format!("Invalid value: '{}'.", kind.unwrap_or_default());
                        let param = format!("messages[{at}].content[{nth}].type");
                        return Err(invalid(400, &text, Some(&param), Some("invalid_value")));
                    }
                }
            }
            text
        }
        Value::Null => return Ok(None),
        _ => {
            let param = format!("messages[{at}].content");
            let text = format!("Invalid type for '{param}': expected one of a string or array of objects.");
            return Err(invalid(400, &text, Some(&param), Some("invalid_type")));
        }
    };
    asked.prompt_tokens += tokens::count(&text) + 1;
    Ok(Some(text))
}

fn calls(vendor: Vendor, at: usize, message: &Value, asked: &mut Asked) -> Result<Vec<String>, ErrorAnswer> {
    let calls = match &message["tool_calls"] {
        Value::Null => return Ok(Vec::new()),
        Value::Array(calls) if !calls.is_empty() || takes_more(vendor) => calls,
        _ => {
            let param = format!("messages[{at}].tool_calls");
            return Err(invalid(
                400,
                &format!("Invalid '{param}': empty array."),
                Some(&param),
                Some("empty_array"),
            ));
        }
    };
    let mut ids = Vec::new();
    for (nth, call) in calls.iter().enumerate() {
        let param = format!("messages[{at}].tool_calls[{nth}]");
        let (Some(id), Some(arguments)) = (call["id"].as_str(), call["function"]["arguments"].as_str())
        else {
            let text = format!("Missing required parameter: '{param}'.");
            return Err(invalid(400, &text, Some(&param), Some("missing_required_parameter")));
        };
        asked.prompt_tokens += 2 + tokens::count(arguments);
        ids.push(id.to_owned());
    }
    Ok(ids)
}

/// Mistral answers 422 to fields that others put into messages, and wants tool ids of nine letters and digits.
fn mistral_fields(at: usize, message: &Value) -> Result<(), ErrorAnswer> {
    const KNOWN: [&str; 6] = ["role", "content", "tool_calls", "tool_call_id", "prefix", "name"];
    let place = at.to_string();
    for (field, _) in message.as_object().into_iter().flatten() {
        if !KNOWN.contains(&field.as_str()) || (field == "name" && message["role"] != "tool") {
            return Err(extra_forbidden(&["messages", &place, field]));
        }
    }
    let ids = message["tool_calls"].as_array().into_iter().flatten().map(|call| &call["id"]);
    for id in ids.chain(Some(&message["tool_call_id"])).filter_map(Value::as_str) {
        if id.len() != 9 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let text = format!("Tool call id was {id} but must be a-z, A-Z, 0-9, with a length of 9.");
            return Err(invalid(400, &text, None, Some("3280")));
        }
    }
    Ok(())
}

fn no_content(at: usize) -> ErrorAnswer {
    let param = format!("messages.[{at}].content");
    invalid(400, &format!("Invalid value for '{param}': expected a string, got null."), Some(&param), None)
}
