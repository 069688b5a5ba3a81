//! The events of a stream. Parts that not every event has are kept raw until the event's type says what they are.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Usage;

#[derive(Debug, Deserialize)]
pub struct Event<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    /// Counts all blocks of the message, not only the tools.
    #[serde(default)]
    pub index: u64,
    #[serde(default, borrow)]
    pub message: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub content_block: Option<&'a RawValue>,
    #[serde(default, borrow)]
    pub delta: Option<&'a RawValue>,
    #[serde(default)]
    pub usage: Option<Usage>,
}

/// `content_block_delta.delta`: which of the others is there is said by its type. Flat, because a tagged enum is read
/// twice, and this is most of every stream.
#[derive(Debug, Deserialize)]
pub struct BlockDelta<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Cow<'a, str>,
    pub text: Option<String>,
    pub partial_json: Option<String>,
    pub thinking: Option<String>,
    pub signature: Option<String>,
}

/// `message_delta.delta`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct MessageDelta {
    pub stop_reason: Option<String>,
}
