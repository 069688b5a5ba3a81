//! OpenAI's chat completions wire, and how strict each vendor of it is.

mod answer;
mod ask;
mod error;
mod messages;

pub(crate) use answer::{stream, whole};
pub(crate) use ask::{authorise, read};
pub(crate) use error::{error, invalid};

/// Whose server this is, as far as it changes what is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vendor {
    /// Refuses fields that it does not know.
    OpenAi,
    Azure,
    /// Refuses fields that it does not know, inside messages too, with 422.
    Mistral,
    /// Wants a key and takes every field.
    Lenient,
    /// Takes every field and needs no key.
    Open,
}

impl Vendor {
    /// By a vendor's slug in the base URL's path; without one it is OpenAI.
    pub(crate) fn of_base(base: &str) -> Self {
        base.split('/')
            .find_map(|segment| match segment {
                "mistral" => Some(Self::Mistral),
                "azure" => Some(Self::Azure),
                "simulator" | "ollama" | "vllm" | "openai-compatible" => Some(Self::Open),
                "deepseek" | "qwen" | "zhipu" | "doubao" | "groq" | "xai" | "together" | "openrouter"
                | "moonshot" | "perplexity" | "cerebras" => Some(Self::Lenient),
                _ => None,
            })
            .unwrap_or(Self::OpenAi)
    }
}
