//! One `data:` of a stream (`chat.completion.chunk`).

use serde::Deserialize;
use serde_json::value::RawValue;

/// `null` and absent are the same everywhere: vendors use both for "nothing".
#[derive(Debug, Deserialize)]
pub struct Chunk<'a> {
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub object: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub model: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub created: Option<&'a RawValue>,
    #[serde(borrow)]
    pub choices: Option<Vec<ChunkChoice<'a>>>,
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
    /// Groq's own envelope; it may hold the usage.
    #[serde(borrow)]
    pub x_groq: Option<&'a RawValue>,
    /// Azure's verdict on the prompt, in a chunk without choices.
    #[serde(borrow)]
    pub prompt_filter_results: Option<&'a RawValue>,
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
}

#[derive(Debug, Deserialize)]
pub struct ChunkChoice<'a> {
    pub index: Option<u32>,
    #[serde(borrow)]
    pub delta: Option<Delta<'a>>,
    /// A whole message in place of a delta.
    #[serde(borrow)]
    pub message: Option<Delta<'a>>,
    #[serde(borrow)]
    pub finish_reason: Option<&'a RawValue>,
}

/// A piece of the assistant's message, or all of it.
#[derive(Debug, Default, Deserialize)]
pub struct Delta<'a> {
    #[serde(borrow)]
    pub role: Option<&'a RawValue>,
    /// A string; Mistral's reasoning models: a list of parts.
    #[serde(borrow)]
    pub content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub refusal: Option<&'a RawValue>,
    #[serde(borrow)]
    pub reasoning_content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub reasoning: Option<&'a RawValue>,
    #[serde(borrow)]
    pub reasoning_details: Option<&'a RawValue>,
    #[serde(borrow)]
    pub tool_calls: Option<&'a RawValue>,
    /// The form of calls before tools.
    #[serde(borrow)]
    pub function_call: Option<&'a RawValue>,
    #[serde(borrow)]
    pub audio: Option<&'a RawValue>,
    /// Google's signature of the message.
    #[serde(borrow)]
    pub extra_content: Option<&'a RawValue>,
}

/// A tool call or a fragment of one.
#[derive(Debug, Deserialize)]
pub struct Call<'a> {
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub index: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub id: Option<&'a RawValue>,
    #[serde(borrow, rename = "type")]
    pub kind: Option<&'a RawValue>,
    #[serde(borrow)]
    pub function: Option<&'a RawValue>,
    #[serde(borrow)]
    pub extra_content: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
pub struct Function<'a> {
    #[serde(borrow)]
    pub name: Option<&'a RawValue>,
    /// JSON text in a string; some servers give the object itself.
    #[serde(borrow)]
    pub arguments: Option<&'a RawValue>,
}
