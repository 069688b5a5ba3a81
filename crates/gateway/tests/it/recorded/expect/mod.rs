//! What the gateway owes for a recording, worked out from the recording's JSON alone, by the vendors' documentation
//! and the contract, with none of the code under test.

mod anthropic;
mod failure;
mod gemini;
mod openai;

use serde_json::Value;

use super::exchange::{Dialect, Exchange};
use super::said::{Said, list};

pub(super) use failure::Refused;

/// What the app is to get.
#[derive(Clone, Debug)]
pub(super) enum Expected {
    Answer(Said),
    /// Nothing but an error.
    Error(Refused),
}

pub(super) fn expected(exchange: &Exchange) -> Expected {
    if exchange.status >= 400 {
        return Expected::Error(failure::of_response(exchange));
    }
    let objects = exchange.objects();
    let said = match exchange.dialect {
        Dialect::OpenAi if exchange.sse.is_some() => openai::stream(&exchange.vendor, &objects),
        Dialect::OpenAi => openai::whole(&exchange.vendor, &objects[0]),
        Dialect::Anthropic if exchange.sse.is_some() => {
            let (message, broke) = anthropic::told(&objects);
            anthropic::said(&message, broke)
        }
        Dialect::Anthropic => anthropic::said(&objects[0], false),
        Dialect::Gemini => gemini::said(&objects),
    }
    .settled();
    let has_error = objects.iter().any(|object| object.get("error").is_some_and(|error| !error.is_null()));
    if (said.broke || has_error) && (said.is_silent() || exchange.sse.is_none()) {
        return Expected::Error(failure::inside_an_answer(exchange, &objects));
    }
    Expected::Answer(said)
}

/// How many answers there are in it, which is what `n` must have been.
pub(super) fn choices(objects: &[Value]) -> u64 {
    let indexes = objects.iter().flat_map(|object| list(&object["choices"]));
    indexes.filter_map(|choice| choice["index"].as_u64()).max().map_or(1, |highest| highest + 1)
}
