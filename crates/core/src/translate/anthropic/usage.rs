//! Anthropic's token counts in OpenAI's arithmetic. The vendor's `input_tokens` leaves out both sides of the cache.

use crate::chat::Usage;
use crate::wire::anthropic;

/// Takes a later count of the same answer in, field by field: counts are cumulative, and what is absent has not changed
/// (older streams repeat only `output_tokens` at the end).
pub(super) fn merge(into: &mut anthropic::Usage, later: anthropic::Usage) {
    into.input_tokens = later.input_tokens.or(into.input_tokens);
    into.cache_read_input_tokens = later.cache_read_input_tokens.or(into.cache_read_input_tokens);
    into.cache_creation_input_tokens = later.cache_creation_input_tokens.or(into.cache_creation_input_tokens);
    into.output_tokens = later.output_tokens.or(into.output_tokens);
    into.output_tokens_details = later.output_tokens_details.or(into.output_tokens_details.take());
}

pub(super) fn usage(counts: &anthropic::Usage) -> Usage {
    let cached = counts.cache_read_input_tokens.unwrap_or(0);
    let cache_written = counts.cache_creation_input_tokens.unwrap_or(0);
    Usage {
        prompt: counts.input_tokens.unwrap_or(0).saturating_add(cached).saturating_add(cache_written),
        cached,
        cache_written,
        completion: counts.output_tokens.unwrap_or(0),
        reasoning: counts.output_tokens_details.as_ref().and_then(|d| d.thinking_tokens).unwrap_or(0),
        estimated: false,
    }
}
