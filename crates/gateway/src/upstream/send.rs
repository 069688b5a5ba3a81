//! Sends one prepared request and waits for its head, no longer than the attempt's clocks allow.
//! What goes wrong on the way is a `Failure` of ours; what the provider answers, good or bad, is a `Reply`.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use maig_core::failure::{Failure, FailureKind};
use tokio::time::{Instant, timeout_at};

use super::body::ReplyBody;
use super::client::{CallError, Upstream};
use super::prepare::Prepared;

/// Enough for any provider's error object; the rest is not worth the memory.
const ERROR_BODY: usize = 256 * 1024;
/// A provider that answered an error head but dribbles its body is not worth more.
const ERROR_BODY_TIME: Duration = Duration::from_secs(5);

const EVENTS: &str = "text/event-stream";

/// A provider's answer, its body still on the way.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: ReplyBody,
}

impl Reply {
    /// Whether the body is a stream of server-sent events.
    pub fn is_event_stream(&self) -> bool {
        self.headers
            .get(http::header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|kind| kind.trim_start().get(..EVENTS.len()))
            .is_some_and(|kind| kind.eq_ignore_ascii_case(EVENTS))
    }
}

/// Why there is no reply.
#[derive(Debug)]
pub enum Unanswered {
    /// The provider had closed the connection before it could be asked: it is to be asked over a fresh one.
    Stale,
    Failed(Failure),
}

impl Upstream {
    /// `head_by`: when the head must be here, connection and all. `fresh`: over a new connection, which is never stale.
    pub async fn send(
        &self,
        prepared: Prepared,
        connect: Duration,
        head_by: Instant,
        fresh: bool,
    ) -> Result<Reply, Unanswered> {
        let (origin, request) = prepared.into_request();
        match timeout_at(head_by, self.call(&origin, request, connect, fresh)).await {
            Ok(Ok(response)) => {
                let (head, body) = response.into_parts();
                Ok(Reply { status: head.status, headers: head.headers, body })
            }
            Ok(Err(CallError::Stale)) => Err(Unanswered::Stale),
            Ok(Err(error)) => Err(Unanswered::Failed(judge(&error))),
            Err(_) => {
                let failure = Failure::seen(FailureKind::Timeout, "the provider sent no answer in time");
                Err(Unanswered::Failed(failure))
            }
        }
    }
}

/// Reads an error's body, as far as it is worth: what came before a cut or the bound still tells the kind.
pub async fn read_error_body(mut body: ReplyBody, by: Instant) -> Bytes {
    let by = by.min(Instant::now() + ERROR_BODY_TIME);
    let mut read = BytesMut::new();
    while let Ok(Some(Ok(frame))) = timeout_at(by, body.frame()).await {
        if let Some(data) = frame.data_ref() {
            let room = ERROR_BODY - read.len();
            read.extend_from_slice(&data[..data.len().min(room)]);
            if read.len() == ERROR_BODY {
                break;
            }
        }
    }
    read.freeze()
}

/// Names what the client library saw. Its own text may hold addresses, so ours is shown instead.
fn judge(error: &CallError) -> Failure {
    tracing::debug!(%error, source = ?std::error::Error::source(error), "upstream call failed");
    match error {
        CallError::Connect(_) => {
            Failure::seen(FailureKind::Connect, "the provider could not be connected to")
        }
        CallError::Broken(cause) if cause.is_parse() => {
            Failure::seen(FailureKind::BadResponse, "the provider's answer is not HTTP")
        }
        CallError::Broken(_) | CallError::Stale => {
            Failure::seen(FailureKind::Connect, "the provider closed the connection before it answered")
        }
    }
}
