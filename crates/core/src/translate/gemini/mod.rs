//! Gemini's generateContent wire, for AI Studio and Vertex. `outgoing` makes the request (the same body streamed and
//! not; the path tells which), `whole` and `stream` read the answer; the rest are parts of these.

mod failure;
mod finish;
mod partial;
mod stream;
mod usage;
mod whole;

pub use stream::Stream;
pub use whole::whole;
