//! A stream of another wire to a caller of OpenAI's dialect: decoder → events → encoder, and the same events gathered
//! into a whole answer. It must never look into a frame itself.

use super::openai::{self, Encoder};
use super::{Decode, Head, NotAFrame, Relay, Signals, Whole};
use crate::chat::{Answer, ChatEvent, Usage};
use crate::sse::Frame;

/// A decoder with the encoder behind it.
pub struct Translated {
    decoder: Box<dyn Decode>,
    encoder: Encoder,
    events: Vec<ChatEvent>,
}

impl Translated {
    pub fn new(decoder: Box<dyn Decode>, head: Head, include_usage: bool) -> Self {
        Self { decoder, encoder: Encoder::new(head, include_usage), events: Vec::new() }
    }

    /// All of the answer is already encoded; only the end is lacking.
    pub(super) fn ended(encoder: Encoder) -> Self {
        Self { decoder: Box::new(Ended), encoder, events: Vec::new() }
    }
}

/// A stream of which nothing is to come.
struct Ended;

impl Decode for Ended {
    fn frame(&mut self, _: &Frame, _: &mut Vec<ChatEvent>) -> Result<(), NotAFrame> {
        Err(NotAFrame)
    }

    fn end(&mut self, _: &mut Vec<ChatEvent>) {}
}

impl Relay for Translated {
    fn frame(&mut self, frame: &Frame, out: &mut Vec<u8>) -> Result<Signals, NotAFrame> {
        let mut signals = Signals { done: frame.data.trim_ascii() == b"[DONE]", ..Signals::default() };
        if signals.done {
            return Ok(signals);
        }
        self.decoder.frame(frame, &mut self.events)?;
        for event in self.events.drain(..) {
            self.encoder.event(event, &mut signals, out);
        }
        Ok(signals)
    }

    fn finish(&mut self, estimate: Option<Usage>, out: &mut Vec<u8>) -> Signals {
        let mut signals = Signals::default();
        self.decoder.end(&mut self.events);
        for event in self.events.drain(..) {
            self.encoder.event(event, &mut signals, out);
        }
        if signals.failed.is_none() {
            self.encoder.finish(estimate, &mut signals, out);
        }
        signals
    }
}

/// A whole answer made of a stream, for a model that only streams.
pub struct Assembly {
    decoder: Box<dyn Decode>,
    answer: Answer,
    events: Vec<ChatEvent>,
}

impl Assembly {
    pub fn new(decoder: Box<dyn Decode>) -> Self {
        Self { decoder, answer: Answer::default(), events: Vec::new() }
    }

    /// Takes one frame; the signals are those of a relay.
    ///
    /// # Errors
    /// The frame is none; it is skipped.
    pub fn frame(&mut self, frame: &Frame) -> Result<Signals, NotAFrame> {
        let mut signals = Signals { done: frame.data.trim_ascii() == b"[DONE]", ..Signals::default() };
        if !signals.done {
            self.decoder.frame(frame, &mut self.events)?;
            self.take(&mut signals);
        }
        Ok(signals)
    }

    /// The stream is complete: the answer as the caller's body. `Err`: the provider failed at its very end.
    pub fn finish(mut self, head: &Head) -> Result<Whole, crate::failure::Failure> {
        let mut signals = Signals::default();
        self.decoder.end(&mut self.events);
        self.take(&mut signals);
        signals.failed.map_or_else(|| Ok(openai::whole(&self.answer, head)), Err)
    }

    fn take(&mut self, signals: &mut Signals) {
        for event in self.events.drain(..) {
            signals.content |= event.is_content();
            match &event {
                ChatEvent::Finish { choice, reason } => signals.finished.push((*choice, *reason)),
                ChatEvent::Usage(usage) => signals.usage = Some(*usage),
                ChatEvent::Start { model, .. } => signals.model.clone_from(model),
                _ => {}
            }
            if let Err(failure) = self.answer.take(event) {
                signals.failed = Some(failure);
            }
        }
    }
}
