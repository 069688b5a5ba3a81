//! What fuzzing feeds. cargo-fuzz calls these functions with its own inputs; `crates/core/tests/it/fuzz.rs` and
//! `crates/gateway/tests/it/fuzz.rs` feed them seeds and mutations, so that CI runs the same ones.
//! Nothing here may read a clock or draw a random number.

pub mod declared;
pub mod wire;
