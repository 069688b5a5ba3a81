//! `ChatRequest` → the body of `:generateContent`; the streamed form differs only in its path.
//!
//! Hints that the vendor has no word for are dropped and named. Fields without a neutral word are dropped and named
//! too, except `top_k`, which means the same here. Penalties are refused by the models since 2.5, and log probabilities
//! have no place in our answers, so both count as having no word.

use bytes::Bytes;

use super::{generation, messages, schema, thinking, tools};
use crate::catalog::ModelCard;
use crate::chat::{ChatRequest, ResponseFormat};
use crate::translate::{Unsupported, body};
use crate::wire::gemini::{GenerationConfig, Part, Request, SystemInstruction};

/// What is sent for a request.
#[derive(Debug)]
pub struct Told {
    pub body: Bytes,
    /// What the model could not be told, by the caller's field names.
    pub dropped: Vec<String>,
}

/// What asks for JSON beside function declarations, where earlier models refuse the field for it.
const JSON_ONLY: &str = "Unless you call a function, answer with one valid JSON object and nothing else.";

/// Makes the body for the model that is called `model` in the path.
///
/// # Errors
/// `Unsupported` when the model cannot do what the request needs.
pub fn outgoing(request: &ChatRequest, model: &str, card: Option<&ModelCard>) -> Result<Told, Unsupported> {
    let mut dropped = Vec::new();
    let can = card.map(|card| card.can).unwrap_or_default();
    let generation = generation::of(model);
    let several = request.n.filter(|n| *n > 1);
    if several.is_some() && can.several_choices != Some(true) {
        return Err(Unsupported {
            param: "n".to_owned(),
            reason: "it gives one answer a request".to_owned(),
        });
    }
    let (tools, tool_config) = tools::tools(request, can)?;
    let (mut system_instruction, contents) = messages::messages(request, generation, can, &mut dropped)?;
    let mut config = GenerationConfig {
        max_output_tokens: bound(request, card),
        candidate_count: several,
        stop_sequences: request.stop.iter().map(String::as_str).filter(|stop| !stop.is_empty()).collect(),
        seed: seed(request, &mut dropped),
        thinking_config: thinking::thinking(request.reasoning_effort, generation, model, can, &mut dropped),
        ..GenerationConfig::default()
    };
    sampling(request, can.sampling, &mut config, &mut dropped);
    let with_tools = !tools.is_empty() && generation < generation::Generation::Three;
    match &request.response_format {
        Some(ResponseFormat::JsonSchema { .. }) if can.json_schema == Some(false) => {
            return Err(unsupported_format("it cannot be held to a schema"));
        }
        Some(ResponseFormat::JsonSchema { .. }) if with_tools => {
            return Err(unsupported_format("it cannot be held to a schema while it has tools"));
        }
        Some(ResponseFormat::JsonSchema { schema, .. }) => {
            config.response_mime_type = Some("application/json");
            config.response_json_schema = Some(schema::level(schema));
        }
        Some(ResponseFormat::JsonObject) if with_tools => {
            let parts =
                &mut system_instruction.get_or_insert_with(|| SystemInstruction { parts: Vec::new() }).parts;
            parts.push(Part { text: Some(JSON_ONLY.into()), ..Part::default() });
        }
        Some(ResponseFormat::JsonObject) => config.response_mime_type = Some("application/json"),
        Some(ResponseFormat::Text) | None => {}
    }
    drop_hints(request, &mut dropped);
    let message = Request { contents, system_instruction, tools, tool_config, generation_config: config };
    Ok(Told { body: body::json(&message), dropped })
}

/// A bound above the model's limit would be refused, so it is lowered to it; without one the vendor's default is the
/// limit itself.
fn bound(request: &ChatRequest, card: Option<&ModelCard>) -> Option<u64> {
    let asked = request.max_tokens?;
    Some(card.and_then(|card| card.max_output).map_or(asked, |limit| asked.min(limit)))
}

/// The wire's seed has 32 bits.
fn seed(request: &ChatRequest, dropped: &mut Vec<String>) -> Option<i64> {
    let seed = request.seed?;
    if i32::try_from(seed).is_err() {
        dropped.push("seed".to_owned());
        return None;
    }
    Some(seed)
}

fn sampling(
    request: &ChatRequest,
    taken: Option<bool>,
    config: &mut GenerationConfig<'_>,
    dropped: &mut Vec<String>,
) {
    let top_k = request.other.get("top_k").and_then(serde_json::Value::as_u64);
    if taken == Some(false) {
        // 1 is the default of both, on both sides.
        for (name, is_set) in [
            ("temperature", request.temperature.is_some_and(|t| t != 1.0)),
            ("top_p", request.top_p.is_some_and(|p| p != 1.0)),
            ("top_k", top_k.is_some()),
        ] {
            dropped.extend(is_set.then(|| name.to_owned()));
        }
        return;
    }
    config.temperature = request.temperature.map(|t| t.clamp(0.0, 2.0));
    config.top_p = request.top_p;
    config.top_k = top_k;
}

fn drop_hints(request: &ChatRequest, dropped: &mut Vec<String>) {
    let hints = [
        ("presence_penalty", request.presence_penalty.is_some_and(|penalty| penalty != 0.0)),
        ("frequency_penalty", request.frequency_penalty.is_some_and(|penalty| penalty != 0.0)),
        ("logit_bias", request.logit_bias.is_some()),
        ("logprobs", request.logprobs == Some(true)),
        ("top_logprobs", request.top_logprobs.is_some()),
        ("parallel_tool_calls", request.parallel_tool_calls == Some(false) && !request.tools.is_empty()),
        ("user", request.user.is_some()),
        ("metadata", request.metadata.is_some()),
        (
            "service_tier",
            request.service_tier.as_deref().is_some_and(|tier| tier != "auto" && tier != "default"),
        ),
    ];
    dropped.extend(hints.into_iter().filter(|(_, is_set)| *is_set).map(|(name, _)| name.to_owned()));
    dropped.extend(request.other.keys().filter(|name| *name != "top_k").cloned());
}

fn unsupported_format(reason: &str) -> Unsupported {
    Unsupported { param: "response_format".to_owned(), reason: reason.to_owned() }
}
