//! Between the caller's dialect and an upstream's wire. N translations in and N out through `chat`, never N×N; where
//! both sides speak the same dialect the bytes go through and only what differs is rewritten.
//!
//! Per upstream wire there is one folder with the same four doors: `outgoing` (request → body), `whole` (body →
//! `Answer`), `stream` (frames → `ChatEvent`s), and what only that wire has. This file is the switch between them;
//! it must never know a vendor's word.

pub mod anthropic;
pub mod gemini;
pub mod openai;

use bytes::Bytes;

use crate::chat::{ChatEvent, FinishReason, Usage};
use crate::failure::Failure;
use crate::sse::Frame;

/// A request body for one target.
#[derive(Debug)]
pub struct Outgoing {
    pub body: Bytes,
    /// What the target could not be told, by the caller's field names.
    pub dropped: Vec<String>,
}

/// This target cannot do what the request needs; it is skipped without an attempt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{param} is not supported by this model: {reason}")]
pub struct Unsupported {
    pub param: String,
    pub reason: String,
}

/// Turns the frames of one upstream wire into events. One decoder serves one answer.
pub trait Decode: Send {
    /// Takes one frame. A frame that is not what the wire promises is skipped by the caller and counted.
    fn frame(&mut self, frame: &Frame, out: &mut Vec<ChatEvent>) -> Result<(), NotAFrame>;
    /// The connection ended: gives what was held back (open tool arguments, a derived finish).
    fn end(&mut self, out: &mut Vec<ChatEvent>);
}

/// A frame that does not parse on its wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAFrame;

/// What an upstream's frame meant for the plan, besides the bytes that it became.
#[derive(Debug, Default)]
pub struct Signals {
    /// Content was given: from here there is no way back.
    pub content: bool,
    /// Characters of content, for an estimate when the stream breaks before usage.
    pub chars: usize,
    /// Choices that finished in this frame, with their reasons.
    pub finished: Vec<(u32, FinishReason)>,
    pub usage: Option<Usage>,
    /// The provider's own string for the model, when this frame tells it.
    pub model: Option<String>,
    /// The provider says in its stream that it failed.
    pub failed: Option<Failure>,
    /// The wire's own end mark (`[DONE]`, `message_stop`).
    pub done: bool,
}

/// Turns one upstream's stream into the caller's bytes. Two kinds: the same dialect on both sides, and translated.
pub trait Relay: Send {
    /// Takes one frame and appends what the caller is to get (complete SSE frames) to `out`.
    fn frame(&mut self, frame: &Frame, out: &mut Vec<u8>) -> Result<Signals, NotAFrame>;
    /// The upstream's stream is complete: appends what the caller still lacks (finish, usage, `[DONE]`).
    fn finish(&mut self, out: &mut Vec<u8>) -> Signals;
}
