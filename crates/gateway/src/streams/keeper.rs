//! The task that makes a held stream. It takes what the provider says into the buffer whether or not somebody reads, as
//! long as there is room; when the stream expires it drops what it was making, and the provider's connection with it.
//! It stays on the worker of its request, and ends with its stream: at the latest one grace after the last event.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, HttpBody};
use tokio::time::{Instant, Sleep, sleep};

use super::events::Numbering;
use super::held::Held;
use crate::state::AppState;

/// How often a keeper without room looks for some: what others give back wakes nobody.
const LOOK_FOR_ROOM: Duration = Duration::from_millis(100);
/// Frames that are taken before other tasks of the thread have their turn.
const AT_ONCE: usize = 32;

pub(super) struct Keeper {
    held: Arc<Held>,
    state: AppState,
    numbering: Numbering,
    /// What makes the stream; `None`: it has ended.
    making: Option<Body>,
    /// Never rings later than the stream expires: it is set when the grace cannot have begun yet, and set anew when it
    /// rings too early.
    alarm: Pin<Box<Sleep>>,
    room: Pin<Box<Sleep>>,
}

impl Keeper {
    pub(super) fn new(held: Arc<Held>, state: AppState, making: Body) -> Self {
        let numbering = Numbering::new(held.id);
        let alarm = Box::pin(sleep(Duration::ZERO));
        Self { held, state, numbering, making: Some(making), alarm, room: Box::pin(sleep(LOOK_FOR_ROOM)) }
    }

    /// Takes what has been made, as far as there is room for it.
    fn make(&mut self, cx: &mut Context<'_>) {
        for _ in 0..AT_ONCE {
            let Some(making) = &mut self.making else { return };
            while !self.held.has_room(cx) {
                if self.room.as_mut().poll(cx).is_pending() {
                    return;
                }
                self.room.as_mut().reset(Instant::now() + LOOK_FOR_ROOM);
            }
            match Pin::new(making).poll_frame(cx) {
                Poll::Pending => return,
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(frames) = frame.into_data() {
                        self.held.push(self.numbering.number(&frames));
                    }
                }
                Poll::Ready(Some(Err(_)) | None) => {
                    // First the row, then the end: whoever has the end finds the row.
                    self.making = None;
                    self.held.end();
                }
            }
        }
        cx.waker().wake_by_ref();
    }
}

impl Future for Keeper {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.make(cx);
        loop {
            ready!(self.alarm.as_mut().poll(cx));
            let Some(until) = self.held.lives_until() else { break };
            let until = self.held.clock.instant(until);
            self.alarm.as_mut().reset(until);
        }
        let abandoned = self.making.is_some();
        if abandoned {
            self.held.tally.abandon();
        }
        tracing::debug!(resumed = self.held.tally.resumed(), abandoned, "a held stream expired");
        Poll::Ready(())
    }
}

/// However a keeper ends, its stream is over: also when its thread ends, or a step of it panicked.
impl Drop for Keeper {
    fn drop(&mut self) {
        self.making = None;
        self.held.expire();
        self.state.streams.take_off(&self.held);
    }
}
