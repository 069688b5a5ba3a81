//! The providers that MAIG knows, and which of the three upstream wires each speaks.
//! What tells two OpenAI-wire vendors apart beyond this is data in `translate::openai::quirks`, never code elsewhere.

use serde::{Deserialize, Serialize};

/// The dialect that an upstream speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wire {
    /// `POST {base}/chat/completions`
    OpenAi,
    /// `POST {base}/v1/messages`
    Anthropic,
    /// `POST {base}/v1beta/models/{model}:generateContent`, and Vertex's form of it
    Gemini,
}

macro_rules! providers {
    ($($variant:ident $slug:literal $label:literal $wire:ident $base:expr;)*) => {
        /// Whose account a provider key belongs to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Provider {
            $(#[serde(rename = $slug)] $variant,)*
        }

        impl Provider {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in files, headers and the API.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug,)* }
            }

            /// The name for people.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            pub fn wire(self) -> Wire {
                match self { $(Self::$variant => Wire::$wire,)* }
            }

            /// Where the vendor's own client would go; `None`: the key must say (`base_url`, or region and project).
            pub fn default_base_url(self) -> Option<&'static str> {
                match self { $(Self::$variant => $base,)* }
            }
        }
    };
}

providers! {
    OpenAi "openai" "OpenAI" OpenAi Some("https://api.openai.com/v1");
    Azure "azure" "Azure OpenAI" OpenAi None;
    Anthropic "anthropic" "Anthropic" Anthropic Some("https://api.anthropic.com");
    Gemini "gemini" "Google Gemini" Gemini Some("https://generativelanguage.googleapis.com");
    Vertex "vertex" "Google Vertex AI" Gemini None;
    Mistral "mistral" "Mistral" OpenAi Some("https://api.mistral.ai/v1");
    DeepSeek "deepseek" "DeepSeek" OpenAi Some("https://api.deepseek.com");
    Qwen "qwen" "Qwen" OpenAi Some("https://dashscope-intl.aliyuncs.com/compatible-mode/v1");
    Zhipu "zhipu" "Zhipu GLM" OpenAi Some("https://api.z.ai/api/paas/v4");
    Doubao "doubao" "Doubao" OpenAi Some("https://ark.cn-beijing.volces.com/api/v3");
    Groq "groq" "Groq" OpenAi Some("https://api.groq.com/openai/v1");
    Xai "xai" "xAI" OpenAi Some("https://api.x.ai/v1");
    Together "together" "Together" OpenAi Some("https://api.together.ai/v1");
    OpenRouter "openrouter" "OpenRouter" OpenAi Some("https://openrouter.ai/api/v1");
    Moonshot "moonshot" "Moonshot" OpenAi Some("https://api.moonshot.ai/v1");
    Perplexity "perplexity" "Perplexity" OpenAi Some("https://api.perplexity.ai");
    Cerebras "cerebras" "Cerebras" OpenAi Some("https://api.cerebras.ai/v1");
    Ollama "ollama" "Ollama" OpenAi Some("http://localhost:11434/v1");
    Vllm "vllm" "vLLM" OpenAi Some("http://localhost:8000/v1");
    OpenAiCompatible "openai-compatible" "OpenAI-compatible" OpenAi None;
    Simulator "simulator" "Simulator" OpenAi None;
}

impl Provider {
    /// The provider of a slug or of one of its aliases (`google`, `x-ai`).
    pub fn from_slug(slug: &str) -> Option<Self> {
        match slug {
            "google" => Some(Self::Gemini),
            "x-ai" => Some(Self::Xai),
            _ => Self::ALL.iter().copied().find(|p| p.slug() == slug),
        }
    }

    /// Whether a provider key works without a secret: a server of one's own, or the simulator.
    pub fn key_is_optional(self) -> bool {
        matches!(self, Self::Ollama | Self::Vllm | Self::OpenAiCompatible | Self::Simulator)
    }
}

impl std::fmt::Display for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.slug())
    }
}
