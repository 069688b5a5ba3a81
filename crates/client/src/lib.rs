//! The client that apps use, and that the Swift and Kotlin SDKs are made of: answers and streams from a MAIG gateway,
//! over networks that come and go.
//!
//! ```no_run
//! # async fn example() -> Result<(), maig_client::Error> {
//! use maig_client::{Client, GenerateOptions};
//!
//! let client = Client::new("maig_live_…");
//! let options = GenerateOptions::new("production-chat");
//!
//! let answer = client.generate("Why is the sky blue?", &options).await?;
//! println!("{answer} ({} tokens, by {})", answer.usage.unwrap_or_default().total_tokens, answer.model);
//!
//! let mut stream = client.stream("Why is the sky blue?", &options);
//! while let Some(piece) = stream.next().await {
//!     print!("{}", piece?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Invariants: it logs nothing and its `Debug` tells no prompt and no key; it sends a request again only while nothing
//! of its answer was shown; it knows the gateway's public API and nothing of its inside.
//!
//! Reading order: `client` (a call), `deliver` (the way of a stream), `error` (what an app is told), `retry`,
//! `transport` (the network).

mod client;
mod deliver;
mod error;
mod held;
mod input;
mod message;
mod options;
mod request;
mod response;
mod retry;
mod said;
mod stream;
mod tls;
mod transport;
mod wire;

pub use client::Client;
pub use error::{Attempt, Error, ErrorKind, WhatToDo};
pub use message::{ImageInput, Message, Role, Tool, ToolCall};
pub use options::{App, ClientOptions, GenerateOptions, Resume, Retries, Timeouts, ToolChoice};
pub use response::{FinishReason, GenerateResponse, Usage};
pub use stream::TextStream;
