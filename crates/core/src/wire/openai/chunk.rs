//! One `data:` of a stream (`chat.completion.chunk`).

use serde::Deserialize;

use super::Raw;

/// `null` and absent are the same everywhere: vendors use both for "nothing".
#[derive(Debug, Deserialize)]
pub struct Chunk<'a> {
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub id: Option<Raw<'a>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub object: Option<Raw<'a>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub model: Option<Raw<'a>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub created: Option<Raw<'a>>,
    #[serde(borrow)]
    pub choices: Option<Vec<ChunkChoice<'a>>>,
    #[serde(borrow)]
    pub usage: Option<Raw<'a>>,
    /// Groq's own envelope; it may hold the usage.
    #[serde(borrow)]
    pub x_groq: Option<Raw<'a>>,
    /// Azure's verdict on the prompt, in a chunk without choices.
    #[serde(borrow)]
    pub prompt_filter_results: Option<Raw<'a>>,
    #[serde(borrow)]
    pub error: Option<Raw<'a>>,
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
    pub finish_reason: Option<Raw<'a>>,
}

/// A piece of the assistant's message, or all of it.
#[derive(Debug, Default, PartialEq, Deserialize)]
pub struct Delta<'a> {
    #[serde(borrow)]
    pub role: Option<Raw<'a>>,
    /// A string; Mistral's reasoning models: a list of parts.
    #[serde(borrow)]
    pub content: Option<Raw<'a>>,
    #[serde(borrow)]
    pub refusal: Option<Raw<'a>>,
    #[serde(borrow)]
    pub reasoning_content: Option<Raw<'a>>,
    #[serde(borrow)]
    pub reasoning: Option<Raw<'a>>,
    #[serde(borrow)]
    pub reasoning_details: Option<Raw<'a>>,
    #[serde(borrow)]
    pub tool_calls: Option<Raw<'a>>,
    /// The form of calls before tools.
    #[serde(borrow)]
    pub function_call: Option<Raw<'a>>,
    #[serde(borrow)]
    pub audio: Option<Raw<'a>>,
    /// Google's signature of the message.
    #[serde(borrow)]
    pub extra_content: Option<Raw<'a>>,
}

/// A tool call or a fragment of one.
#[derive(Debug, Deserialize)]
pub struct Call<'a> {
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub index: Option<Raw<'a>>,
    #[serde(borrow, default, deserialize_with = "super::present")]
    pub id: Option<Raw<'a>>,
    #[serde(borrow, rename = "type")]
    pub kind: Option<Raw<'a>>,
    #[serde(borrow)]
    pub function: Option<Raw<'a>>,
    #[serde(borrow)]
    pub extra_content: Option<Raw<'a>>,
}

#[derive(Debug, Default, Deserialize)]
pub struct Function<'a> {
    #[serde(borrow)]
    pub name: Option<Raw<'a>>,
    /// JSON text in a string; some servers give the object itself.
    #[serde(borrow)]
    pub arguments: Option<Raw<'a>>,
}
