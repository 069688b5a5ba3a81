//! After the commit: the provider's bytes become the app's, as they come. A stream that is relayed always ends with a
//! finish and `[DONE]`, or with an error event and no `[DONE]`; never with a bare end. Dropped in the middle (the app
//! left), it takes the provider's connection with it, so that nothing goes on being paid for.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use http_body_util::BodyExt;
use maig_core::chat::Usage;
use maig_core::failure::{Failure, FailureKind};
use maig_core::route::ModelTarget;
use maig_core::time::Tick;
use tokio::time::{Sleep, sleep_until};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::call::{Call, Course};
use super::commit::Opening;
use super::give_up::attempts;
use super::render::error_event;
use super::said::estimate;
use crate::clock::Clock;
use crate::error::{ApiError, Code};
use crate::upstream::ReplyBody;

/// What a provider that has said everything gets to close its body in order, so that its connection can be used again.
const TAIL_TIME: Duration = Duration::from_secs(1);

/// A committed stream, as the body of the app's response.
pub(super) struct Relaying {
    opening: Opening,
    target: Arc<ModelTarget>,
    course: Course,
    clock: Clock,
    prompt_bytes: usize,
    /// The last sign of life.
    heard_at: Tick,
    /// The end of `stream_ms`.
    ends_at: Tick,
    /// Set to the earliest moment at which a clock can run out; looked at, not reset, on every frame.
    alarm: Pin<Box<Sleep>>,
    /// The drain time is over.
    over: Pin<Box<WaitForCancellationFutureOwned>>,
    ended: bool,
}

impl Relaying {
    pub(super) fn new(
        call: Box<Call>,
        target: Arc<ModelTarget>,
        opening: Opening,
        stream_time: Duration,
    ) -> Self {
        let clock = call.state.clock;
        let now = clock.now();
        let ends_at = now + stream_time;
        let first_alarm = ends_at.min(now + opening.idle);
        let mut relaying = Self {
            opening,
            target,
            course: call.course,
            clock,
            prompt_bytes: call.incoming.envelope.size(),
            heard_at: now,
            ends_at,
            alarm: Box::pin(sleep_until(clock.instant(first_alarm))),
            over: Box::pin(call.state.over.clone().cancelled_owned()),
            ended: false,
        };
        if relaying.opening.said.done || relaying.opening.upstream.is_none() {
            relaying.complete();
        }
        relaying
    }

    /// Everything was said: the app gets what it still lacks.
    fn complete(&mut self) {
        let estimate = self.opening.said.usage.is_none().then(|| self.estimate());
        let signals = self.opening.relay.finish(estimate, &mut self.opening.out);
        // What `finish` tells was known before, or is our own estimate.
        let _ = self.opening.said.heard(signals);
        self.course.plan.answered(self.clock.now());
        self.close();
        if let Some(upstream) = self.opening.upstream.take() {
            finish_reading(upstream);
        }
    }

    /// The stream broke: the app is told so, in the one way that its client understands.
    fn cut(&mut self, failure: Failure, code: Code) {
        let now = self.clock.now();
        let message = match code {
            Code::ShuttingDown => "The gateway is shutting down and the stream had to end. Try again.",
            _ => {
                "The provider's stream broke off. The text so far is all there is; try again for a whole answer."
            }
        };
        match code {
            // Our own end says nothing of the provider.
            Code::ShuttingDown => self.course.plan.cancelled(now),
            _ => self.course.plan.cut(now, failure),
        }
        let mut error = ApiError::new(code, message);
        error.body.attempts = Some(attempts(&self.course.plan));
        error_event(&error, &mut self.opening.out);
        // Whatever broke it, after the commit it is a cut stream.
        self.course.record.cut(&error, FailureKind::StreamCut);
        self.close();
        // Dropped, not read on: what the provider still has to say is of no use.
        self.opening.upstream = None;
    }

