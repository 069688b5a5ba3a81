//! The simulator, seen by a client that reads raw bytes.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it should be")]

mod binary;
mod client;
mod disconnect;
mod faults;
mod recorded;
mod script;
mod strict;
mod wires;
