//! A response's body that reads a held stream: what is held, then what is made, to the end. The keeper does not notice
//! whether it is there. It ends with the stream's last event, or with an error event of its own that has no id.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use maig_core::time::Tick;
use tokio::time::{Sleep, sleep};

use super::events::KEEP_ALIVE;
use super::held::{FIRST, Given, Held, NoSeat};
use crate::chat;
use crate::error::{ApiError, Code};

/// How long a connection may be silent, as after an early head.
const QUIET: Duration = Duration::from_secs(15);

pub(super) struct Reader {
    held: Arc<Held>,
    sitting: u64,
    /// When something was last given; `None`: nothing yet.
    spoke_at: Option<Tick>,
    quiet: Pin<Box<Sleep>>,
    ended: bool,
}

impl Reader {
    /// The reader for whom the stream was begun.
    pub(super) fn first(held: Arc<Held>) -> Self {
        Self::new(held, FIRST)
    }

    /// A reader who has everything up to the event `number`.
    pub(super) fn after(held: Arc<Held>, number: u64) -> Result<Self, NoSeat> {
        let sitting = held.sit(number)?;
        Ok(Self::new(held, sitting))
    }

    fn new(held: Arc<Held>, sitting: u64) -> Self {
        Self { held, sitting, spoke_at: None, quiet: Box::pin(sleep(QUIET)), ended: false }
    }

    fn last_word(&mut self, code: Code, message: &'static str) -> Bytes {
        self.ended = true;
        let mut out = Vec::new();
        chat::error_event(&ApiError::new(code, message), &mut out);
        out.into()
    }
}

impl Body for Reader {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let bytes = match self.held.poll_give(self.sitting, cx) {
            Poll::Ready(Given::Events(events)) => events,
            Poll::Ready(Given::End) => {
                self.ended = true;
                return Poll::Ready(None);
            }
            Poll::Ready(Given::TakenOver) => self.last_word(
                Code::StreamTakenOver,
                "Another connection reads this stream now. Read it there; a stream has one reader.",
            ),
            Poll::Ready(Given::Expired) => self.last_word(
                Code::StreamExpired,
                "This connection took nothing for too long, and the stream is gone. Ask anew.",
            ),
            Poll::Pending => {
                if let Some(spoke_at) = self.spoke_at {
                    let until = self.held.clock.instant(spoke_at + QUIET);
                    if self.quiet.deadline() < until {
                        self.quiet.as_mut().reset(until);
                    }
                    ready!(self.quiet.as_mut().poll(cx));
                }
                Bytes::from_static(KEEP_ALIVE)
            }
        };
        self.spoke_at = Some(self.held.clock.now());
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.held.leave(self.sitting);
    }
}
