//! A stream that is pulled: each `next` waits on a channel. The connection is read by a task of its own, so that a
//! dropped `next` loses nothing, and ends with this object.

use std::sync::Arc;

use maig_client::TextStream;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::failure::RawError;
use crate::response::GenerateResponse;
use crate::runtime::RUNTIME;

type Outcome = Result<GenerateResponse, RawError>;

/// Pieces that may lie ready for a reader that is slow.
const READY: usize = 16;

/// A stream of text. `next` gives pieces, then null; after that `finish` has the whole answer. Dropping it cancels.
#[derive(uniffi::Object)]
pub struct RawTextStream {
    state: Mutex<State>,
    cancelled: CancellationToken,
    /// Cancels when this object goes.
    _guard: DropGuard,
}

enum State {
    Unread(Box<TextStream>),
    Running { pieces: mpsc::Receiver<String>, task: JoinHandle<Outcome> },
    Over(Box<Outcome>),
}

impl RawTextStream {
    pub(crate) fn new(stream: TextStream) -> Arc<Self> {
        let cancelled = CancellationToken::new();
        Arc::new(Self {
            state: Mutex::new(State::Unread(Box::new(stream))),
            _guard: cancelled.clone().drop_guard(),
            cancelled,
        })
    }
}

#[uniffi::export]
impl RawTextStream {
    /// The next piece of text; null at the end of a complete answer; the error that ended it, again and again.
    /// The first call sends the request.
    pub async fn next(&self) -> Result<Option<String>, RawError> {
        let mut state = self.state.lock().await;
        loop {
            // A cancelled stream gives nothing more, whatever lies ready.
            if self.cancelled.is_cancelled() && !matches!(*state, State::Over(_)) {
                *state = State::Over(Box::new(Err(RawError::cancelled())));
            }
            match &mut *state {
                State::Unread(_) => start(&mut state, &self.cancelled),
                State::Running { pieces, task } => match pieces.recv().await {
                    Some(piece) => return Ok(Some(piece)),
                    None => {
                        let outcome = task.await.unwrap_or_else(|_| Err(RawError::internal()));
                        *state = State::Over(Box::new(outcome));
                    }
                },
                State::Over(outcome) => {
                    return outcome.as_ref().as_ref().map(|_| None).map_err(RawError::clone);
                }
            }
        }
    }

    /// Reads what is left, and gives the whole answer: all of the text, usage, finish reason, which model answered.
    pub async fn finish(&self) -> Result<GenerateResponse, RawError> {
        while self.next().await?.is_some() {}
        match &*self.state.lock().await {
            State::Over(outcome) => outcome.as_ref().clone(),
            // `next` gives null only when it is over.
            State::Unread(_) | State::Running { .. } => Err(RawError::internal()),
        }
    }

    /// Ends the request, up to the provider. A `next` that waits ends with an error of kind `cancelled`.
    pub fn cancel(&self) {
        self.cancelled.cancel();
    }
}

fn start(state: &mut State, cancelled: &CancellationToken) {
    let (to, pieces) = mpsc::channel(READY);
    let cancelled = cancelled.clone();
    let before = std::mem::replace(state, State::Over(Box::new(Err(RawError::internal()))));
    *state = match before {
        State::Unread(stream) => {
            let task = RUNTIME.spawn(async move {
                tokio::select! {
                    biased;
                    () = cancelled.cancelled() => Err(RawError::cancelled()),
                    outcome = hand_on(*stream, to) => outcome,
                }
            });
            State::Running { pieces, task }
        }
        other => other,
    };
}

async fn hand_on(mut stream: TextStream, to: mpsc::Sender<String>) -> Outcome {
    while let Some(piece) = stream.next().await {
        // The receiver goes only with the object, whose guard ends this task.
        let _ = to.send(piece?).await;
    }
    Ok(stream.finish().await?.into())
}
