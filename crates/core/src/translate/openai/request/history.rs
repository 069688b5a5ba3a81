//! The caller's messages: roles, text, calls and their results, and the reasoning that must go back to who wrote it.

use std::collections::HashMap;

use serde_json::Value;

use super::fields::{Fields, wrong};
use super::media;
use crate::chat::{AssistantMessage, Message, Origin, Part, Reasoning, ToolCall};
use crate::translate::Refusal;
use crate::translate::openai::calls::made_id;
use crate::translate::openai::message::{Detail, google_signature_in};

pub(super) fn messages(list: Vec<Value>) -> Result<Vec<Message>, Refusal> {
    // Before tools, a call had no id and its result named the function.
    let mut functions: HashMap<String, String> = HashMap::new();
    list.into_iter()
        .enumerate()
        .map(|(at, value)| message(at, Fields::of(format!("messages[{at}]"), value)?, &mut functions))
        .collect()
}

fn message(at: usize, mut said: Fields, functions: &mut HashMap<String, String>) -> Result<Message, Refusal> {
    let role = said.needed("role")?;
    Ok(match role.as_str() {
        "system" | "developer" => Message::System { text: media::texts(&mut said)? },
        "user" => Message::User { parts: media::parts(&mut said)?, name: said.text("name")? },
        "assistant" => Message::Assistant(assistant(at, said, functions)?),
        "tool" => Message::Tool { call_id: said.needed("tool_call_id")?, parts: media::parts(&mut said)? },
        "function" => {
            let name = said.needed("name")?;
            let call_id = functions.get(&name).cloned().unwrap_or_else(|| made_id(&name, 0, at));
            Message::Tool { call_id, parts: media::parts(&mut said)? }
        }
        _ => {
            let roles = "must be one of system, developer, user, assistant, tool, function";
            return Err(wrong(&said.at("role"), roles));
        }
    })
}

fn assistant(
    at: usize,
    mut said: Fields,
    functions: &mut HashMap<String, String>,
) -> Result<AssistantMessage, Refusal> {
    let media::Spoken { parts, refusal, thought } = media::spoken(&mut said)?;
    let mut message = AssistantMessage {
        parts,
        refusal: said.text("refusal")?.or(refusal),
        signature: google_signature_in(said.peek("extra_content")),
        ..AssistantMessage::default()
    };
    for (number, call) in said.list("tool_calls")?.into_iter().enumerate() {
        let path = format!("{}[{number}]", said.at("tool_calls"));
        message.tool_calls.push(tool_call(Fields::of(path, call)?)?);
    }
    if let Some(mut call) = said.object("function_call")? {
        let name = call.needed("name")?;
        let id = made_id(&name, 0, at);
        functions.insert(name.clone(), id.clone());
        message.tool_calls.push(ToolCall { id, name, arguments: arguments(&mut call), signature: None });
    }
    let readable = said.text("reasoning_content")?.or(said.text("reasoning").unwrap_or_default()).or(thought);
    message.reasoning = reasoning(said.any("reasoning_details"), readable, &mut message.tool_calls);
    Ok(message)
}

fn tool_call(mut call: Fields) -> Result<ToolCall, Refusal> {
    if let Some(kind) = call.text("type")?.filter(|kind| kind != "function") {
        return Err(super::fields::foreign(
            &call.at("type"),
            format!("calls of type `{kind}` are OpenAI's own"),
        ));
    }
    let id = call.needed("id")?;
    let signature = google_signature_in(call.peek("extra_content"));
    let Some(mut function) = call.object("function")? else {
        return Err(wrong(&call.at("function"), "is missing"));
    };
    Ok(ToolCall { id, name: function.needed("name")?, arguments: arguments(&mut function), signature })
}

/// JSON text; an object in its place is written out.
fn arguments(function: &mut Fields) -> String {
    match function.any("arguments") {
        None => String::new(),
        Some(Value::String(text)) => text,
        Some(object) => object.to_string(),
    }
}

/// What proves the reasoning where there is such; else its text, which only its own vendor reads.
fn reasoning(details: Option<Value>, readable: Option<String>, calls: &mut [ToolCall]) -> Vec<Reasoning> {
    let details: Vec<Detail> =
        details.and_then(|details| serde_json::from_value(details).ok()).unwrap_or_default();
    let mut blocks = Vec::new();
    for detail in details {
        let call =
            calls.iter_mut().find(|call| detail.is_of_a_call() && detail.id.as_ref() == Some(&call.id));
        match call {
            Some(call) => call.signature = detail.into_data(),
            None => blocks.push(detail.into_reasoning()),
        }
    }
    if blocks.is_empty() {
        let text = readable.filter(|text| !text.is_empty());
        blocks.extend(text.map(|text| Reasoning {
            origin: Some(Origin::OpenAiWire),
            text,
            ..Reasoning::default()
        }));
    }
    blocks
}

/// Text of parts, for roles that have nothing else.
pub(super) fn text_of(part: Part) -> Option<String> {
    if let Part::Text(text) = part { Some(text) } else { None }
}
