//! Streams that outlive a connection (CONTRACT §7; ARCHITECTURE.md fixes their wire form). A phone asks for one with
//! `x-maig-resumable: true`; its events are numbered and held, and whoever comes back continues after the last it got.
//!
//! | file | is |
//! | --- | --- |
//! | `begin` | an answer that streams → the same answer, held |
//! | `keeper` | the task that makes a stream, whoever reads it, and ends when the stream has expired |
//! | `events` | a stream's bytes → events with ids |
//! | `held` | one stream: its events, its one reader, its times; the only lock of a stream |
//! | `buffer` | the events that are held, and nothing else |
//! | `room` | the bounds: streams and bytes, of a project key and of the process |
//! | `shelf` | every stream that is held, by id, and those that have expired |
//! | `reader` | a response's body that reads a held stream |
//! | `resume` | `GET /v1/streams/{id}` |
//! | `leave` | `DELETE /v1/streams/{id}` |
//! | `id` | the names of streams and events |
//!
//! The keeper stays on the worker where its request came in, since the provider's connection lives there; readers may
//! be on any. Keeper and readers know each other only through `held`: what several instances will share stands behind
//! its methods, and behind `shelf`, which finds it.
//!
//! Invariants: no lock is held across an await, nothing grows past its bound, and whatever ends a keeper takes the
//! stream off the shelf.

pub mod leave;
pub mod resume;

mod begin;
mod buffer;
mod events;
mod held;
mod id;
mod keeper;
mod reader;
mod room;
mod shelf;

pub(crate) use begin::{Holding, Tally};
pub use room::InUse;
pub use shelf::Streams;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A poisoned lock of this folder holds what is whole all the same: no step under it can stop halfway.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
