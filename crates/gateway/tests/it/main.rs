//! The gateway's tests, one binary.

// Lets helpers outside `#[test]` functions unwrap as tests may.
#![cfg(test)]

mod failover;
mod fuzz;
mod world;
