//! The messages of a Messages request: roles, blocks, and that every tool use has its result in the next message.

use serde_json::Value;

use super::ask::bad;
use crate::say::{Asked, tokens};
use crate::wire::ErrorAnswer;

/// What an image counts for, in tokens.
const IMAGE: usize = 85;

/// `older` models take the beginning of their own answer, and no instructions between the turns.
pub(super) fn read(messages: Option<&Value>, older: bool, asked: &mut Asked) -> Result<(), ErrorAnswer> {
    let Some(messages) = messages.and_then(Value::as_array).filter(|all| !all.is_empty()) else {
        return Err(bad("messages: at least one message is required"));
    };
    if messages[0]["role"] != "user" {
        return Err(bad("messages: first message must use the \"user\" role"));
    }
    let mut open: Vec<String> = Vec::new();
    let mut before = "";
    for (at, message) in messages.iter().enumerate() {
        let role = message["role"].as_str().unwrap_or_default();
        let known = ["role", "content"];
        if let Some((field, _)) =
            message.as_object().into_iter().flatten().find(|(k, _)| !known.contains(&k.as_str()))
        {
            return Err(bad(&format!("messages.{at}.{field}: Extra inputs are not permitted")));
        }
        match role {
            "user" => {
                // Neighbours of one role are one turn.
                if before != "user" {
                    (asked.prompt, asked.images) = (String::new(), 0);
                    asked.results.clear();
                }
                user(at, &message["content"], &mut open, asked)?;
            }
            "assistant" => {
                if before != "assistant" {
                    unanswered(at, &open)?;
                }
                open.extend(assistant(at, &message["content"], asked)?);
            }
            "system" if !older => continue,
            _ => return Err(bad(&format!("messages.{at}.role: Input should be 'user' or 'assistant'"))),
        }
        before = role;
    }
    unanswered(messages.len(), &open)?;
    if before == "assistant" && !older {
        return Err(bad(
            "This model does not support assistant message prefill. The conversation must end with a user message.",
        ));
    }
    Ok(())
}

fn user(at: usize, content: &Value, open: &mut Vec<String>, asked: &mut Asked) -> Result<(), ErrorAnswer> {
    let mut text_came = false;
    for (nth, block) in blocks(at, content)?.iter().enumerate() {
        let place = format!("messages.{at}.content.{nth}");
        match block["type"].as_str() {
            Some("text") => {
                text_came = true;
                let text = text_of(block, &place)?;
                asked.prompt_tokens += tokens::count(text);
                asked.prompt.push_str(text);
            }
            Some("image" | "document") => {
                let source = &block["source"];
                let data = source["media_type"].is_string() && source["data"].is_string();
                let whole = match source["type"].as_str() {
                    Some("base64" | "text") => data,
                    Some("url") => source["url"].as_str().is_some_and(|url| url.starts_with("http")),
                    Some("file") => source["file_id"].is_string(),
                    _ => false,
                };
                if !whole {
                    return Err(bad(&format!("{place}.image.source: Input should be a valid source")));
                }
                asked.images += usize::from(block["type"] == "image");
                asked.prompt_tokens += IMAGE;
            }
            Some("container_upload" | "search_result") => {}
            Some("tool_result") => {
                let id = block["tool_use_id"].as_str().unwrap_or_default();
                let Some(found) = open.iter().position(|open| open == id) else {
                    return Err(bad(&format!(
                        "{place}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
                    )));
                };
                if text_came {
                    return Err(bad(&format!(
                        "{place}: `tool_result` blocks must come first in the message"
                    )));
                }
                open.remove(found);
                let text = result_text(&block["content"]);
                asked.prompt_tokens += tokens::count(&text);
                asked.results.push(text);
            }
            kind => {
                let kind = kind.unwrap_or_default();
                return Err(bad(&format!(
                    "{place}: Input tag '{kind}' found using 'type' does not match any of the expected tags"
                )));
            }
        }
    }
    // A question behind the results is a question.
    if text_came {
        asked.results.clear();
    }
    unanswered(at, open)
}

/// The ids of the tools that this message uses.
fn assistant(at: usize, content: &Value, asked: &mut Asked) -> Result<Vec<String>, ErrorAnswer> {
    let mut ids = Vec::new();
    for (nth, block) in blocks(at, content)?.iter().enumerate() {
        let place = format!("messages.{at}.content.{nth}");
        match block["type"].as_str() {
            Some("text") => asked.prompt_tokens += tokens::count(text_of(block, &place)?),
            Some("tool_use") => {
                let (Some(id), true) = (block["id"].as_str(), block["input"].is_object()) else {
                    return Err(bad(&format!("{place}.tool_use.input: Input should be a valid dictionary")));
                };
                if !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
                    return Err(bad(&format!(
                        "{place}.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"
                    )));
                }
                asked.prompt_tokens += 2 + tokens::count(&block["input"].to_string());
                ids.push(id.to_owned());
            }
            Some("thinking") if !block["signature"].as_str().is_some_and(signed) => {
                return Err(bad(&format!("{place}: Invalid `signature` in `thinking` block")));
            }
            Some("thinking" | "redacted_thinking") => {}
            // What Anthropic's own tools did, replayed.
            Some(kind) if kind == "server_tool_use" || kind.ends_with("_tool_result") => {}
            kind => {
                let kind = kind.unwrap_or_default();
                return Err(bad(&format!(
                    "{place}: Input tag '{kind}' found using 'type' does not match any of the expected tags"
                )));
            }
        }
    }
    Ok(ids)
}

/// Our own signature, or one of Anthropic's from a recording: long, and nobody else can tell whether it is right.
fn signed(signature: &str) -> bool {
    signature.starts_with("sim-") || signature.len() >= 64
}

fn blocks(at: usize, content: &Value) -> Result<Vec<Value>, ErrorAnswer> {
    match content {
        Value::String(text) => Ok(vec![serde_json::json!({ "type": "text", "text": text })]),
        Value::Array(blocks) if !blocks.is_empty() => Ok(blocks.clone()),
        _ => Err(bad(&format!("messages.{at}: all messages must have non-empty content"))),
    }
}

fn text_of<'a>(block: &'a Value, place: &str) -> Result<&'a str, ErrorAnswer> {
    match block["text"].as_str() {
        Some(text) if !text.is_empty() => Ok(text),
        _ => Err(bad(&format!("{place}: text content blocks must be non-empty"))),
    }
}

fn result_text(content: &Value) -> String {
    match content {
        Value::Array(blocks) => blocks.iter().filter_map(|block| block["text"].as_str()).collect(),
        Value::Null => String::new(),
        other => other.as_str().map_or_else(|| other.to_string(), str::to_owned),
    }
}

fn unanswered(at: usize, open: &[String]) -> Result<(), ErrorAnswer> {
    if open.is_empty() {
        return Ok(());
    }
    Err(bad(&format!(
        "messages.{at}: `tool_use` ids were found without `tool_result` blocks immediately after: {}. Each `tool_use` block must have a corresponding `tool_result` block in the next message.",
        open.join(", ")
    )))
}
