//! A chat request in neutral words. It holds what some vendor can be told; what a target cannot be told is reported
//! by the translator as dropped, or makes the target unsuitable (`Needs`).

use serde_json::{Map, Value};

/// A request, as the caller meant it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChatRequest {
    pub messages: Vec<Message>,
    pub tools: Vec<Tool>,
    pub tool_choice: Option<ToolChoice>,
    pub parallel_tool_calls: Option<bool>,
    pub response_format: Option<ResponseFormat>,
    /// `max_completion_tokens`, else `max_tokens`: the bound on everything that is generated, reasoning included.
    pub max_tokens: Option<u64>,
    pub temperature: Option<f64>,
    pub top_p: Option<f64>,
    pub stop: Vec<String>,
    pub reasoning_effort: Option<Effort>,
    pub seed: Option<i64>,
    pub presence_penalty: Option<f64>,
    pub frequency_penalty: Option<f64>,
    pub logit_bias: Option<Value>,
    pub logprobs: Option<bool>,
    pub top_logprobs: Option<u64>,
    pub n: Option<u64>,
    pub user: Option<String>,
    pub metadata: Option<Value>,
    pub service_tier: Option<String>,
    pub stream: bool,
    /// Top-level fields that have no neutral word, by name; a translator to another wire reports each as dropped.
    pub other: Map<String, Value>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// `system` and `developer`: instructions, wherever they stand in the conversation.
    System {
        text: Vec<String>,
    },
    User {
        parts: Vec<Part>,
        name: Option<String>,
    },
    Assistant(AssistantMessage),
    /// The result of one tool call.
    Tool {
        call_id: String,
        parts: Vec<Part>,
    },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct AssistantMessage {
    pub parts: Vec<Part>,
    pub refusal: Option<String>,
    pub tool_calls: Vec<ToolCall>,
    /// What must go back to the vendor that wrote it, and to nobody else.
    pub reasoning: Vec<Reasoning>,
    /// A signature of the message as a whole (Gemini: on its last text part).
    pub signature: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    Text(String),
    Image(Media, /* detail */ Option<String>),
    /// `format` as OpenAI spells it: `wav`, `mp3`.
    Audio {
        data: String,
        format: String,
    },
    File {
        media: Media,
        filename: Option<String>,
    },
}

/// Where the bytes of an image or a file are.
#[derive(Clone, Debug, PartialEq)]
pub enum Media {
    Url(String),
    /// Base64 text, standard alphabet.
    Data {
        media_type: String,
        data: String,
    },
    /// An id of the vendor's own file store.
    Id(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    /// JSON text, as the model wrote it; empty means `{}`.
    pub arguments: String,
    /// Gemini's thought signature for this call.
    pub signature: Option<String>,
}

/// A piece of reasoning that its vendor wants to see again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasoning {
    pub origin: Option<Origin>,
    pub text: String,
    /// Proof that the text is the vendor's own.
    pub signature: Option<String>,
    /// Encrypted reasoning that has no text.
    pub redacted: Option<String>,
}

/// Whose reasoning it is, so that a fallback is not shown a stranger's signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Anthropic,
    Gemini,
    OpenAiWire,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    pub name: String,
    pub description: Option<String>,
    /// JSON Schema of the arguments; absent means no arguments.
    pub parameters: Option<Value>,
    pub strict: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice {
    Auto,
    None,
    Required,
    Named(String),
    /// `allowed_tools`: only these, and whether one must be called.
    Allowed {
        names: Vec<String>,
        required: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum ResponseFormat {
    Text,
    JsonObject,
    JsonSchema { name: String, schema: Value, strict: Option<bool>, description: Option<String> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    None,
    Minimal,
    Low,
    Medium,
    High,
    XHigh,
    Max,
}

impl Effort {
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "none" => Self::None,
            "minimal" => Self::Minimal,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "xhigh" => Self::XHigh,
            "max" => Self::Max,
            _ => return None,
        })
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
            Self::Max => "max",
        }
    }
}
