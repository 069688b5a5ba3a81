//! An answer, and what is known about it. It must never print the text except through `Display`.

use std::fmt;

use crate::message::ToolCall;

/// An answer. It prints as its text.
#[derive(Clone, PartialEq)]
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
    pub attempts: u32,
    /// What the model asks the app to do.
    pub tool_calls: Vec<ToolCall>,
    /// How often a stream lost its connection and went on.
    pub reconnects: u32,
}

/// Why the answer ends where it does.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    Other(String),
}

impl FinishReason {
    pub(crate) fn from_wire(word: &str) -> Self {
        match word {
            "stop" => Self::Stop,
            "length" => Self::Length,
            "tool_calls" => Self::ToolCalls,
            "content_filter" => Self::ContentFilter,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Tokens, in OpenAI's arithmetic: the total is the sum of the first two.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    pub total_tokens: u64,
    /// Of the prompt's: read from the provider's cache.
    pub cached_tokens: u64,
    /// Of the completion's: spent on thinking.
    pub reasoning_tokens: u64,
    /// Counted by MAIG, since the provider did not say.
    pub estimated: bool,
}

impl fmt::Display for GenerateResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for GenerateResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateResponse")
            .field("model", &self.model)
            .field("finish_reason", &self.finish_reason)
            .field("usage", &self.usage)
            .field("fallback", &self.fallback)
            .field("request_id", &self.request_id)
            .field("characters", &self.text.chars().count())
            .finish_non_exhaustive()
    }
}
