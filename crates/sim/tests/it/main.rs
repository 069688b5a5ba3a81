//! The simulator, seen by a client that reads raw bytes.

mod client;
mod disconnect;
mod faults;
mod script;
mod strict;
mod wires;
