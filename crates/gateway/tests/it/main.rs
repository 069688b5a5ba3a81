//! The gateway's tests, one binary.

// Lets helpers outside `#[test]` functions unwrap as tests may.
#![cfg(test)]

mod admin_api;
mod admin_roles;
mod bad_input;
mod breakers;
mod canary;
mod chaos;
mod cli_commands;
mod cli_demo;
mod cli_run;
mod clocks;
mod connections;
mod declare_apply;
mod disconnect;
mod drain;
mod early_head;
mod failover;
mod fuzz;
mod inline;
mod keys;
mod kinds;
mod limits;
mod port;
mod readme;
mod recorded;
mod rehearsal;
mod resumable;
mod routes;
mod sockets;
mod streams;
mod told;
mod world;
