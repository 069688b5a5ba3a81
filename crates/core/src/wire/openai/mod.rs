//! OpenAI's chat completions, as its many vendors write it. Mirrors borrow from the bytes and keep values raw: who
//! reads them decides what is worth unpacking.

mod chunk;
mod completion;
mod raw;
mod usage;

pub use chunk::{Call, Chunk, ChunkChoice, Delta, Function};
pub use completion::{Completion, CompletionChoice};
pub use raw::Raw;
pub use usage::{CompletionDetails, PromptDetails, Usage};

/// A member that is there, `null` or not: where a value is to be put right, a second member of the name would lose
/// against the first.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Raw<'de>>, D::Error> {
    serde::Deserialize::deserialize(from).map(Some)
}
