//! Anthropic's Messages API as JSON: what is sent, what comes back whole, and the events of a stream.
//! Every field that comes in is optional and every enum open: the vendor adds to both without notice.

mod event;
mod request;
mod response;

pub use event::{BlockDelta, Event, MessageDelta};
pub use request::{
    Block, Choice, Format, Media, Message, Metadata, OutputConfig, Request, ResultContent, Role, Thinking,
    Tool,
};
pub use response::{Content, OutputDetails, Reply, Usage};
