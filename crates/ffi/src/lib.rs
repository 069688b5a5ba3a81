//! The skin of maig-client that UniFFI carries to Swift and Kotlin. It decides nothing: types are copied, work is handed
//! to maig-client on threads of its own, and foreign code awaits channels.
//!
//! What is named `Raw…` is for the hand-written parts of the two SDKs, which give each language its idiom; everything
//! else is their public API as it stands here.
//!
//! Reading order: `client` and `stream` (what is called), `options` and `message` (what goes in), `response` and
//! `failure` (what comes out), `runtime`.

#![expect(clippy::result_large_err, reason = "an error crosses the border by value; it is made once a call")]

mod client;
mod failure;
mod message;
mod options;
mod response;
mod runtime;
mod stream;

pub use client::{RawCancel, RawClient};
pub use failure::{Attempt, ErrorKind, RawError, RawFailure, WhatToDo};
pub use message::{ImageInput, Message, Role, Tool, ToolCall};
pub use options::{ClientOptions, GenerateOptions, TimeSpan, ToolChoice};
pub use response::{FinishReason, GenerateResponse, Usage};
pub use stream::RawTextStream;

uniffi::setup_scaffolding!("maig");
