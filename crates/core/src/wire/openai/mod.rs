//! OpenAI's chat completions, as its many vendors write it. Mirrors borrow from the bytes and keep values raw: who
//! reads them decides what is worth unpacking.

mod chunk;
mod completion;
mod usage;

pub use chunk::{Call, Chunk, ChunkChoice, Delta, Function};
pub use completion::{Completion, CompletionChoice};
pub use usage::{CompletionDetails, PromptDetails, Usage};
