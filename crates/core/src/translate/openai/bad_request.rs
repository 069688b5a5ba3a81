//! What is wrong with a caller's body, in words that its author can act on. It must never quote the body.

use std::fmt;

/// A 400 `invalid_request`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRequest {
    pub message: String,
    /// The field at fault, as `messages[2].content`; `None`: the body as a whole.
    pub param: Option<String>,
}

impl BadRequest {
    pub fn new(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self { message: message.into(), param: Some(param.into()) }
    }

    /// A body that is not JSON, with the place that serde found.
    pub(super) fn not_json(error: &serde_json::Error) -> Self {
        Self { message: format!("The request body is not valid JSON: {error}."), param: None }
    }

    pub(super) fn body(message: impl Into<String>) -> Self {
        Self { message: message.into(), param: None }
    }
}

impl fmt::Display for BadRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for BadRequest {}
