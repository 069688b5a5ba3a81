//! A JSON schema for models that cannot be held to one: the answer is asked for as the input of one forced tool, and
//! the readers turn that input back into text. Which requests this holds for is decided here and nowhere else.

use std::borrow::Cow;

use serde_json::Value;

use super::schema;
use crate::catalog::ModelCard;
use crate::chat::{ChatRequest, ResponseFormat};
use crate::translate::Unsupported;
use crate::wire::anthropic::Tool;

/// The tool's name. An app's own tool of this name would be taken for an answer, so it is an unlikely one.
pub(super) const ANSWER_TOOL: &str = "answer_in_json";

/// Whether the request's JSON schema goes out as a forced tool.
pub(super) fn emulates_schema(request: &ChatRequest, card: Option<&ModelCard>) -> bool {
    matches!(request.response_format, Some(ResponseFormat::JsonSchema { .. }))
        && card.and_then(|card| card.can.json_schema) != Some(true)
}

/// The tool whose input is to be the answer.
pub(super) fn answer_tool<'a>(wanted: &Value, description: Option<&'a str>) -> Result<Tool<'a>, Unsupported> {
    let is_object = wanted.get("type").is_none_or(|kind| kind == "object");
    if !is_object {
        return Err(Unsupported {
            param: "response_format".to_owned(),
            reason: "only a schema whose root is an object can be asked for".to_owned(),
        });
    }
    Ok(Tool {
        name: Cow::Borrowed(ANSWER_TOOL),
        description: Some(match description {
            Some(text) => Cow::Owned(format!("Give the answer with this tool, and only with it. {text}")),
            None => Cow::Borrowed("Give the answer with this tool, and only with it."),
        }),
        input_schema: schema::tool_input(Some(wanted)),
        strict: None,
    })
}
