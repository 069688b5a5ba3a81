//! What the gateway sends, as far as this client reads it: answers, chunks of a stream, and errors. It must take what
//! is absent or null as "not said", and never show what it could not read.

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Attempt, Error, ErrorKind};
use crate::message::ToolCall;
use crate::response::Usage;

/// A whole answer.
#[derive(Deserialize)]
pub(crate) struct Answer {
    pub model: Option<String>,
    pub choices: Option<Vec<Choice>>,
    pub usage: Option<WireUsage>,
}

/// One `data:` of a stream.
#[derive(Deserialize)]
pub(crate) struct Chunk {
    pub model: Option<String>,
    pub choices: Option<Vec<Choice>>,
    pub usage: Option<WireUsage>,
    pub error: Option<WireError>,
}

#[derive(Deserialize)]
pub(crate) struct Choice {
    pub index: Option<u32>,
    /// Of a stream.
    pub delta: Option<Said>,
    /// Of a whole answer.
    pub message: Option<Said>,
    pub finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
pub(crate) struct Said {
    pub content: Option<String>,
    pub refusal: Option<String>,
    pub tool_calls: Option<Vec<Call>>,
}

/// A tool call, or a piece of one.
#[derive(Deserialize)]
pub(crate) struct Call {
    pub index: Option<usize>,
    pub id: Option<String>,
    pub function: Option<Function>,
}

#[derive(Default, Deserialize)]
pub(crate) struct Function {
    pub name: Option<String>,
    pub arguments: Option<String>,
}

#[derive(Default, Deserialize)]
pub(crate) struct WireUsage {
    prompt_tokens: Option<u64>,
    completion_tokens: Option<u64>,
    total_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
    estimated: Option<bool>,
}

#[derive(Default, Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

#[derive(Default, Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
}

/// OpenAI's error object with MAIG's additions.
#[derive(Default, Deserialize)]
pub(crate) struct WireError {
    message: Option<String>,
    /// Some providers' is a number.
    code: Option<Value>,
    param: Option<String>,
    /// In a stream: the status that the response would have had.
    status: Option<u16>,
    attempts: Option<Vec<WireAttempt>>,
}

#[derive(Deserialize)]
struct WireAttempt {
    #[serde(default)]
    model: String,
    #[serde(default)]
    kind: String,
    status: Option<u16>,
    #[serde(default)]
    ms: u64,
}

#[derive(Deserialize)]
struct Envelope {
    error: WireError,
}

/// What a comment tells about a stream whose head went out before anybody served it.
#[derive(Deserialize)]
pub(crate) struct Note {
    pub served_by: Option<String>,
    pub attempts: Option<u32>,
    pub fallback: Option<bool>,
}

impl From<WireUsage> for Usage {
    fn from(wire: WireUsage) -> Self {
        let prompt_tokens = wire.prompt_tokens.unwrap_or_default();
        let completion_tokens = wire.completion_tokens.unwrap_or_default();
        Self {
            prompt_tokens,
            completion_tokens,
            total_tokens: wire.total_tokens.unwrap_or(prompt_tokens + completion_tokens),
            cached_tokens: wire.prompt_tokens_details.and_then(|d| d.cached_tokens).unwrap_or_default(),
            reasoning_tokens: wire
                .completion_tokens_details
                .and_then(|d| d.reasoning_tokens)
                .unwrap_or_default(),
            estimated: wire.estimated.unwrap_or_default(),
        }
    }
}

impl From<Call> for ToolCall {
    fn from(call: Call) -> Self {
        let function = call.function.unwrap_or_default();
        Self {
            id: call.id.unwrap_or_default(),
            name: function.name.unwrap_or_default(),
            arguments: function.arguments.unwrap_or_default(),
        }
    }
}

/// An error response.
pub(crate) fn error(status: u16, body: &[u8]) -> Error {
    let error = serde_json::from_slice::<Envelope>(body).map(|envelope| envelope.error).unwrap_or_default();
    typed(WireError { status: Some(status), ..error })
}

/// An error event of a stream.
pub(crate) fn event(error: WireError) -> Error {
    typed(error)
}

fn typed(error: WireError) -> Error {
    let code = match error.code {
        Some(Value::String(code)) => code,
        Some(Value::Number(code)) => code.to_string(),
        _ => String::new(),
    };
    let kind = match (error.status, code.as_str()) {
        (_, "stream_interrupted" | "stream_not_found" | "stream_expired") => ErrorKind::Interrupted,
        (Some(401), _) => ErrorKind::KeyRefused,
        (Some(402), _) => ErrorKind::Suspended,
        (Some(403), _) => ErrorKind::Forbidden,
        (Some(404), _) => ErrorKind::NotFound,
        (Some(429), _) => ErrorKind::RateLimited,
        (Some(400..=499), _) => ErrorKind::Rejected,
        (None, "shutting_down") | (Some(500..), _) => ErrorKind::Unavailable,
        // An error event without a status comes after the answer began.
        (None, _) => ErrorKind::Interrupted,
        (Some(_), _) => ErrorKind::NotMaig,
    };
    let message = error.message.unwrap_or_else(|| "The gateway gave an error without a message.".to_owned());
    let code = if code.is_empty() { "unknown".to_owned() } else { code };
    let attempts = error.attempts.unwrap_or_default().into_iter();
    let attempts =
        attempts.map(|a| Attempt { model: a.model, kind: a.kind, status: a.status, ms: a.ms }).collect();
    let typed = Error::new(kind, &code, message).with_param(error.param).with_attempts(attempts);
    match error.status {
        Some(status) => typed.with_status(status),
        None => typed,
    }
}