    fn close(&mut self) {
        let usage = self.opening.said.usage.unwrap_or_else(|| self.estimate());
        self.course.record.stream_ended(&self.opening.said, usage, &self.target, &self.course.plan);
        self.ended = true;
    }

    fn estimate(&self) -> Usage {
        estimate(self.prompt_bytes, self.opening.said.chars)
    }

    /// Takes what the provider sent, if anything; `Pending` only when every source will wake us.
    fn advance(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(upstream) = &mut self.opening.upstream else {
            self.complete();
            return Poll::Ready(());
        };
        match Pin::new(upstream).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                self.heard_at = self.clock.now();
                if let Ok(data) = frame.into_data() {
                    match self.opening.take(data) {
                        Err(failure) => self.cut(failure, Code::StreamInterrupted),
                        Ok(()) if self.opening.said.done => self.complete(),
                        Ok(()) => {}
                    }
                }
                Poll::Ready(())
            }
            Poll::Ready(end) => {
                self.opening.upstream = None;
                self.end(end.is_some());
                Poll::Ready(())
            }
            Poll::Pending => {
                if self.over.as_mut().poll(cx).is_ready() {
                    let failure = Failure::seen(FailureKind::StreamCut, "the gateway is shutting down");
                    self.cut(failure, Code::ShuttingDown);
                    return Poll::Ready(());
                }
                ready!(self.alarm.as_mut().poll(cx));
                self.rung();
                Poll::Ready(())
            }
        }
    }

    /// The provider's connection ended, in order or not.
    fn end(&mut self, broken: bool) {
        let last = self.opening.end();
        match last {
            Err(failure) => self.cut(failure, Code::StreamInterrupted),
            Ok(()) if self.opening.said.is_complete() => self.complete(),
            Ok(()) => {
                let how =
                    if broken { "the connection was lost" } else { "the stream ended without a finish" };
                self.cut(Failure::seen(FailureKind::StreamCut, how), Code::StreamInterrupted);
            }
        }
    }

    /// The alarm rang: a clock has run out, or there was life meanwhile and it is set anew.
    fn rung(&mut self) {
        let now = self.clock.now();
        let silent_at = self.heard_at + self.opening.idle;
        if now >= self.ends_at {
            let failure = Failure::seen(FailureKind::StreamCut, "the stream took longer than stream_ms");
            self.cut(failure, Code::StreamInterrupted);
        } else if now >= silent_at && self.opening.said.is_complete() {
            // The provider finished and forgot to hang up.
            self.complete();
        } else if now >= silent_at {
            let failure = Failure::seen(FailureKind::StreamCut, "the provider fell silent");
            self.cut(failure, Code::StreamInterrupted);
        } else {
            self.alarm.as_mut().reset(self.clock.instant(silent_at.min(self.ends_at)));
        }
    }
}

impl Drop for Relaying {
    fn drop(&mut self) {
        // The app left in the middle: what it was given is paid for all the same.
        if !self.ended {
            let usage = self.opening.said.usage.unwrap_or_else(|| self.estimate());
            self.course.record.given(&self.opening.said, usage, &self.target);
        }
    }
}

impl Body for Relaying {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::convert::Infallible>>> {
        loop {
            if !self.opening.out.is_empty() {
                let out = std::mem::take(&mut self.opening.out);
                return Poll::Ready(Some(Ok(Frame::data(Bytes::from(out)))));
            }
            if self.ended {
                return Poll::Ready(None);
            }
            ready!(self.advance(cx));
        }
    }
}

/// Reads on to the end of a body of which everything that matters was read, so that the connection goes back to the
/// pool; most often it is there already.
fn finish_reading(mut upstream: ReplyBody) {
    if upstream.is_end_stream() {
        return;
    }
    tokio::spawn(async move {
        // Whether it ends in order or by the clock, the body is dropped here.
        let _ = tokio::time::timeout(TAIL_TIME, async { while let Some(Ok(_)) = upstream.frame().await {} })
            .await;
    });
}
