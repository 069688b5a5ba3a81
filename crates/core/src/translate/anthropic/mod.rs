//! Anthropic's Messages wire. `whole` and `stream` read the answer; the rest are parts of these.
//! What a request was told decides how its answer is read: a JSON schema that the model cannot be held to is asked for
//! as a forced tool, and the readers must be told so.

mod answer_tool;
mod failure;
mod finish;
mod stream;
mod usage;
mod whole;

pub use stream::Stream;
pub use whole::whole;
