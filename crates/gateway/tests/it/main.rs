//! The gateway's tests, one binary.

// Lets helpers outside `#[test]` functions unwrap as tests may.
#![cfg(test)]

mod admin_api;
mod cli_commands;
mod cli_demo;
mod cli_run;
mod declare_apply;
mod failover;
mod fuzz;
mod kinds;
mod sockets;
mod streams;
mod world;
