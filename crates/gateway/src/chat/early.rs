//! The early head (CONTRACT §4): a stream whose targets are slow sends its head after 15 seconds, and comments after
//! it, so that phones and proxies keep the connection. It is no commit: the dispatch goes on inside the body.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::time::{Sleep, sleep};

use super::call::Call;
use super::dispatch::Answer;
use super::give_up::settle;
use super::outcome::NoAnswer;
use super::relay::Relaying;
use super::render::{late_error_event, served_comment};

/// When the head goes out, and how often a comment follows.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);
/// The same for a stream that is to outlive its connection: a phone can come back only once it has the stream's id.
pub(super) const PATIENCE_WHEN_HELD: Duration = Duration::from_secs(1);
const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";

pub(super) type Dispatching = Pin<Box<dyn Future<Output = Result<Answer, (NoAnswer, Box<Call>)>> + Send>>;

/// The body of a response whose head went out early.
pub(super) enum EarlyBody {
    Waiting { dispatching: Dispatching, next_comment: Pin<Box<Sleep>>, first: bool },
    Relaying(Box<Relaying>),
    Ended,
}

impl EarlyBody {
    pub(super) fn new(dispatching: Dispatching) -> Self {
        Self::Waiting { dispatching, next_comment: Box::pin(sleep(PATIENCE)), first: true }
    }
}

impl Body for EarlyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let data = |out: Vec<u8>| Poll::Ready(Some(Ok(Frame::data(Bytes::from(out)))));
        match &mut *self {
            Self::Ended => Poll::Ready(None),
            Self::Relaying(relaying) => Pin::new(&mut **relaying).poll_frame(cx),
            Self::Waiting { dispatching, next_comment, first } => {
                if std::mem::take(first) {
                    return data(KEEP_ALIVE.to_vec());
                }
                if let Poll::Ready(outcome) = dispatching.as_mut().poll(cx) {
                    let mut out = Vec::new();
                    *self = match outcome {
                        Ok(Answer::Stream(served, relaying)) => {
                            served_comment(&served, &mut out);
                            Self::Relaying(relaying)
                        }
                        // A request to stream is never answered whole.
                        Ok(Answer::Whole(..)) => Self::Ended,
                        Err((no_answer, call)) => {
                            late_error_event(&settle(no_answer, call), &mut out);
                            Self::Ended
                        }
                    };
                    return data(out);
                }
                if next_comment.as_mut().poll(cx).is_ready() {
                    *next_comment = Box::pin(sleep(PATIENCE));
                    // Registers the new timer.
                    let _ = next_comment.as_mut().poll(cx);
                    return data(KEEP_ALIVE.to_vec());
                }
                Poll::Pending
            }
        }
    }
}
