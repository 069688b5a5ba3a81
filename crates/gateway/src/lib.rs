//! The gateway, as a library so that its tests can reach it; the binary is `main.rs`.
//!
//! Reading order: `serve` (what runs), `chat` (the way of one request: the hot path), `upstream` (calls to providers),
//! `streams` (those that outlive a connection), `snapshot` (the configuration that a request reads), `jobs` (what happens beside requests), `admin` and `cli`
//! (how people change things).

pub mod admin;
pub mod app;
pub mod breakers;
pub mod chat;
pub mod cli;
pub mod clock;
pub mod dashboard;
pub mod declare;
pub mod error;
pub mod gather;
pub mod jobs;
pub mod limits;
pub mod listen;
pub mod mint;
pub mod models;
pub mod password;
pub mod serve;
pub mod settings;
pub mod setup;
pub mod snapshot;
pub mod state;
pub mod streams;
pub mod telemetry;
pub mod totp;
pub mod upstream;
pub mod when;
pub mod workers;
