//! Gemini's token counts in OpenAI's arithmetic: the vendor counts thoughts beside the candidates, and its own tools'
//! prompts beside the prompt.

use crate::chat::Usage;
use crate::wire::gemini::UsageMetadata;

/// Takes a later chunk's counts in, field by field: they are cumulative, and not every chunk has all of them.
pub(super) fn merge(into: &mut UsageMetadata, later: UsageMetadata) {
    into.prompt_token_count = later.prompt_token_count.or(into.prompt_token_count);
    into.cached_content_token_count = later.cached_content_token_count.or(into.cached_content_token_count);
    into.candidates_token_count = later.candidates_token_count.or(into.candidates_token_count);
    into.thoughts_token_count = later.thoughts_token_count.or(into.thoughts_token_count);
    into.tool_use_prompt_token_count = later.tool_use_prompt_token_count.or(into.tool_use_prompt_token_count);
}

/// `None` while nothing was counted: a refused prompt may have metadata without a single count.
pub(super) fn usage(counts: &UsageMetadata) -> Option<Usage> {
    let thoughts = counts.thoughts_token_count;
    let prompt = counts.prompt_token_count;
    if prompt.is_none() && counts.candidates_token_count.is_none() && thoughts.is_none() {
        return None;
    }
    let reasoning = thoughts.unwrap_or(0);
    Some(Usage {
        prompt: prompt.unwrap_or(0).saturating_add(counts.tool_use_prompt_token_count.unwrap_or(0)),
        cached: counts.cached_content_token_count.unwrap_or(0),
        cache_written: 0,
        completion: counts.candidates_token_count.unwrap_or(0).saturating_add(reasoning),
        reasoning,
        estimated: false,
    })
}
