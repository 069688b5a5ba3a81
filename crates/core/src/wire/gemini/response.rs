//! A response of generateContent. A chunk of a stream has the same shape, with part of the parts.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Chunk {
    pub candidates: Option<Vec<Candidate>>,
    /// Why a prompt was refused; then there are no candidates, under HTTP 200.
    pub prompt_feedback: Option<PromptFeedback>,
    pub usage_metadata: Option<UsageMetadata>,
    pub model_version: Option<String>,
    pub response_id: Option<String>,
    pub error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Candidate {
    pub index: Option<u32>,
    pub content: Option<GivenContent>,
    pub finish_reason: Option<Finish>,
    pub finish_message: Option<String>,
}

/// A word; from some clouds' older fronts the number of the enum.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Finish {
    Word(String),
    Number(i64),
}

/// May be `{}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct GivenContent {
    pub parts: Option<Vec<GivenPart>>,
}

/// Kinds of parts that are not here (code of the vendor's own interpreter, its server tools, media) are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GivenPart {
    pub text: Option<String>,
    /// The text is reasoning.
    pub thought: Option<bool>,
    pub function_call: Option<GivenCall>,
    pub thought_signature: Option<String>,
}

/// A call. It comes whole, unless the request asked for streamed arguments: then `will_continue` is set, and parts
/// without a name go on with it until one does not say so.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GivenCall {
    pub id: Option<String>,
    pub name: Option<String>,
    pub args: Option<Value>,
    pub partial_args: Option<Vec<PartialArg>>,
    pub will_continue: Option<bool>,
}

/// A piece of one value inside the arguments; a string's pieces are to be joined.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PartialArg {
    /// `$.recipe.steps[0]`
    pub json_path: String,
    pub string_value: Option<String>,
    pub number_value: Option<Value>,
    pub bool_value: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PromptFeedback {
    pub block_reason: Option<Value>,
}

/// Counts of tokens, cumulative in a stream; a chunk may have some of them, or none.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct UsageMetadata {
    pub prompt_token_count: Option<u64>,
    /// Part of the prompt.
    pub cached_content_token_count: Option<u64>,
    /// Without thoughts; absent when nothing was produced.
    pub candidates_token_count: Option<u64>,
    pub thoughts_token_count: Option<u64>,
    /// What the vendor's own tools put into the prompt, beside `prompt_token_count`.
    pub tool_use_prompt_token_count: Option<u64>,
}
