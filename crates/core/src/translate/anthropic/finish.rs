//! Anthropic's stop reasons in OpenAI's four words. It must never make an unknown reason fatal: the vendor adds some.

use crate::chat::FinishReason;
use crate::failure::{Failure, FailureKind};

/// What a stop reason means, given whether the answer holds tool calls. Calls win over `end_turn`, since a client that
/// reads `stop` would never run them.
pub(super) fn finish(stop_reason: &str, has_calls: bool) -> Result<FinishReason, Failure> {
    Ok(match stop_reason {
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "refusal" => FinishReason::ContentFilter,
        // The vendor's own tools have not ended; the half answer would have to be sent back for the rest.
        "pause_turn" => {
            return Err(Failure::seen(
                FailureKind::BadResponse,
                "the provider paused the turn for its own tools (stop_reason pause_turn)",
            ));
        }
        _ if has_calls => FinishReason::ToolCalls,
        _ => FinishReason::Stop,
    })
}
