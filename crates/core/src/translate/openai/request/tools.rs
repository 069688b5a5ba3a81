//! The caller's tools, what it says of their use, and the form that it wants the answer in.

use serde_json::Value;

use super::fields::{Fields, foreign, wrong};
use crate::chat::{ResponseFormat, Tool, ToolChoice};
use crate::translate::Refusal;

/// `tools`, and `functions` of before tools.
pub(super) fn tools(body: &mut Fields) -> Result<Vec<Tool>, Refusal> {
    let mut tools = Vec::new();
    for (at, value) in body.list("tools")?.into_iter().enumerate() {
        let mut tool = Fields::of(format!("tools[{at}]"), value)?;
        if let Some(kind) = tool.text("type")?.filter(|kind| kind != "function") {
            return Err(foreign(&tool.at("type"), format!("tools of type `{kind}` are a provider's own")));
        }
        let Some(function) = tool.object("function")? else {
            return Err(wrong(&tool.at("function"), "is missing"));
        };
        tools.push(self::function(function)?);
    }
    for (at, value) in body.list("functions")?.into_iter().enumerate() {
        tools.push(function(Fields::of(format!("functions[{at}]"), value)?)?);
    }
    Ok(tools)
}

fn function(mut function: Fields) -> Result<Tool, Refusal> {
    Ok(Tool {
        name: function.needed("name")?,
        description: function.text("description")?,
        parameters: function.any("parameters"),
        strict: function.bool("strict")?,
    })
}

/// `tool_choice`, and `function_call` of before tools.
pub(super) fn choice(body: &mut Fields) -> Result<Option<ToolChoice>, Refusal> {
    let name = if body.peek("tool_choice").is_some_and(|choice| !choice.is_null()) {
        "tool_choice"
    } else {
        "function_call"
    };
    let words = "must be none, auto, required, or an object that names a function";
    match body.any(name) {
        None => Ok(None),
        Some(Value::String(word)) => match word.as_str() {
            "none" => Ok(Some(ToolChoice::None)),
            "auto" => Ok(Some(ToolChoice::Auto)),
            // Mistral's word for it is `any`.
            "required" | "any" => Ok(Some(ToolChoice::Required)),
            _ => Err(wrong(name, words)),
        },
        Some(Value::Object(choice)) => named(Fields::new(name, choice), words).map(Some),
        Some(_) => Err(wrong(name, words)),
    }
}

fn named(mut choice: Fields, words: &str) -> Result<ToolChoice, Refusal> {
    match choice.text("type")?.as_deref() {
        None | Some("function") => match choice.object("function")? {
            Some(mut function) => Ok(ToolChoice::Named(function.needed("name")?)),
            None => Ok(ToolChoice::Named(choice.needed("name")?)),
        },
        Some("allowed_tools") => {
            let Some(mut allowed) = choice.object("allowed_tools")? else {
                return Err(wrong(&choice.at("allowed_tools"), "is missing"));
            };
            let required = allowed.text("mode")?.as_deref() == Some("required");
            let path = allowed.at("tools");
            let mut names = Vec::new();
            for (at, tool) in allowed.list("tools")?.into_iter().enumerate() {
                let mut tool = Fields::of(format!("{path}[{at}]"), tool)?;
                let Some(mut function) = tool.object("function")? else {
                    return Err(foreign(&tool.at("type"), "only functions can be allowed"));
                };
                names.push(function.needed("name")?);
            }
            Ok(ToolChoice::Allowed { names, required })
        }
        Some("custom") => Err(foreign(&choice.at("type"), "custom tools are OpenAI's own")),
        Some(_) => Err(wrong(choice.path(), words)),
    }
}

pub(super) fn response_format(body: &mut Fields) -> Result<Option<ResponseFormat>, Refusal> {
    let Some(mut format) = body.object("response_format")? else { return Ok(None) };
    Ok(Some(match format.needed("type")?.as_str() {
        "text" => ResponseFormat::Text,
        "json_object" => ResponseFormat::JsonObject,
        "json_schema" => {
            // An older form has the schema beside the type.
            let mut inner = match format.object("json_schema")? {
                Some(inner) => inner,
                None => format,
            };
            let Some(schema) = inner.any("schema") else {
                return Err(wrong(&inner.at("schema"), "is missing"));
            };
            ResponseFormat::JsonSchema {
                name: inner.text("name")?.unwrap_or_else(|| "answer".to_owned()),
                schema,
                strict: inner.bool("strict")?,
                description: inner.text("description")?,
            }
        }
        _ => return Err(wrong(&format.at("type"), "must be text, json_object or json_schema")),
    }))
}
