//! Between the caller's dialect and an upstream's wire. N translations in and N out through `chat`, never N×N; where
//! both sides speak the same dialect the bytes go through and only what differs is rewritten.
//!
//! Per upstream wire there is one folder with the same doors: `outgoing` (request → body), `whole` (body → `Answer`),
//! and a stream decoder (frames → `ChatEvent`s). This file is the switch between them; it must never know a vendor's
//! word. The way through it: `openai::Envelope::parse` once, then per attempt `outgoing` → send → the `Reader` that
//! came with the body, which reads the answer.

pub mod anthropic;
mod body;
pub mod gemini;
pub mod openai;
mod schema;
mod translated;

use bytes::Bytes;

use crate::chat::{ChatEvent, FinishReason, Usage};
use crate::failure::Failure;
use crate::provider::{Provider, Wire};
use crate::route::ModelTarget;
use crate::sse::Frame;

pub use openai::{BadRequest, Envelope, error_event};
pub use translated::{Assembly, Translated};

/// What the caller's body becomes for a target. `stream`: whether the upstream is to stream.
///
/// # Errors
/// `Unsupported`: this target cannot do what is asked, and is skipped. `Bad`: no target could understand it.
pub fn outgoing(target: &ModelTarget, envelope: &Envelope, stream: bool) -> Result<Outgoing, Refusal> {
    match target.provider.wire() {
        Wire::OpenAi => Ok(openai::outgoing(target, envelope, stream)?),
        Wire::Anthropic => {
            let request = envelope.request_with(&target.parameters)?;
            let told = anthropic::outgoing(&request, &target.send_as, target.card.as_deref(), stream)?;
            let reader = Reader::Anthropic { emulated: told.emulated };
            Ok(Outgoing { body: told.body, dropped: told.dropped, reader, version: Some(told.version) })
        }
        Wire::Gemini => {
            let request = envelope.request_with(&target.parameters)?;
            let told = gemini::outgoing(&request, &target.send_as, target.card.as_deref())?;
            Ok(Outgoing { body: told.body, dropped: told.dropped, reader: Reader::Gemini, version: None })
        }
    }
}

/// A request body for one target.
#[derive(Debug)]
pub struct Outgoing {
    pub body: Bytes,
    /// What the target could not be told, by the caller's field names.
    pub dropped: Vec<String>,
    /// How the answer to this body is to be read.
    pub reader: Reader,
    /// The API version that the body is written for, where the wire has one (a header of Anthropic's).
    pub version: Option<&'static str>,
}

/// Why there is no body for a target.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    #[error(transparent)]
    Bad(#[from] BadRequest),
}

/// This target cannot do what the request needs; it is skipped without an attempt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{param} is not supported by this model: {reason}")]
pub struct Unsupported {
    pub param: String,
    pub reason: String,
}

/// How an upstream's answer is read: its wire, and what the request told it that shapes the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    OpenAi(Provider),
    Anthropic {
        /// The JSON schema went out as a forced tool, whose input is the text.
        emulated: bool,
    },
    Gemini,
}

impl Reader {
    /// Upstream stream → the caller's stream. `include_usage`: whether the app asked for a usage chunk.
    pub fn relay(self, head: Head, include_usage: bool) -> Box<dyn Relay> {
        match self {
            Self::OpenAi(provider) => Box::new(openai::Passthrough::new(provider, head, include_usage)),
            Self::Anthropic { .. } | Self::Gemini => {
                Box::new(Translated::new(self.decoder(), head, include_usage))
            }
        }
    }

    /// The body of a 200 → the caller's body.
    ///
    /// # Errors
    /// `bad_response` for what is no answer, and whatever the provider says of itself in an error body.
    pub fn whole(self, body: Bytes, head: &Head) -> Result<Whole, Failure> {
        match self {
            Self::OpenAi(provider) => openai::passthrough_whole(provider, body, head),
            Self::Anthropic { emulated } => Ok(openai::whole(&anthropic::whole(&body, emulated)?, head)),
            Self::Gemini => Ok(openai::whole(&gemini::whole(&body)?, head)),
        }
    }

    /// The body of a 200 → the caller's stream, where the upstream answered a stream's request with a whole. Call
    /// `finish` on the relay that is given.
    ///
    /// # Errors
    /// As `whole`.
    pub fn whole_as_stream(
        self,
        body: Bytes,
        head: Head,
        include_usage: bool,
        out: &mut Vec<u8>,
    ) -> Result<(Box<dyn Relay>, Signals), Failure> {
        let answer = match self {
            Self::OpenAi(provider) => {
                // Refuses what is no answer; then the body is read as one large chunk.
                openai::passthrough_whole(provider, body.clone(), &head)?;
                let mut relay = self.relay(head, include_usage);
                let data = openai::as_chunk(&body).unwrap_or(body);
                let signals = relay.frame(&Frame { event: None, data }, out).unwrap_or_default();
                return Ok((relay, signals));
            }
            Self::Anthropic { emulated } => anthropic::whole(&body, emulated)?,
            Self::Gemini => gemini::whole(&body)?,
        };
        let mut signals = Signals::default();
        let mut encoder = openai::Encoder::new(head, include_usage);
        for event in openai::events(answer) {
            encoder.event(event, &mut signals, out);
        }
        Ok((Box::new(Translated::ended(encoder)), signals))
    }

    /// Upstream stream → events.
    pub fn decoder(self) -> Box<dyn Decode> {
        match self {
            Self::OpenAi(provider) => Box::new(openai::Stream::new(provider)),
            Self::Anthropic { emulated } => Box::new(anthropic::Stream::new(emulated)),
            Self::Gemini => Box::new(gemini::Stream::new()),
        }
    }
}

/// What an answer of ours is headed with, where the upstream's own head is not the caller's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// `chatcmpl-…`, for an answer whose provider gives no id.
    pub id: String,
    /// Seconds since 1970.
    pub created: u64,
    /// The model that was asked for, until the provider tells its own string.
    pub model: String,
}

/// A whole answer in the caller's dialect, and what the plan and the log want to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    pub body: Bytes,
    /// The provider's own string for the model.
    pub model: Option<String>,
    /// `None`: the provider did not count. `openai::with_usage` puts an estimate into the body.
    pub usage: Option<Usage>,
    /// Per choice; `None`: the provider gave no reason.
    pub finish: Vec<Option<FinishReason>>,
    /// Nothing was said, and nothing explains it (CONTRACT §5, `bad_response`).
    pub empty: bool,
    /// Every choice was refused by the model or stopped by a filter (CONTRACT §5, `content_policy`).
    pub refused: bool,
    /// Characters of content, for an estimate of usage.
    pub chars: usize,
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
    /// Counts of the whole answer so far; a later one replaces an earlier one.
    pub usage: Option<Usage>,
    /// The provider's own string for the model, in the frame that tells it first.
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
    /// The upstream's stream is complete: appends what the caller still lacks (finish, usage, `[DONE]`). `estimate` is
    /// what is reported where the provider did not count and the app asked.
    fn finish(&mut self, estimate: Option<Usage>, out: &mut Vec<u8>) -> Signals;
}
