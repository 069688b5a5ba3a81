//! An error that a vendor tells inside a 200, in a body or in a stream. What it means is `failure::evidence`'s to say;
//! here is only how it is seen.

use serde_json::Value;

use super::peek;
use crate::failure::{Failure, FailureKind, evidence};
use crate::provider::Provider;
use crate::sse::Frame;
use crate::wire::openai::Chunk;

/// The failure that a raw body or frame with an error in it tells of.
pub(super) fn told(provider: Provider, raw: &str) -> Failure {
    evidence::from_stream_error(provider, &serde_json::from_str(raw).unwrap_or_default())
}

/// Whether a frame tells an error. Most put it under `error`; some servers send the bare object of an error body.
pub(super) fn is_error(frame: &Frame, chunk: &Chunk<'_>, text: &str) -> bool {
    if peek::is_filled(chunk.error) || frame.event.as_deref() == Some(b"error") {
        return true;
    }
    chunk.choices.is_none() && chunk.usage.is_none() && is_bare_error(text)
}

/// `{"object":"error",…}` (vLLM, Mistral), `{"detail":…}` (Mistral), `{"code":…,"message":…}` (Qwen).
pub(super) fn is_bare_error(text: &str) -> bool {
    let value: Value = serde_json::from_str(text).unwrap_or_default();
    value["object"] == "error"
        || value.get("detail").is_some()
        || (value.get("message").is_some() && (value.get("code").is_some() || value.get("type").is_some()))
}

/// An answer that ended with a finish reason that means an error.
pub(super) fn broke(word: &str) -> Failure {
    Failure::seen(FailureKind::ServerError, format!("the provider's answer broke (finish reason `{word}`)"))
}
