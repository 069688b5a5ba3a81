//! Anthropic's Messages wire. `outgoing` makes the request, `whole` and `stream` read the answer; the rest are parts
//! of these. What a request was told decides how its answer is read: a JSON schema that the model cannot be held to is
//! asked for as a forced tool (`Told::emulated`), and the readers must be told so.

mod answer_tool;
mod finish;
mod media;
mod messages;
mod outgoing;
mod sampling;
mod schema;
mod stream;
mod thinking;
mod tools;
mod usage;
mod whole;

pub use outgoing::{Told, outgoing};
pub use stream::Stream;
pub use whole::whole;
