//! An answer, as records.

use std::fmt;

use crate::message::ToolCall;

/// An answer. It prints as its text.
#[derive(Clone, PartialEq, uniffi::Record)]
#[uniffi::export(Display)]
pub struct GenerateResponse {
    pub text: String,
    /// What the model said in place of an answer, if it refused.
    pub refusal: Option<String>,
    /// The provider's own name of the model that answered.
    pub model: String,
    pub finish_reason: FinishReason,
    pub usage: Option<Usage>,
    /// Another target than the route's first one answered.
    pub fallback: bool,
    /// What to name when asking for help.
    pub request_id: String,
    /// `provider/model`.
    pub served_by: Option<String>,
    /// Requests that the gateway sent to providers for this answer.
    pub attempts: i32,
    /// What the model asks the app to do.
    pub tool_calls: Vec<ToolCall>,
    /// How often a stream lost its connection and went on.
    pub reconnects: i32,
}

/// Why the answer ends where it does.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
#[uniffi::export(Display)]
pub enum FinishReason {
    /// It is complete.
    Stop,
    /// `max_tokens`, or the model's own limit.
    Length,
    /// The model waits for the results of tools.
    ToolCalls,
    /// The provider's filter ended it.
    ContentFilter,
    /// Another word of the provider's.
    Other { word: String },
}

impl fmt::Display for FinishReason {
    /// As the wire says it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
            Self::Other { word } => word,
        })
    }
}

/// Tokens, in OpenAI's arithmetic: the total is the sum of the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Usage {
    pub prompt_tokens: i64,
    pub completion_tokens: i64,
    pub total_tokens: i64,
    /// Of the prompt's: read from the provider's cache.
    pub cached_tokens: i64,
    /// Of the completion's: spent on thinking.
    pub reasoning_tokens: i64,
    /// Counted by MAIG, since the provider did not say.
    pub estimated: bool,
}

impl fmt::Display for GenerateResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<maig_client::GenerateResponse> for GenerateResponse {
    fn from(answer: maig_client::GenerateResponse) -> Self {
        Self {
            text: answer.text,
            refusal: answer.refusal,
            model: answer.model,
            finish_reason: answer.finish_reason.into(),
            usage: answer.usage.map(Into::into),
            fallback: answer.fallback,
            request_id: answer.request_id,
            served_by: answer.served_by,
            attempts: small(answer.attempts),
            tool_calls: answer.tool_calls.into_iter().map(Into::into).collect(),
            reconnects: small(answer.reconnects),
        }
    }
}

impl From<maig_client::FinishReason> for FinishReason {
    fn from(reason: maig_client::FinishReason) -> Self {
        match reason {
            maig_client::FinishReason::Stop => Self::Stop,
            maig_client::FinishReason::Length => Self::Length,
            maig_client::FinishReason::ToolCalls => Self::ToolCalls,
            maig_client::FinishReason::ContentFilter => Self::ContentFilter,
            maig_client::FinishReason::Other(word) => Self::Other { word },
        }
    }
}

impl From<maig_client::Usage> for Usage {
    fn from(usage: maig_client::Usage) -> Self {
        Self {
            prompt_tokens: count(usage.prompt_tokens),
            completion_tokens: count(usage.completion_tokens),
            total_tokens: count(usage.total_tokens),
            cached_tokens: count(usage.cached_tokens),
            reasoning_tokens: count(usage.reasoning_tokens),
            estimated: usage.estimated,
        }
    }
}

/// Signed numbers are what both languages count with.
fn count(tokens: u64) -> i64 {
    i64::try_from(tokens).unwrap_or(i64::MAX)
}

fn small(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finish_reason_prints_as_the_wire_says_it() {
        let word = "eos".to_owned();
        let all = [FinishReason::Stop, FinishReason::ToolCalls, FinishReason::Other { word }];
        assert_eq!(all.map(|reason| reason.to_string()), ["stop", "tool_calls", "eos"]);
    }
}
