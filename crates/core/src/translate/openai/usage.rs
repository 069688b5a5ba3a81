//! Vendors' counts in OpenAI's arithmetic, told from the numbers alone, so that it holds behind any base URL.

use serde_json::{Map, Value, json};

use super::mirror;
use crate::chat::Usage;
use crate::wire::openai as wire;

/// What a `usage` object says.
#[derive(Clone, Copy, Debug)]
pub(super) struct Counted {
    pub(super) usage: Usage,
    /// It says so where OpenAI says it, and in OpenAI's arithmetic.
    pub(super) is_canonical: bool,
}

/// Reads a `usage` object. `None`: it is no object of counts.
pub(super) fn read(raw: &str) -> Option<Counted> {
    let counts = mirror::usage(raw).ok()?;
    if counts.prompt_tokens.is_none() && counts.completion_tokens.is_none() {
        return None;
    }
    let usage = normal(&counts);
    Some(Counted { usage, is_canonical: is_canonical(&counts, &usage) })
}

fn normal(counts: &wire::Usage) -> Usage {
    let prompt = counts.prompt_tokens.unwrap_or(0);
    let said = counts.completion_tokens.unwrap_or(0);
    let said_reasoning =
        counts.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens);
    let reasoning = said_reasoning.unwrap_or(0);
    let details = counts.prompt_tokens_details.clone().unwrap_or_default();
    let beyond = counts.total_tokens.unwrap_or(0).saturating_sub(prompt.saturating_add(said));
    let (completion, reasoning) = if beyond == 0 || counts.prompt_audio_seconds.is_some() {
        (said, reasoning)
    } else if beyond == reasoning {
        // xAI counts reasoning beside the completion.
        (said + reasoning, reasoning)
    } else if reasoning == 0 {
        // Gemini behind this wire hides its thoughts in the total.
        (said + beyond, beyond)
    } else {
        (said, reasoning)
    };
    Usage {
        prompt,
        cached: [
            details.cached_tokens,
            counts.prompt_cache_hit_tokens,
            counts.cached_tokens,
            counts.num_cached_tokens,
        ]
        .into_iter()
        .flatten()
        .max()
        .unwrap_or(0),
        cache_written: details.cache_write_tokens.or(counts.cache_creation_input_tokens).unwrap_or(0),
        completion,
        reasoning,
        estimated: false,
    }
}

fn is_canonical(counts: &wire::Usage, usage: &Usage) -> bool {
    let cached = counts.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens).unwrap_or(0);
    let reasoning =
        counts.completion_tokens_details.as_ref().and_then(|details| details.reasoning_tokens).unwrap_or(0);
    counts.prompt_tokens == Some(usage.prompt)
        && counts.completion_tokens == Some(usage.completion)
        && counts.total_tokens == Some(usage.total())
        && cached == usage.cached
        && reasoning == usage.reasoning
}

/// The vendor's object with OpenAI's fields put right; its own fields stay.
pub(super) fn put_right(raw: &str, usage: &Usage) -> Value {
    let mut object = match serde_json::from_str(raw) {
        Ok(Value::Object(object)) => object,
        _ => Map::new(),
    };
    fill(&mut object, usage);
    Value::Object(object)
}

/// A `usage` object of our own.
pub(super) fn write(usage: &Usage) -> Value {
    let mut object = Map::new();
    fill(&mut object, usage);
    Value::Object(object)
}

fn fill(object: &mut Map<String, Value>, usage: &Usage) {
    object.insert("prompt_tokens".to_owned(), json!(usage.prompt));
    object.insert("completion_tokens".to_owned(), json!(usage.completion));
    object.insert("total_tokens".to_owned(), json!(usage.total()));
    let mut detail = |group: &str, name: &str, count: u64| {
        let details = object.entry(group).or_insert_with(|| json!({}));
        if !details.is_object() {
            *details = json!({});
        }
        details[name] = json!(count);
    };
    detail("prompt_tokens_details", "cached_tokens", usage.cached);
    if usage.cache_written > 0 {
        detail("prompt_tokens_details", "cache_write_tokens", usage.cache_written);
    }
    detail("completion_tokens_details", "reasoning_tokens", usage.reasoning);
    if usage.estimated {
        object.insert("estimated".to_owned(), json!(true));
    }
}
