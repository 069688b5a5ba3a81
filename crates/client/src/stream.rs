//! A stream of text as an app sees it: pieces, and at the end an outcome. It must never send before it is read, and
//! never give a piece after its end.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::sync::mpsc;

use crate::client::Call;
use crate::deliver;
use crate::error::Error;
use crate::response::GenerateResponse;

/// Pieces that may lie ready. A reader that is slower than the model slows the connection down, not memory.
const READY: usize = 16;

type Driver = Pin<Box<dyn Future<Output = Result<GenerateResponse, Error>> + Send>>;

/// A stream of text. Read it to its end: a cut shows as an `Err` in the last place, and [`TextStream::outcome`] keeps it.
///
/// A lost connection is no end: within the gateway's grace the client comes back by itself and goes on where it was.
/// Dropping the stream cancels the request, up to the provider.
pub struct TextStream {
    state: State,
    pieces: mpsc::Receiver<String>,
}

enum State {
    /// Sends, reads, reconnects. It runs while it is polled, so that nothing happens that nobody waits for.
    Running(Driver),
    Over(Box<Result<GenerateResponse, Error>>),
    /// Over with an error, and the reader was told.
    Told(Error),
}

impl TextStream {
    pub(crate) fn new(call: Result<Call, Error>) -> Self {
        let (to, pieces) = mpsc::channel(READY);
        let state = match call {
            Ok(call) => State::Running(Box::pin(deliver::run(call, to))),
            Err(error) => State::Over(Box::new(Err(error))),
        };
        Self { state, pieces }
    }

    /// The next piece, or `None` at the end. An error comes once and ends the stream. A dropped `next` loses nothing.
    pub async fn next(&mut self) -> Option<Result<String, Error>> {
        std::future::poll_fn(|context| self.poll_piece(context)).await
    }

    /// Reads what is left, and gives the whole answer: text, usage, finish reason, which model answered.
    pub async fn finish(mut self) -> Result<GenerateResponse, Error> {
        while self.next().await.is_some() {}
        match self.state {
            State::Over(outcome) => *outcome,
            State::Told(error) => Err(error),
            // `next` gives None only when the driver is done.
            State::Running(_) => Err(Error::cancelled()),
        }
    }

    /// What became of it; `None` while it runs.
    pub fn outcome(&self) -> Option<Result<&GenerateResponse, &Error>> {
        match &self.state {
            State::Running(_) => None,
            State::Over(outcome) => Some(outcome.as_ref().as_ref()),
            State::Told(error) => Some(Err(error)),
        }
    }

    fn poll_piece(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<String, Error>>> {
        loop {
            // What lies ready comes first, also when the end is known already.
            if let Poll::Ready(Some(piece)) = self.pieces.poll_recv(context) {
                return Poll::Ready(Some(Ok(piece)));
            }
            match &mut self.state {
                State::Running(driver) => match driver.as_mut().poll(context) {
                    Poll::Ready(outcome) => self.state = State::Over(Box::new(outcome)),
                    Poll::Pending => {
                        return match self.pieces.poll_recv(context) {
                            Poll::Ready(Some(piece)) => Poll::Ready(Some(Ok(piece))),
                            _ => Poll::Pending,
                        };
                    }
                },
                State::Over(outcome) => {
                    let Err(error) = outcome.as_ref() else { return Poll::Ready(None) };
                    let error = error.clone();
                    self.state = State::Told(error.clone());
                    return Poll::Ready(Some(Err(error)));
                }
                State::Told(_) => return Poll::Ready(None),
            }
        }
    }
}

impl Stream for TextStream {
    type Item = Result<String, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_piece(context)
    }
}

impl fmt::Debug for TextStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextStream").field("outcome", &self.outcome()).finish_non_exhaustive()
    }
}
