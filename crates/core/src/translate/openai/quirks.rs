//! What tells one vendor of OpenAI's wire from another and cannot be seen in its bytes: one row a vendor. Everything
//! that an answer shows by itself is handled for every base URL elsewhere and must not be repeated here.
//!
//! A row is of what the vendor's documentation or its recorded refusals say; support that differs by model is the
//! catalogue's (`ModelCard::can`), which wins over the row.

use crate::provider::Provider;

/// What a vendor's requests must be like.
#[derive(Debug)]
pub(super) struct Quirks {
    /// How the bound on the answer's length is spelled; `None`: as the caller spelled it.
    pub(super) max_tokens: Option<&'static str>,
    /// Takes the role `developer`; else it is sent as `system`.
    pub(super) developer_role: bool,
    /// Takes `stream_options`; the others count without being asked.
    pub(super) stream_options: bool,
    /// Takes `response_format: json_schema`.
    pub(super) json_schema: bool,
    pub(super) tools: bool,
    /// Takes `n` above 1.
    pub(super) several_choices: bool,
    /// Text in a list of parts is refused, and is joined.
    pub(super) joins_text: bool,
    /// Top-level fields that it refuses and that a request can do without.
    pub(super) refuses: &'static [&'static str],
    /// Fields of messages, of their parts and calls, that it refuses.
    pub(super) refuses_in_messages: &'static [&'static str],
    /// The only fields that it takes; whatever else is refused.
    pub(super) only: Option<&'static Whitelist>,
    /// Top-level fields that it calls otherwise.
    pub(super) renames: &'static [(&'static str, &'static str)],
    /// Ids of tool calls must be nine letters or digits.
    pub(super) short_call_ids: bool,
    /// While it thinks, an assistant turn with tool calls must bring its `reasoning_content` back; a turn that another
    /// vendor wrote has none, and is given a blank one.
    pub(super) wants_reasoning_back: bool,
    /// Bounds of `temperature`; the end points are as near as it goes.
    pub(super) temperature: Option<(f64, f64)>,
}

/// The fields of a vendor that refuses unknown ones.
#[derive(Debug)]
pub(super) struct Whitelist {
    pub(super) top: &'static [&'static str],
    pub(super) message: &'static [&'static str],
}

/// OpenAI's own, and of every base URL that we know nothing of: the caller's bytes go as they are.
const PLAIN: Quirks = Quirks {
    max_tokens: None,
    developer_role: true,
    stream_options: true,
    json_schema: true,
    tools: true,
    several_choices: true,
    joins_text: false,
    refuses: &[],
    refuses_in_messages: &[],
    only: None,
    renames: &[],
    short_call_ids: false,
    wants_reasoning_back: false,
    temperature: None,
};

/// Fields that only some vendors write into messages, and that vendors with a strict schema refuse.
const FOREIGN_IN_MESSAGES: &[&str] = &[
    "reasoning_content",
    "reasoning",
    "reasoning_details",
    "extra_content",
    "cache_control",
    "provider_metadata",
    "prefix",
];

/// As `FOREIGN_IN_MESSAGES`, for vendors that read `reasoning` back.
const FOREIGN_BESIDE_REASONING: &[&str] = &[
    "reasoning_content",
    "reasoning_details",
    "extra_content",
    "cache_control",
    "provider_metadata",
    "prefix",
];

const OPENAI: Quirks = Quirks { refuses_in_messages: FOREIGN_IN_MESSAGES, ..PLAIN };

