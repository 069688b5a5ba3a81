//! A whole message → `Answer`.

use serde_json::json;

use super::answer_tool::ANSWER_TOOL;
use super::{finish, usage};
use crate::chat::{Answer, AssistantMessage, Choice, FinishReason, Origin, Part, Reasoning, ToolCall};
use crate::failure::{Failure, FailureKind, evidence};
use crate::provider::Provider;
use crate::wire::anthropic::{Content, Reply};

/// Reads the body of a 200. `emulated`: the request's schema went out as a forced tool, whose input is the text.
///
/// # Errors
/// `bad_response` for what is no message, and whatever the provider says of itself in an error body.
pub fn whole(body: &[u8], emulated: bool) -> Result<Answer, Failure> {
    let reply: Reply = serde_json::from_slice(body).map_err(|_| {
        Failure::seen(FailureKind::BadResponse, "the provider's answer is not the JSON of a message")
    })?;
    if let Some(error) = reply.error {
        return Err(evidence::from_stream_error(Provider::Anthropic, &json!({ "error": error })));
    }
    let Some(content) = reply.content else {
        return Err(Failure::seen(FailureKind::BadResponse, "the provider's answer has no content"));
    };
    let message = message(content, emulated, reply.id.as_deref().unwrap_or_default());
    let finish = match reply.stop_reason {
        Some(reason) => Some(finish::finish(&reason, !message.tool_calls.is_empty())?),
        None if message.tool_calls.is_empty() => None,
        None => Some(FinishReason::ToolCalls),
    };
    Ok(Answer {
        id: reply.id,
        model: reply.model,
        choices: vec![Choice { message, finish }],
        usage: reply.usage.as_ref().map(usage::usage),
    })
}

fn message(content: Vec<Content>, emulated: bool, reply_id: &str) -> AssistantMessage {
    let mut message = AssistantMessage::default();
    let mut text = String::new();
    let mut answer = None;
    for block in content {
        match block {
            Content::Text { text: more } => text.push_str(&more.unwrap_or_default()),
            Content::ToolUse { name, input, .. } if emulated && name.as_deref() == Some(ANSWER_TOOL) => {
                answer = Some(arguments(input));
            }
            Content::ToolUse { id, name, input } => message.tool_calls.push(ToolCall {
                id: call_id(id, reply_id, message.tool_calls.len()),
                name: name.unwrap_or_default(),
                arguments: arguments(input),
                signature: None,
            }),
            Content::Thinking { thinking, signature } => message.reasoning.push(Reasoning {
                origin: Some(Origin::Anthropic),
                text: thinking.unwrap_or_default(),
                signature: signature.filter(|s| !s.is_empty()),
                redacted: None,
            }),
            Content::RedactedThinking { data } => message.reasoning.push(Reasoning {
                origin: Some(Origin::Anthropic),
                redacted: data,
                ..Reasoning::default()
            }),
            Content::Other => {}
        }
    }
    // Words around the forced tool are no part of the JSON that was asked for.
    let text = answer.unwrap_or(text);
    if !text.is_empty() {
        message.parts.push(Part::Text(text));
    }
    message
}

fn arguments(input: Option<serde_json::Value>) -> String {
    match input {
        None | Some(serde_json::Value::Null) => "{}".to_owned(),
        Some(input) => input.to_string(),
    }
}

/// The vendor's id; where it gives none, one made of the message's, so that the same bytes give the same id.
pub(super) fn call_id(id: Option<String>, reply_id: &str, index: usize) -> String {
    id.filter(|id| !id.is_empty()).unwrap_or_else(|| format!("call_{reply_id}_{index}"))
}
