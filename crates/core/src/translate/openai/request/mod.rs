//! The caller's body in neutral words, for a target of another wire. It takes what OpenAI's schema has, its forms of
//! before tools, and what other vendors of this wire put beside it; what is wrong is named by its path, and a part
//! that has no neutral word makes the target unsuitable, not the request bad.

mod fields;
mod history;
mod media;
mod tools;

use serde_json::{Map, Value};

use super::envelope::OWN_FIELDS;
use crate::chat::{ChatRequest, Effort};
use crate::translate::Refusal;
use fields::Fields;

/// Reads a body by its members.
///
/// # Errors
/// `Bad` names the field at fault, `Unsupported` the one that only OpenAI's wire has.
pub(super) fn parse<'a>(members: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<ChatRequest, Refusal> {
    let mut body = Map::new();
    for (key, raw) in members.filter(|(key, _)| !OWN_FIELDS.contains(key)) {
        let value = serde_json::from_slice(raw)
            .map_err(|error| fields::wrong(key, &format!("cannot be read: {error}")))?;
        body.insert(key.to_owned(), value);
    }
    let mut body = Fields::new("", body);
    let mut request = ChatRequest {
        messages: history::messages(body.list("messages")?)?,
        tools: tools::tools(&mut body)?,
        tool_choice: tools::choice(&mut body)?,
        parallel_tool_calls: body.bool("parallel_tool_calls")?,
        response_format: tools::response_format(&mut body)?,
        max_tokens: body.count("max_tokens")?,
        temperature: body.number("temperature")?,
        top_p: body.number("top_p")?,
        stop: stop(&mut body)?,
        reasoning_effort: effort(&mut body),
        seed: body.integer("seed")?,
        presence_penalty: body.number("presence_penalty")?,
        frequency_penalty: body.number("frequency_penalty")?,
        logit_bias: body.any("logit_bias"),
        logprobs: body.bool("logprobs")?,
        top_logprobs: body.count("top_logprobs")?,
        n: body.count("n")?,
        user: body.text("user")?,
        metadata: body.any("metadata"),
        service_tier: body.text("service_tier")?,
        stream: body.bool("stream")?.unwrap_or(false),
        other: Map::new(),
    };
    request.max_tokens = body.count("max_completion_tokens")?.or(request.max_tokens);
    for steering in ["model", "stream_options"] {
        body.any(steering);
    }
    request.other = body.rest();
    Ok(request)
}

fn stop(body: &mut Fields) -> Result<Vec<String>, Refusal> {
    Ok(match body.any("stop") {
        None => Vec::new(),
        Some(Value::String(one)) => vec![one],
        Some(several) => serde_json::from_value(several)
            .map_err(|_| fields::wrong("stop", "must be a string or a list of strings"))?,
    })
}

/// `reasoning_effort`, or OpenRouter's `reasoning: {effort}`. A word that we do not know stays where it is and is
/// reported as dropped.
fn effort(body: &mut Fields) -> Option<Effort> {
    let said = body.peek("reasoning_effort").and_then(Value::as_str).and_then(Effort::parse);
    if said.is_some() {
        body.any("reasoning_effort");
        return said;
    }
    let said =
        body.peek("reasoning").and_then(|reasoning| reasoning["effort"].as_str()).and_then(Effort::parse);
    if said.is_some() {
        body.any("reasoning");
    }
    said
}
