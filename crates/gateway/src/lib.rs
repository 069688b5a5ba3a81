//! The gateway, as a library so that its tests can reach it; the binary is `main.rs`.
//!
//! Reading order: `serve` (what runs), `chat` (the way of one request: the hot path), `upstream` (calls to providers),
//! `snapshot` (the configuration that a request reads), `jobs` (what happens beside requests), `admin` and `cli`
//! (how people change things).

pub mod cli;
pub mod clock;
pub mod declare;
pub mod error;
pub mod listen;
pub mod mint;
pub mod rules;
pub mod settings;
pub mod telemetry;
pub mod upstream;
pub mod when;
