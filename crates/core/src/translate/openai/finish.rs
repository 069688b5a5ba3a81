//! Why vendors of this wire say an answer ended, in OpenAI's words. It must never make an unknown word fatal: every
//! vendor adds some.

use crate::chat::FinishReason;

/// What a finish word means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finish {
    /// No word at all: the empty string stands for "not yet".
    None,
    Reason(FinishReason),
    /// The answer broke; what there is of it is no answer.
    Failed,
}

pub(super) fn read(word: &str) -> Finish {
    Finish::Reason(match word {
        "" => return Finish::None,
        // Together's `eos`; the others are what servers of this wire pass on from other wires.
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "COMPLETE" | "STOP" => {
            FinishReason::Stop
        }
        "length" | "model_length" | "max_tokens" | "MAX_TOKENS" => FinishReason::Length,
        "tool_calls" | "tool_use" | "function_call" | "TOOL_CALL" => FinishReason::ToolCalls,
        "content_filter" | "sensitive" | "refusal" | "SAFETY" | "RECITATION" | "PROHIBITED_CONTENT"
        | "BLOCKLIST" => FinishReason::ContentFilter,
        // OpenRouter and Mistral; Zhipu; DeepSeek; Gemini behind other gateways.
        "error" | "network_error" | "insufficient_system_resource" | "MALFORMED_FUNCTION_CALL" => {
            return Finish::Failed;
        }
        _ => FinishReason::Stop,
    })
}

/// Whether an official client knows the word.
pub(super) fn is_canonical(word: &str) -> bool {
    matches!(word, "stop" | "length" | "tool_calls" | "content_filter" | "function_call")
}

/// Calls win over `stop`: a client that reads `stop` would never run them.
pub(super) fn with_calls(reason: FinishReason, has_calls: bool) -> FinishReason {
    if has_calls && reason == FinishReason::Stop { FinishReason::ToolCalls } else { reason }
}
