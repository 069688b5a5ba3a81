//! Gemini's generateContent wire, for AI Studio and Vertex. `outgoing` makes the request (the same body streamed and
//! not; the path tells which), `whole` and `stream` read the answer; the rest are parts of these.

mod finish;
mod generation;
mod media;
mod messages;
mod outgoing;
mod partial;
mod schema;
mod stream;
mod thinking;
mod tools;
mod usage;
mod whole;

pub use outgoing::{Told, outgoing};
pub use stream::Stream;
pub use whole::whole;
