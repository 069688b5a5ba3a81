//! An answer of `POST /v1/messages`, and its errors.

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Reply {
    /// Set in place of everything else when the body is an error, whatever its status.
    pub error: Option<Value>,
    pub id: Option<String>,
    pub model: Option<String>,
    /// Absent: it is no message at all. Empty: a refusal without a word.
    pub content: Option<Vec<Content>>,
    pub stop_reason: Option<String>,
    pub usage: Option<Usage>,
}

/// One content block. Blocks of the vendor's own tools (`server_tool_use`, `web_search_tool_result`, …) and kinds not
/// known yet are `Other`.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content {
    Text {
        #[serde(default)]
        text: Option<String>,
    },
    ToolUse {
        #[serde(default)]
        id: Option<String>,
        #[serde(default)]
        name: Option<String>,
        #[serde(default)]
        input: Option<Value>,
    },
    Thinking {
        #[serde(default)]
        thinking: Option<String>,
        #[serde(default)]
        signature: Option<String>,
    },
    RedactedThinking {
        #[serde(default)]
        data: Option<String>,
    },
    #[serde(other)]
    Other,
}

/// Counts of tokens. In a stream they are cumulative and come in parts: what is absent has not changed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Without what was read from or written to a cache.
    pub input_tokens: Option<u64>,
    pub cache_read_input_tokens: Option<u64>,
    pub cache_creation_input_tokens: Option<u64>,
    /// Thinking included.
    pub output_tokens: Option<u64>,
    pub output_tokens_details: Option<OutputDetails>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct OutputDetails {
    pub thinking_tokens: Option<u64>,
}
