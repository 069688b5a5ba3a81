//! What is beside text and calls in an assistant's message: reasoning that must be replayed, and signatures. Read the
//! same from a vendor's answer and from a caller's history, written the same in both directions.
//!
//! OpenAI has no field for these. `reasoning_content` (DeepSeek's) carries readable reasoning, `reasoning_details`
//! (OpenRouter's) what proves it, `extra_content.google` (Google's own compatible endpoint's) Gemini's signatures.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::chat::{Origin, Reasoning};
use crate::wire::openai::Raw;

const ANTHROPIC: &str = "anthropic-claude-v1";
const GEMINI: &str = "google-gemini-v1";

/// One entry of `reasoning_details`.
#[derive(Debug, Deserialize)]
pub(super) struct Detail {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    summary: Option<String>,
    #[serde(default)]
    data: Option<String>,
    #[serde(default)]
    signature: Option<String>,
    #[serde(default)]
    format: Option<String>,
    #[serde(default)]
    pub(super) id: Option<String>,
}

impl Detail {
    pub(super) fn into_reasoning(self) -> Reasoning {
        let encrypted = self.kind.as_deref() == Some("reasoning.encrypted");
        Reasoning {
            origin: Some(match self.format.as_deref() {
                Some(ANTHROPIC) => Origin::Anthropic,
                Some(GEMINI) => Origin::Gemini,
                _ => Origin::OpenAiWire,
            }),
            text: self.text.or(self.summary).unwrap_or_default(),
            signature: self.signature.filter(|signature| !signature.is_empty()),
            redacted: self.data.filter(|data| encrypted && !data.is_empty()),
        }
    }

    /// Gemini's signature of a call, as OpenRouter gives it: an encrypted entry with the call's id.
    pub(super) fn is_of_a_call(&self) -> bool {
        self.format.as_deref() == Some(GEMINI) && self.id.is_some() && self.data.is_some()
    }

    pub(super) fn into_data(self) -> Option<String> {
        self.data
    }
}

/// `reasoning_details` of a delta or a message; what is no such list is nothing.
pub(super) fn reasoning_details(raw: Option<Raw<'_>>) -> Vec<Reasoning> {
    let details: Vec<Detail> = raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default();
    details.into_iter().map(Detail::into_reasoning).collect()
}

/// `extra_content.google.thought_signature`.
pub(super) fn google_signature(raw: Option<Raw<'_>>) -> Option<String> {
    let extra: Value = serde_json::from_str(raw?.get()).ok()?;
    google_signature_in(Some(&extra))
}

/// As `google_signature`, of a value that is already read.
pub(super) fn google_signature_in(extra: Option<&Value>) -> Option<String> {
    extra?["google"]["thought_signature"].as_str().map(str::to_owned)
}

/// A sealed block as an entry of `reasoning_details`; `text` is what the seal proves.
pub(super) fn detail(block: &Reasoning, text: &str, index: usize) -> Value {
    let format = match block.origin {
        Some(Origin::Anthropic) => ANTHROPIC,
        Some(Origin::Gemini) => GEMINI,
        Some(Origin::OpenAiWire) | None => "unknown",
    };
    match &block.redacted {
        Some(data) => json!({"type": "reasoning.encrypted", "data": data, "format": format, "index": index}),
        None => json!({
            "type": "reasoning.text",
            "text": text,
            "signature": block.signature,
            "format": format,
            "index": index,
        }),
    }
}

/// A signature where Google's own compatible endpoint puts it.
pub(super) fn extra_content(signature: &str) -> Value {
    json!({"google": {"thought_signature": signature}})
}
