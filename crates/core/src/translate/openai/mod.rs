//! OpenAI's chat completions: the caller's dialect, and the wire of most vendors.
//!
//! In: `envelope` (the caller's body, opened), `request` (the same in neutral words, for other wires). Towards a vendor
//! of this wire: `outgoing`, with `quirks` as its table. Back from one: `passthrough` and `whole` (bytes to bytes), or
//! `decode` (bytes to events). Towards the caller from any other wire: `encode`.

mod bad_request;
mod calls;
mod completion;
mod decode;
mod encode;
mod envelope;
mod finish;
mod message;
mod messages;
mod mirror;
mod needs;
mod outgoing;
mod passthrough;
mod peek;
mod quirks;
mod request;
mod scan;
mod splice;
mod template;
mod told;
mod usage;
mod whole;

pub use bad_request::BadRequest;
pub(super) use completion::events;
pub use completion::whole;
pub use decode::Stream;
pub use encode::{Encoder, error_event};
pub use envelope::{Envelope, Inline};
pub use outgoing::outgoing;
pub use passthrough::{Passthrough, as_chunk};
pub use whole::{passthrough_whole, with_usage};

/// No vendor gives more answers than this; an index beyond it is a broken stream.
const MOST_CHOICES: usize = 128;
