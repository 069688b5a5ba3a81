//! What a stream says, one fact an event, whoever's stream it is. A decoder makes these, an encoder or the answer's
//! assembler takes them. An event must never carry a vendor's word.

use super::{FinishReason, Usage};
use crate::failure::Failure;

/// One fact of a streamed answer. `choice` counts answers (`n`), from 0.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEvent {
    /// The head of the answer; comes once, before anything else. It is no content.
    Start {
        id: Option<String>,
        /// The provider's own string for the model that answers.
        model: Option<String>,
    },
    Text {
        choice: u32,
        text: String,
    },
    Refusal {
        choice: u32,
        text: String,
    },
    /// Readable reasoning.
    Reasoning {
        choice: u32,
        text: String,
    },
    /// A reasoning block is complete, and this must be replayed with it: the signature, or the encrypted block itself.
    ReasoningSeal {
        choice: u32,
        block: super::Reasoning,
    },
    /// A tool call begins. `index` counts the calls of the choice from 0, without gaps; `id` is never empty.
    ToolStart {
        choice: u32,
        index: u32,
        id: String,
        name: String,
        signature: Option<String>,
    },
    /// More of a call's arguments (JSON text); a call whose arguments are complete and empty gets `{}`.
    ToolArguments {
        choice: u32,
        index: u32,
        fragment: String,
    },
    /// A signature of the message as a whole.
    Signature {
        choice: u32,
        signature: String,
    },
    Finish {
        choice: u32,
        reason: FinishReason,
    },
    /// Usage of the whole answer so far; a later one replaces an earlier one.
    Usage(Usage),
    /// The provider says, inside its stream, that it failed. Nothing follows.
    Failed(Failure),
}

impl ChatEvent {
    /// Whether the app would be given something that cannot be taken back: the commit (CONTRACT §5).
    pub fn is_content(&self) -> bool {
        match self {
            Self::Text { text, .. } | Self::Refusal { text, .. } | Self::Reasoning { text, .. } => {
                !text.is_empty()
            }
            Self::ToolStart { .. } | Self::ToolArguments { .. } => true,
            Self::Start { .. }
            | Self::ReasoningSeal { .. }
            | Self::Signature { .. }
            | Self::Finish { .. }
            | Self::Usage(_)
            | Self::Failed(_) => false,
        }
    }
}
