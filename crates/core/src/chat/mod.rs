//! The neutral chat vocabulary: our own words for what every vendor says in its own.
//! A translator knows one wire and these words, never two wires; vendor words stay in `wire`.

mod answer;
mod event;
mod finish;
mod needs;
mod request;
mod usage;

pub use answer::{Answer, Choice};
pub use event::ChatEvent;
pub use finish::FinishReason;
pub use needs::Needs;
pub use request::{
    AssistantMessage, ChatRequest, Effort, Media, Message, Origin, Part, Reasoning, ResponseFormat, Tool,
    ToolCall, ToolChoice,
};
pub use usage::Usage;
