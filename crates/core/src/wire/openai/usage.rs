//! Token counts, with the fields that vendors added to OpenAI's.

use serde::{Deserialize, Deserializer};

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Usage {
    #[serde(default, deserialize_with = "count")]
    pub prompt_tokens: Option<u64>,
    #[serde(default, deserialize_with = "count")]
    pub completion_tokens: Option<u64>,
    #[serde(default, deserialize_with = "count")]
    pub total_tokens: Option<u64>,
    pub prompt_tokens_details: Option<PromptDetails>,
    pub completion_tokens_details: Option<CompletionDetails>,
    /// DeepSeek.
    #[serde(default, deserialize_with = "count")]
    pub prompt_cache_hit_tokens: Option<u64>,
    /// Moonshot, Together.
    #[serde(default, deserialize_with = "count")]
    pub cached_tokens: Option<u64>,
    /// Mistral.
    #[serde(default, deserialize_with = "count")]
    pub num_cached_tokens: Option<u64>,
    /// Mistral's speech models; their text tokens do not add up to the total.
    #[serde(default, deserialize_with = "count")]
    pub prompt_audio_seconds: Option<u64>,
    /// Gateways in front of Anthropic.
    #[serde(default, deserialize_with = "count")]
    pub cache_creation_input_tokens: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct PromptDetails {
    #[serde(default, deserialize_with = "count")]
    pub cached_tokens: Option<u64>,
    #[serde(default, deserialize_with = "count")]
    pub cache_write_tokens: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct CompletionDetails {
    #[serde(default, deserialize_with = "count")]
    pub reasoning_tokens: Option<u64>,
}

/// A count that may be written as a float, be negative (none), or be something else altogether (absent).
fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float's cast saturates")]
    Ok(value.as_u64().or_else(|| value.as_f64().map(|float| float as u64)))
}