const MISTRAL: Quirks = Quirks {
    max_tokens: Some("max_tokens"),
    developer_role: false,
    stream_options: false,
    only: Some(&Whitelist {
        top: &[
            "model",
            "messages",
            "stream",
            "temperature",
            "top_p",
            "top_k",
            "max_tokens",
            "stop",
            "random_seed",
            "metadata",
            "response_format",
            "tools",
            "tool_choice",
            "parallel_tool_calls",
            "presence_penalty",
            "frequency_penalty",
            "n",
            "logprobs",
            "prediction",
            "prompt_mode",
            "prompt_cache_key",
            "reasoning_effort",
            "safe_prompt",
            "guardrails",
            "service_tier",
        ],
        message: &["role", "content", "tool_calls", "tool_call_id", "prefix"],
    }),
    renames: &[("seed", "random_seed")],
    short_call_ids: true,
    temperature: Some((0.0, 1.5)),
    ..PLAIN
};

const DEEPSEEK: Quirks = Quirks {
    max_tokens: Some("max_tokens"),
    developer_role: false,
    json_schema: false,
    several_choices: false,
    joins_text: true,
    wants_reasoning_back: true,
    ..PLAIN
};

const QWEN: Quirks = Quirks { max_tokens: Some("max_tokens"), developer_role: false, ..PLAIN };

const ZHIPU: Quirks = Quirks {
    max_tokens: Some("max_tokens"),
    developer_role: false,
    json_schema: false,
    several_choices: false,
    // The interval is open.
    temperature: Some((0.01, 0.99)),
    ..PLAIN
};

const DOUBAO: Quirks = Quirks { developer_role: false, several_choices: false, ..PLAIN };

const GROQ: Quirks = Quirks {
    developer_role: false,
    several_choices: false,
    refuses: &["logprobs", "top_logprobs", "logit_bias"],
    refuses_in_messages: &[
        "name",
        "reasoning_content",
        "reasoning_details",
        "extra_content",
        "cache_control",
        "provider_metadata",
        "prefix",
    ],
    ..PLAIN
};

const CEREBRAS: Quirks = Quirks {
    developer_role: false,
    several_choices: false,
    refuses: &["frequency_penalty", "presence_penalty", "logit_bias", "service_tier"],
    refuses_in_messages: FOREIGN_BESIDE_REASONING,
    ..PLAIN
};

const XAI: Quirks = Quirks { developer_role: false, ..PLAIN };

const TOGETHER: Quirks = Quirks { max_tokens: Some("max_tokens"), developer_role: false, ..PLAIN };

const MOONSHOT: Quirks = Quirks {
    max_tokens: Some("max_tokens"),
    developer_role: false,
    wants_reasoning_back: true,
    temperature: Some((0.0, 1.0)),
    ..PLAIN
};

const PERPLEXITY: Quirks = Quirks {
    max_tokens: Some("max_tokens"),
    developer_role: false,
    stream_options: false,
    tools: false,
    several_choices: false,
    ..PLAIN
};

const OLLAMA: Quirks =
    Quirks { max_tokens: Some("max_tokens"), developer_role: false, several_choices: false, ..PLAIN };

const VLLM: Quirks = Quirks { developer_role: false, ..PLAIN };

pub(super) fn of(provider: Provider) -> &'static Quirks {
    match provider {
        Provider::OpenAi | Provider::Azure => &OPENAI,
        Provider::Mistral => &MISTRAL,
        Provider::DeepSeek => &DEEPSEEK,
        Provider::Qwen => &QWEN,
        Provider::Zhipu => &ZHIPU,
        Provider::Doubao => &DOUBAO,
        Provider::Groq => &GROQ,
        Provider::Xai => &XAI,
        Provider::Together => &TOGETHER,
        Provider::Moonshot => &MOONSHOT,
        Provider::Perplexity => &PERPLEXITY,
        Provider::Cerebras => &CEREBRAS,
        Provider::Ollama => &OLLAMA,
        Provider::Vllm => &VLLM,
        Provider::OpenRouter | Provider::OpenAiCompatible | Provider::Simulator => &PLAIN,
        // They speak another wire; a base URL of theirs that speaks OpenAI's is `openai-compatible`.
        Provider::Anthropic | Provider::Gemini | Provider::Vertex => &PLAIN,
    }
}
