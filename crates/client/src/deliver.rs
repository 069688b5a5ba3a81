//! The way of a stream: ask, read, come back when the connection is lost, ask anew while nothing was shown. The app sees
//! one unbroken stream, each piece once and in order; it must never be told of a connection.

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use maig_core::sse::Decoder;
use reqwest::{Method, Response};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

use crate::client::{COMPLETIONS, Call};
use crate::error::{Error, ErrorKind};
use crate::held::{Held, Place};
use crate::response::GenerateResponse;
use crate::retry;
use crate::said::Said;
use crate::transport;

/// More bytes than any answer has: the server does not mean to end.
const MAX_STREAM: usize = 64 * 1024 * 1024;

const RESUMABLE: HeaderName = HeaderName::from_static("x-maig-resumable");

/// Runs a stream to its end, handing its pieces on.
pub(crate) async fn run(call: Call, to: mpsc::Sender<String>) -> Result<GenerateResponse, Error> {
    let mut sent = 0;
    loop {
        sent += 1;
        let mut run = Run { call: &call, to: &to, said: Said::default(), shown: false, bytes: 0 };
        let error = match run.once().await {
            Ok(()) => return Ok(run.said.finish()),
            Err(error) => error.with_shown(run.shown),
        };
        if error.shown() {
            return Err(error);
        }
        match retry::wait(&error, sent, &call.shared.options.retries, call.left()) {
            Some(wait) => sleep(wait).await,
            None => return Err(error),
        }
    }
}

/// One request, with all connections that its answer takes.
struct Run<'a> {
    call: &'a Call,
    to: &'a mpsc::Sender<String>,
    said: Said,
    shown: bool,
    bytes: usize,
}

/// How a connection ended.
enum End {
    Complete,
    /// The connection was lost, or silent for too long.
    Lost(Error),
}

impl Run<'_> {
    async fn once(&mut self) -> Result<(), Error> {
        let mut response = self.ask().await?;
        self.said.head(response.headers());
        let mut held = Held::new(&self.call.shared, response.headers());
        loop {
            let lost = match self.read(&mut response, &mut held).await {
                Ok(End::Complete) => {
                    held.release();
                    return Ok(());
                }
                Ok(End::Lost(error)) => error,
                Err(error) => {
                    // An error of the gateway's is the stream's own end; what this side gives up is still running.
                    if error.kind() != ErrorKind::TooLarge && error.kind() != ErrorKind::Timeout {
                        held.release();
                    }
                    return Err(error);
                }
            };
            response = match held.place() {
                Some(place) => self.come_back(place, lost).await.inspect_err(|_| held.release())?,
                // All of it was said; only counts are missing.
                None if self.said.has_finished() => return Ok(()),
                None if self.shown => return Err(broken(&lost)),
                None => return Err(lost),
            };
            self.said.head(response.headers());
            self.said.reconnects += 1;
        }
    }

    async fn ask(&self) -> Result<Response, Error> {
        let options = &self.call.shared.options;
        let mut headers = self.call.headers.clone();
        if options.resume.enabled {
            headers.insert(RESUMABLE, HeaderValue::from_static("true"));
        }
        let head_by = (Instant::now() + options.timeouts.idle).min(self.call.deadline());
        let body = Some(self.call.body.clone());
        self.call.shared.transport()?.send(Method::POST, COMPLETIONS, headers, body, head_by).await
    }

    /// Reads one connection until it ends.
    async fn read(&mut self, response: &mut Response, held: &mut Held) -> Result<End, Error> {
        let mut decoder = Decoder::new();
        held.connected();
        let silence = held.silence(self.call.shared.options.timeouts.idle);
        loop {
            let deadline = self.call.deadline();
            let by = (Instant::now() + silence).min(deadline);
            match timeout_at(by, response.chunk()).await {
                Ok(Ok(Some(piece))) => {
                    self.bytes += piece.len();
                    if self.bytes > MAX_STREAM {
                        let message = "The stream is longer than any answer and was not read on.";
                        return Err(Error::new(ErrorKind::TooLarge, "answer_too_large", message));
                    }
                    if self.take(&mut decoder, piece, held).await? {
                        return Ok(End::Complete);
                    }
                }
                Ok(Ok(None)) => return Ok(End::Lost(cut())),
                Ok(Err(error)) => return Ok(End::Lost(transport::trouble(&error))),
                Err(_) if by == deadline => {
                    let message = "The stream did not end within its time.";
                    return Err(Error::new(ErrorKind::Timeout, "stream_timeout", message));
                }
                Err(_) => return Ok(End::Lost(transport::silent())),
            }
        }
    }

    /// Hands on what a piece of the connection says; true at the end of the stream.
    async fn take(&mut self, decoder: &mut Decoder, piece: Bytes, held: &mut Held) -> Result<bool, Error> {
        decoder.push(piece);
        while let Some(frame) = decoder.next().map_err(|_| too_large())? {
            if let Some(note) = decoder.note() {
                self.said.note(note);
            }
            if !held.is_new(decoder.last_event_id()) {
                continue;
            }
            if frame.data == "[DONE]" {
                return Ok(true);
            }
            if let Some(text) = self.said.chunk(&frame.data)? {
                self.shown = true;
                // The receiver lives as long as whoever polls this.
                let _ = self.to.send(text).await;
            }
        }
        Ok(false)
    }

    /// Connects again where the answer was left, for as long as the gateway holds it.
    async fn come_back(&self, place: Place, lost: Error) -> Result<Response, Error> {
        let options = &self.call.shared.options;
        let transport = self.call.shared.transport()?;
        let by = (Instant::now() + options.resume.within).min(self.call.deadline());
        let mut tried = 0;
        loop {
            let head_by = (Instant::now() + Held::PATIENCE).min(by);
            let error = match transport.send(Method::GET, &place.path, place.headers(), None, head_by).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            tried += 1;
            match error.kind() {
                // 404 and 410: nobody holds it any more.
                ErrorKind::Interrupted if self.shown => return Err(error),
                // Nothing was shown: what was lost can be asked for anew.
                ErrorKind::Interrupted => return Err(lost),
                ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Unavailable => {}
                _ => return Err(error),
            }
            let wait = retry::reconnect(tried - 1);
            if Instant::now() + wait >= by {
                return Err(if self.shown { broken(&error) } else { error });
            }
            sleep(wait).await;
        }
    }
}

fn cut() -> Error {
    Error::new(
        ErrorKind::Network,
        "connection_lost",
        "The connection was lost before the answer was complete.",
    )
}

fn too_large() -> Error {
    Error::new(ErrorKind::TooLarge, "answer_too_large", "The gateway sent an event of more than 16 MiB.")
}

/// An answer that began and cannot be taken up again.
fn broken(why: &Error) -> Error {
    Error::new(ErrorKind::Interrupted, why.code(), format!("The answer broke off: {}", why.message()))
}
