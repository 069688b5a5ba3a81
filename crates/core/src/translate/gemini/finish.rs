//! Gemini's finish reasons in OpenAI's four words. It must never make an unknown reason fatal: the vendor adds some.

use crate::chat::FinishReason;
use crate::failure::{Failure, FailureKind};
use crate::wire::gemini::Finish;

/// What a finish reason means, given whether the candidate holds function calls: the vendor says `STOP` for those.
pub(super) fn finish(
    reason: &Finish,
    message: Option<&str>,
    has_calls: bool,
) -> Result<FinishReason, Failure> {
    Ok(match word(reason) {
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "MODEL_ARMOR"
        | "LANGUAGE" => FinishReason::ContentFilter,
        // The model failed at its answer; what there is of it is not one.
        broken @ ("MALFORMED_FUNCTION_CALL"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MISSING_THOUGHT_SIGNATURE"
        | "MALFORMED_RESPONSE"
        | "OTHER"
        | "NO_IMAGE"
        | "IMAGE_OTHER"
        | "CONTINUATION") => {
            let message = message.map(|text| format!(": {text}")).unwrap_or_default();
            let text = format!("the provider broke its answer off (finishReason {broken}{message})");
            return Err(Failure::seen(FailureKind::BadResponse, text));
        }
        _ if has_calls => FinishReason::ToolCalls,
        _ => FinishReason::Stop,
    })
}

/// Vertex's older front writes the enum's numbers (seen in recordings).
fn word(reason: &Finish) -> &str {
    match reason {
        Finish::Word(word) => word,
        Finish::Number(2) => "MAX_TOKENS",
        Finish::Number(3) => "SAFETY",
        Finish::Number(4) => "RECITATION",
        Finish::Number(5) => "OTHER",
        Finish::Number(6) => "BLOCKLIST",
        Finish::Number(7) => "PROHIBITED_CONTENT",
        Finish::Number(8) => "SPII",
        Finish::Number(9) => "MALFORMED_FUNCTION_CALL",
        Finish::Number(10) => "MODEL_ARMOR",
        Finish::Number(_) => "STOP",
    }
}
