//! A whole answer in OpenAI's dialect, from neutral words.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{message, usage};
use crate::chat::{Answer, AssistantMessage, Choice, FinishReason, Media, Part};
use crate::translate::{Head, Whole};

/// The caller's body for an answer.
pub fn whole(answer: &Answer, head: &Head) -> Whole {
    let choices: Vec<Value> =
        answer.choices.iter().enumerate().map(|(at, choice)| written(at, choice)).collect();
    let mut body = json!({
        "id": head.id,
        "object": "chat.completion",
        "created": head.created,
        "model": answer.model.as_ref().unwrap_or(&head.model),
        "choices": choices,
    });
    if let Some(usage) = &answer.usage {
        body["usage"] = usage::write(usage);
    }
    Whole {
        body: Bytes::from(body.to_string()),
        model: answer.model.clone(),
        usage: answer.usage,
        finish: answer.choices.iter().map(|choice| choice.finish).collect(),
        empty: answer.is_empty(),
        refused: !answer.choices.is_empty() && answer.choices.iter().all(refused),
        chars: answer.choices.iter().map(|choice| chars(&choice.message)).sum(),
    }
}

fn refused(choice: &Choice) -> bool {
    choice.finish == Some(FinishReason::ContentFilter) || choice.message.refusal.is_some()
}

fn written(at: usize, choice: &Choice) -> Value {
    let said = &choice.message;
    let reason =
        choice.finish.or(if said.tool_calls.is_empty() { None } else { Some(FinishReason::ToolCalls) });
    json!({
        "index": at,
        "message": assistant(said),
        "logprobs": null,
        "finish_reason": reason.unwrap_or(FinishReason::Stop).as_str(),
    })
}

fn assistant(said: &AssistantMessage) -> Value {
    let text = text(said);
    let mut message = json!({"role": "assistant", "content": text, "refusal": said.refusal});
    let reasoning: String = said.reasoning.iter().map(|block| block.text.as_str()).collect();
    if !reasoning.is_empty() {
        message["reasoning_content"] = reasoning.into();
    }
    let sealed = said.reasoning.iter().filter(|block| block.signature.is_some() || block.redacted.is_some());
    let details: Vec<Value> =
        sealed.enumerate().map(|(at, block)| message::detail(block, &block.text, at)).collect();
    if !details.is_empty() {
        message["reasoning_details"] = details.into();
    }
    if !said.tool_calls.is_empty() {
        message["tool_calls"] = said
            .tool_calls
            .iter()
            .map(|call| {
                let arguments = if call.arguments.is_empty() { "{}" } else { &call.arguments };
                let mut written = json!({
                    "id": call.id,
                    "type": "function",
                    "function": {"name": call.name, "arguments": arguments},
                });
                if let Some(signature) = &call.signature {
                    written["extra_content"] = message::extra_content(signature);
                }
                written
            })
            .collect();
    }
    if let Some(signature) = &said.signature {
        message["extra_content"] = message::extra_content(signature);
    }
    let images: Vec<Value> = said.parts.iter().filter_map(image).collect();
    if !images.is_empty() {
        message["images"] = images.into();
    }
    message
}

/// The text of a message; `null` where there is none, as OpenAI has it beside calls.
fn text(said: &AssistantMessage) -> Option<String> {
    let texts: Vec<&str> = said
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    let nothing_else = said.tool_calls.is_empty() && said.refusal.is_none();
    if texts.is_empty() && !nothing_else { None } else { Some(texts.concat()) }
}

/// A picture that the model made, where OpenRouter puts it: OpenAI's schema has no place.
fn image(part: &Part) -> Option<Value> {
    let url = match part {
        Part::Image(Media::Url(url), _) => url.clone(),
        Part::Image(Media::Data { media_type, data }, _) => format!("data:{media_type};base64,{data}"),
        _ => return None,
    };
    Some(json!({"type": "image_url", "image_url": {"url": url}}))
}

fn chars(said: &AssistantMessage) -> usize {
    let text: usize = said
        .parts
        .iter()
        .map(|part| if let Part::Text(text) = part { text.chars().count() } else { 0 })
        .sum();
    let reasoning: usize = said.reasoning.iter().map(|block| block.text.chars().count()).sum();
    let calls: usize =
        said.tool_calls.iter().map(|call| call.name.chars().count() + call.arguments.chars().count()).sum();
    text + reasoning + calls + said.refusal.as_ref().map_or(0, |refusal| refusal.chars().count())
}

/// The events that would have streamed an answer, in the order of a stream.
pub(in crate::translate) fn events(answer: Answer) -> Vec<crate::chat::ChatEvent> {
    use crate::chat::ChatEvent as Event;
    let mut events = vec![Event::Start { id: answer.id, model: answer.model }];
    for (choice, Choice { message, finish }) in (0u32..).zip(answer.choices) {
        for block in message.reasoning {
            if !block.text.is_empty() {
                events.push(Event::Reasoning { choice, text: block.text.clone() });
            }
            if block.signature.is_some() || block.redacted.is_some() {
                events.push(Event::ReasoningSeal { choice, block });
            }
        }
        for part in message.parts {
            if let Part::Text(text) = part {
                events.push(Event::Text { choice, text });
            }
        }
        events.extend(message.refusal.map(|text| Event::Refusal { choice, text }));
        let called = !message.tool_calls.is_empty();
        for (index, call) in (0u32..).zip(message.tool_calls) {
            let fragment = if call.arguments.is_empty() { "{}".to_owned() } else { call.arguments };
            events.push(Event::ToolStart {
                choice,
                index,
                id: call.id,
                name: call.name,
                signature: call.signature,
            });
            events.push(Event::ToolArguments { choice, index, fragment });
        }
        events.extend(message.signature.map(|signature| Event::Signature { choice, signature }));
        let reason = finish.unwrap_or(FinishReason::Stop);
        events.push(Event::Finish { choice, reason: super::finish::with_calls(reason, called) });
    }
    events.extend(answer.usage.map(Event::Usage));
    events
}
