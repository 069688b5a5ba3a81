//! `ChatRequest` → the body of `POST /v1/messages`, and what the HTTP layer must say beside it.
//!
//! Hints that the vendor has no word for are dropped and named. Fields without a neutral word are dropped and named
//! too, except `top_k` and `safety_identifier`, which mean the same here.

use bytes::Bytes;

use super::{answer_tool, messages, sampling, thinking, tools};
use crate::catalog::ModelCard;
use crate::chat::{ChatRequest, ResponseFormat};
use crate::translate::{Unsupported, body};
use crate::wire::anthropic::{Format, Metadata, OutputConfig, Request};

/// What is sent for a request, and how its answer is to be read.
#[derive(Debug)]
pub struct Told {
    pub body: Bytes,
    /// What the model could not be told, by the caller's field names.
    pub dropped: Vec<String>,
    /// The JSON schema went out as a forced tool: `whole` and `Stream::new` take this.
    pub emulated: bool,
    /// The `anthropic-version` header that goes with the body.
    pub version: &'static str,
}

/// The room for an answer when the caller sets none and the catalogue knows no limit. Every model takes this much.
const DEFAULT_MAX_TOKENS: u64 = 4096;

/// The two versions of the API that are alive. The new one refuses sampling parameters even at their defaults, the old
/// one takes them for the models that do; a model that the catalogue does not know stays on the old one.
const OLD: &str = "2023-06-01";
const NEW: &str = "2026-10-21";

/// What asks for JSON where the wire has no word for it.
const JSON_ONLY: &str = "Answer with one valid JSON object and nothing else.";

/// Makes the body for the model that goes upstream as `model`.
///
/// # Errors
/// `Unsupported` when the model cannot do what the request needs.
pub fn outgoing(
    request: &ChatRequest,
    model: &str,
    card: Option<&ModelCard>,
    stream: bool,
) -> Result<Told, Unsupported> {
    if request.n.is_some_and(|n| n > 1) {
        return Err(Unsupported {
            param: "n".to_owned(),
            reason: "it gives one answer a request".to_owned(),
        });
    }
    let mut dropped = Vec::new();
    let can = card.map(|card| card.can).unwrap_or_default();
    let emulated = answer_tool::emulates_schema(request, card);
    let max_tokens = max_tokens(request, card);

    let (tools, tool_choice) = tools::tools(request, can, emulated)?;
    let thinking = thinking::thinking(request, card, max_tokens, tool_choice.as_ref(), &mut dropped);
    let sampling = sampling::sampling(request, can, thinking.thinking.is_some_and(|t| t.thinks()));
    dropped.extend(sampling.dropped.iter().cloned());
    let (mut system, messages) = messages::messages(request, can, &mut dropped)?;
    let mut output_config = OutputConfig { effort: thinking.effort, format: None };
    match &request.response_format {
        Some(ResponseFormat::JsonSchema { schema, .. }) if !emulated => {
            output_config.format = Some(Format::JsonSchema { schema: super::schema::strict(schema) });
        }
        Some(ResponseFormat::JsonObject) => {
            let told = system.get_or_insert_default();
            told.push_str(if told.is_empty() { "" } else { "\n\n" });
            told.push_str(JSON_ONLY);
        }
        _ => {}
    }
    let stop_sequences: Vec<&str> =
        request.stop.iter().map(String::as_str).filter(|stop| !stop.trim().is_empty()).collect();
    if stop_sequences.len() < request.stop.len() {
        dropped.push("stop".to_owned());
    }
    let version = if card.is_none() || sampling.is_told() { OLD } else { NEW };
    let message = Request {
        model,
        max_tokens,
        system,
        messages,
        tools,
        tool_choice,
        stop_sequences,
        temperature: sampling.temperature,
        top_p: sampling.top_p,
        top_k: sampling.top_k,
        thinking: thinking.thinking,
        output_config,
        metadata: user(request, &mut dropped).map(|user_id| Metadata { user_id }),
        service_tier: service_tier(request, &mut dropped),
        stream,
    };
    drop_hints(request, &mut dropped);
    Ok(Told { body: body::json(&message), dropped, emulated, version })
}

/// The API demands a bound. Without one from the caller it is the model's own limit, but at most an eighth of its
/// window: older models refuse a prompt whose tokens and this together pass the window, and room that nobody asked for
/// must not be the reason. A bound above the model's limit would be refused, so it is lowered to it.
fn max_tokens(request: &ChatRequest, card: Option<&ModelCard>) -> u64 {
    let limit = card.and_then(|card| card.max_output);
    match (request.max_tokens, limit) {
        (Some(asked), Some(limit)) => asked.min(limit),
        (Some(asked), None) => asked,
        (None, Some(limit)) => {
            let window = card.and_then(|card| card.max_input).unwrap_or(u64::MAX);
            limit.min((window / 8).max(DEFAULT_MAX_TOKENS))
        }
        (None, None) => DEFAULT_MAX_TOKENS,
    }
}

/// An opaque id of the end user. The vendor refuses what tells who they are, and long ids.
fn user<'a>(request: &'a ChatRequest, dropped: &mut Vec<String>) -> Option<&'a str> {
    let (name, id) = match &request.user {
        Some(user) => ("user", user.as_str()),
        None => ("safety_identifier", request.other.get("safety_identifier")?.as_str()?),
    };
    if id.is_empty() || id.len() > 256 || id.contains('@') {
        dropped.push(name.to_owned());
        return None;
    }
    Some(id)
}

fn service_tier(request: &ChatRequest, dropped: &mut Vec<String>) -> Option<&'static str> {
    match request.service_tier.as_deref()? {
        "auto" => Some("auto"),
        "default" | "standard_only" => Some("standard_only"),
        _ => {
            dropped.push("service_tier".to_owned());
            None
        }
    }
}

fn drop_hints(request: &ChatRequest, dropped: &mut Vec<String>) {
    let hints = [
        ("seed", request.seed.is_some()),
        ("presence_penalty", request.presence_penalty.is_some_and(|penalty| penalty != 0.0)),
        ("frequency_penalty", request.frequency_penalty.is_some_and(|penalty| penalty != 0.0)),
        ("logit_bias", request.logit_bias.is_some()),
        ("logprobs", request.logprobs == Some(true)),
        ("top_logprobs", request.top_logprobs.is_some()),
        ("metadata", request.metadata.is_some()),
    ];
    dropped.extend(hints.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name.to_owned()));
    let same_here = ["top_k", "safety_identifier"];
    dropped.extend(request.other.keys().filter(|name| !same_here.contains(&name.as_str())).cloned());
}
