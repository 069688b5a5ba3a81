//! Up to the commit: a stream's frames are read and held back until the first that carries content. Until then every
//! failure is a failure of the attempt, and the app has seen nothing. An `Opening` that is given has content.

use bytes::Bytes;
use http_body::Frame;
use http_body_util::BodyExt;
use maig_core::failure::{Failure, FailureKind};
use maig_core::plan::Attempt;
use maig_core::sse::{Decoder, looks_like_events};
use maig_core::time::Tick;
use maig_core::translate::{Head, Reader, Relay};
use tokio::time::timeout_at;

use super::call::Call;
use super::read::{beginning, read};
use super::said::Said;
use crate::upstream::{Reply, ReplyBody};

/// Held back before the commit at most; no provider says so much before its first word.
const MAX_HELD: usize = 1024 * 1024;

/// A provider's stream, and what it has said so far.
pub(super) struct Opening {
    /// `None`: it has ended.
    pub(super) upstream: Option<ReplyBody>,
    pub(super) sse: Decoder,
    pub(super) relay: Box<dyn Relay>,
    /// What the app is to get, and has not got yet.
    pub(super) out: Vec<u8>,
    pub(super) said: Said,
    pub(super) idle: std::time::Duration,
}

/// Reads the stream up to its first content.
pub(super) async fn open(
    call: &Call,
    attempt: &Attempt,
    reader: Reader,
    reply: Reply,
    head: &Head,
) -> Result<Opening, Failure> {
    let clock = call.state.clock;
    let clocks = &attempt.clocks;
    let envelope = &call.incoming.envelope;
    let mut opening = Opening {
        upstream: None,
        sse: Decoder::new(),
        relay: reader.relay(head.clone(), envelope.include_usage),
        out: Vec::new(),
        said: Said { expected: envelope.n as usize, ..Said::default() },
        idle: clocks.idle,
    };
    let first_by = earlier(clocks.total, clocks.first_token);
    let says_so = reply.is_event_stream();
    let mut body = reply.body;
    // Some servers stream and do not say so in the answer's type: then its first character tells.
    let mut begun =
        if says_so { Bytes::new() } else { beginning(&mut body, clock.instant(first_by)).await? };
    if !says_so && !looks_like_events(&begun) {
        // A provider that answered whole: the app gets the same answer as a stream.
        let body = read(&mut body, begun, clock.instant(first_by)).await?;
        let (relay, signals) =
            reader.whole_as_stream(body, head.clone(), envelope.include_usage, &mut opening.out)?;
        opening.relay = relay;
        opening.said.heard(signals)?;
        // What came whole has its end, whether or not it names a finish.
        opening.said.done = true;
        return opening.or_empty(attempt);
    }
    // Silence is counted from the first sign of life: before it, the first token's clock is the only one.
    let mut silent_at = None;
    loop {
        let by = earlier(first_by, silent_at);
        let read = match begun.is_empty() {
            true => timeout_at(clock.instant(by), body.frame()).await,
            false => Ok(Some(Ok(Frame::data(std::mem::take(&mut begun))))),
        };
        match read {
            Err(_) => {
                return Err(Failure::seen(FailureKind::Timeout, "the provider gave no first token in time"));
            }
            Ok(Some(Ok(frame))) => {
                let Ok(data) = frame.into_data() else { continue };
                silent_at = Some(clock.now() + clocks.idle);
                opening.take(data)?;
                if opening.said.content {
                    opening.upstream = Some(body);
                    return Ok(opening);
                }
                if opening.said.done {
                    return opening.or_empty(attempt);
                }
                if opening.out.len() > MAX_HELD {
                    return Err(Failure::seen(
                        FailureKind::BadResponse,
                        "the provider said much and gave no content",
                    ));
                }
            }
            Ok(Some(Err(_))) | Ok(None) => {
                opening.end()?;
                return opening.or_empty(attempt);
            }
        }
    }
}

impl Opening {
    /// Takes what arrived. An error is the provider's own, or a frame beyond bounds.
    pub(super) fn take(&mut self, data: Bytes) -> Result<(), Failure> {
        self.sse.push(data);
        // What follows the end mark is no part of the answer.
        while !self.said.done
            && let Some(frame) = self.sse.next().map_err(too_large)?
        {
            self.frame(&frame)?;
        }
        Ok(())
    }

    /// The connection ended: a last frame may lack its blank line.
    pub(super) fn end(&mut self) -> Result<(), Failure> {
        match self.sse.finish().map_err(too_large)? {
            Some(frame) => self.frame(&frame),
            None => Ok(()),
        }
    }

    fn frame(&mut self, frame: &maig_core::sse::Frame) -> Result<(), Failure> {
        let Ok(signals) = self.relay.frame(frame, &mut self.out) else {
            self.said.skipped += 1;
            return Ok(());
        };
        self.said.heard(signals)
    }

    /// The stream ended without content.
    fn or_empty(self, attempt: &Attempt) -> Result<Self, Failure> {
        // An end mark alone, without any choice, is no answer of any kind.
        let accept_empty = attempt.accept_empty && !self.said.finished.is_empty();
        // A filter stopped the answer before its first word.
        if !self.said.content && !attempt.accept_refusal && self.said.is_filtered() {
            return Err(refusal());
        }
        // Content in a last frame that was cut off with its stream has not been given to anybody: it commits to nothing.
        if self.said.is_complete() && (self.said.content || accept_empty || !self.said.is_empty()) {
            return Ok(self);
        }
        let what = match self.said.is_complete() {
            true => "the provider gave an empty answer",
            false => "the provider's stream broke off before its answer had begun",
        };
        Err(Failure::seen(FailureKind::BadResponse, what))
    }
}

fn too_large(_: maig_core::sse::FrameTooLarge) -> Failure {
    Failure::seen(FailureKind::BadResponse, "the provider sent a frame larger than 16 MiB")
}

/// An answer that is a refusal, where the route has it asked of another target.
pub(super) fn refusal() -> Failure {
    Failure::seen(FailureKind::ContentPolicy, "the model refused to answer")
}

/// The earlier of two moments, of which the second may be missing.
fn earlier(a: Tick, b: Option<Tick>) -> Tick {
    b.map_or(a, |b| a.min(b))
}
