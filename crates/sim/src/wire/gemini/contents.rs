//! The contents of a generateContent request: roles, parts, and that function calls and their responses match.

use serde_json::Value;

use super::ask::{camel_keys, unknown};
use super::error::invalid;
use crate::say::{Asked, tokens};
use crate::wire::ErrorAnswer;

/// What an image counts for, in tokens.
const IMAGE: usize = 258;

/// The signature that `answer` gives out; the other is Google's documented way past the check for foreign histories.
pub(super) const SIGNATURE: &str = "c2ltLXRob3VnaHQ=";
const SKIP: &str = "skip_thought_signature_validator";
/// The same in Base64, without what padding changes.
const SKIP_BASE64: &str = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3";

pub(super) fn read(model: &str, contents: Option<&Value>, asked: &mut Asked) -> Result<(), ErrorAnswer> {
    let Some(contents) = contents.and_then(Value::as_array).filter(|all| !all.is_empty()) else {
        return Err(invalid("* GenerateContentRequest.contents: contents is not specified"));
    };
    let turn = last_question(contents);
    let mut open: Vec<String> = Vec::new();
    for (at, content) in contents.iter().enumerate() {
        let content = &spelled(content);
        let role = content["role"].as_str().unwrap_or("user");
        let Some(parts) = content["parts"].as_array().filter(|parts| !parts.is_empty()) else {
            return Err(invalid(&format!(
                "* GenerateContentRequest.contents[{at}].parts: contents.parts must not be empty."
            )));
        };
        let answers = parts.iter().filter(|part| part["functionResponse"].is_object()).count();
        if answers != open.len() && (answers > 0 || !open.is_empty()) {
            return Err(invalid(
                "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.",
            ));
        }
        if role == "user" && answers == 0 {
            asked.prompt = String::new();
            asked.images = 0;
            asked.results.clear();
        }
        for (nth, part) in parts.iter().enumerate() {
            take(part, &format!("contents[{at}].parts[{nth}]"), role, &mut open, asked)?;
        }
        match role {
            "user" => {}
            "model" => {
                open = called(parts);
                if model.starts_with("gemini-3") && at > turn {
                    signed(parts, at)?;
                }
            }
            _ => return Err(invalid("Please use a valid role: user, model.")),
        }
    }
    match contents.last().and_then(|last| last["role"].as_str()) {
        Some("model") if !open.is_empty() => Err(invalid(
            "Please ensure that function call turn comes immediately before a function response turn.",
        )),
        _ => Ok(()),
    }
}

fn take(
    part: &Value,
    place: &str,
    role: &str,
    open: &mut Vec<String>,
    asked: &mut Asked,
) -> Result<(), ErrorAnswer> {
    let data = |part: &Value, a: &str, b: &str| part[a].is_string() && part[b].is_string();
    for (field, value) in part.as_object().into_iter().flatten() {
        match field.as_str() {
            "text" => {
                let text = value.as_str().unwrap_or_default();
                asked.prompt_tokens += tokens::count(text);
                if role == "user" {
                    asked.prompt.push_str(text);
                }
            }
            "inlineData" if data(value, "mimeType", "data") => {
                asked.images +=
                    usize::from(value["mimeType"].as_str().unwrap_or_default().starts_with("image/"));
                asked.prompt_tokens += IMAGE;
            }
            "fileData" if value["fileUri"].is_string() => {
                asked.images += 1;
                asked.prompt_tokens += IMAGE;
            }
            "functionCall"
                if value["name"].is_string() && (value["args"].is_object() || value["args"].is_null()) =>
            {
                asked.prompt_tokens += 2 + tokens::count(&value["args"].to_string());
            }
            "functionResponse" => {
                let Some(name) = value["name"].as_str().filter(|name| !name.is_empty()) else {
                    let text = format!(
                        "* GenerateContentRequest.{place}.function_response.name: Name cannot be empty."
                    );
                    return Err(invalid(&text));
                };
                if !value["response"].is_object() {
                    let text = format!(
                        "Invalid value at '{place}.function_response.response' (type.googleapis.com/google.protobuf.Struct)"
                    );
                    return Err(invalid(&text));
                }
                let Some(found) = open.iter().position(|open| open == name) else {
                    return Err(invalid(&format!(
                        "Function response `{name}` does not match a function call."
                    )));
                };
                open.remove(found);
                let text = value["response"].to_string();
                asked.prompt_tokens += tokens::count(&text);
                asked.results.push(text);
            }
            "thought" | "thoughtSignature" | "mediaResolution" | "videoMetadata" => {}
            // What Google's own tools did, replayed.
            "executableCode" | "codeExecutionResult" | "toolCall" | "toolResponse" => {}
            "inlineData" | "fileData" | "functionCall" => {
                return Err(invalid(&format!("Invalid value at '{place}.{field}'")));
            }
            _ => return Err(unknown(field, place)),
        }
    }
    Ok(())
}

/// A content with its parts, and what they hold, in camelCase: input is taken in snake_case too.
fn spelled(content: &Value) -> Value {
    let mut content = content.clone();
    for part in content["parts"].as_array_mut().into_iter().flatten() {
        *part = camel_keys(part);
        // Arguments and responses are the app's own words and stay as they are.
        part.as_object_mut().into_iter().flatten().for_each(|(_, held)| *held = camel_keys(held));
    }
    content
}

/// Where the current turn begins: the last user content that is not function responses.
fn last_question(contents: &[Value]) -> usize {
    let asks = |content: &Value| {
        let answers =
            |part: &Value| part["functionResponse"].is_object() || part["function_response"].is_object();
        let parts = content["parts"].as_array();
        content["role"] != "model" && parts.is_some_and(|parts| !parts.iter().all(answers))
    };
    contents.iter().rposition(asks).unwrap_or(0)
}

fn called(parts: &[Value]) -> Vec<String> {
    parts.iter().filter_map(|part| part["functionCall"]["name"].as_str()).map(str::to_owned).collect()
}

/// Gemini 3 wants the signature back that its first call of a step came with.
fn signed(parts: &[Value], at: usize) -> Result<(), ErrorAnswer> {
    let Some(first) = parts.iter().find(|part| part["functionCall"].is_object()) else { return Ok(()) };
    let name = first["functionCall"]["name"].as_str().unwrap_or_default();
    match first["thoughtSignature"].as_str() {
        Some(given) if given == SIGNATURE || given == SKIP || given.starts_with(SKIP_BASE64) => Ok(()),
        // Google's own, from a recording: long, and nobody else can tell whether it is right.
        Some(given) if given.len() >= 64 => Ok(()),
        Some(_) => Err(invalid("Corrupted thought signature.")),
        None => Err(invalid(&format!(
            "Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly. Function call `{name}`, position {at}."
        ))),
    }
}
