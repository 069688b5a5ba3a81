//! What was asked and what is said, in words that belong to no wire. The simulator's vocabulary is its own and shares
//! nothing with the gateway's, so that a mistake there is not repeated here.

mod compose;
pub(crate) mod schema;
pub(crate) mod tokens;

pub(crate) use compose::compose;
use serde_json::Value;

/// A request, read from its wire.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) stream: bool,
    /// OpenAI's `stream_options.include_usage`; other wires always count.
    pub(crate) include_usage: bool,
    pub(crate) max_tokens: Option<usize>,
    pub(crate) stop: Vec<String>,
    pub(crate) n: usize,
    pub(crate) tools: Vec<AskedTool>,
    /// The tools may not be used.
    pub(crate) tools_off: bool,
    /// The one tool that must be used.
    pub(crate) forced_tool: Option<String>,
    pub(crate) parallel_off: bool,
    pub(crate) format: Format,
    /// The last user message's text.
    pub(crate) prompt: String,
    pub(crate) images: usize,
    /// Results of tools that stand after the last user message, in order.
    pub(crate) results: Vec<String>,
    pub(crate) prompt_tokens: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct AskedTool {
    pub(crate) name: String,
    pub(crate) schema: Value,
}

#[derive(Clone, Debug, Default)]
pub(crate) enum Format {
    #[default]
    Text,
    Json,
    Schema(Value),
}

/// An answer, before it has a wire.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    /// The number of this answer; ids are made of it.
    pub(crate) serial: u64,
    /// The model's name without behaviour words.
    pub(crate) model: String,
    /// Reasoning, in the chunks that a stream would send.
    pub(crate) reasoning: Vec<String>,
    /// Text (or the refusal), in the chunks that a stream would send.
    pub(crate) text: Vec<String>,
    pub(crate) calls: Vec<Call>,
    pub(crate) end: End,
    /// The stop sequence that ended the text.
    pub(crate) stopped_by: Option<String>,
    pub(crate) prompt_tokens: usize,
    /// Text and calls, without reasoning.
    pub(crate) answer_tokens: usize,
    pub(crate) reasoning_tokens: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) arguments: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Stop,
    Length,
    Calls,
    Refusal,
    Filtered,
}

impl Said {
    pub(crate) fn whole_text(&self) -> String {
        self.text.concat()
    }
}
