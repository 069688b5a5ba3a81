//! What MAIG decides, without doing any of it: which target a request tries next, what a failure means, how one
//! provider's words become another's, what a key may do and what an answer cost.
//!
//! Invariant: nothing here does I/O, reads a clock, or draws a random number; callers pass `now` and random bytes.
//! The dashboard compiles this crate to wasm32 and runs the same code that the gateway runs.
//!
//! Reading order: `chat` (the words), `provider` and `model` (whose model a name is), `route` (what an operator
//! configures), `plan` (what happens when a target fails), `failure` (what failing means), `explain` (a rehearsal of it), `translate`
//! (wires).

pub mod catalog;
pub mod chat;
pub mod date;
pub mod explain;
pub mod failure;
pub mod id;
pub mod key;
pub mod limit;
pub mod login;
pub mod model;
pub mod moment;
pub mod money;
pub mod plan;
pub mod provider;
pub mod retention;
pub mod route;
pub mod secret;
pub mod sse;
pub mod time;
pub mod translate;
pub mod wire;
