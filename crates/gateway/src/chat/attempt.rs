//! One attempt: translate, send, judge. It must end by its clocks, whatever the provider does, and must never decide
//! what its failure leads to.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use maig_core::failure::{Failure, FailureKind, evidence};
use maig_core::plan::Attempt;
use maig_core::sse::looks_like_events;
use maig_core::time::Tick;
use maig_core::translate::{BadRequest, Head, Outgoing, Reader, Refusal, Unsupported, Whole};
use tokio::time::{Instant, timeout_at};

use super::assemble::assemble;
use super::commit::{Opening, open};
use super::dispatch::Call;
use crate::clock::Clock;
use crate::upstream::{Errand, Reply, prepare, read_error_body};

/// A whole answer larger than this is no chat answer.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// Blanks that keep a connection alive before the answer (DeepSeek) are not so many.
const MAX_BLANK: usize = 64 * 1024;

/// What an attempt came to, if it came to an answer.
pub(super) enum Reached {
    Whole(Whole),
    /// A stream that has given its first content.
    Stream(Box<Opening>),
}

/// How an attempt ended without one.
pub(super) enum Ended {
    Failed(Failure),
    /// Nothing was sent: the target cannot be told the request.
    Unsupported(Unsupported),
    /// Nothing was sent: no target of another dialect could understand the request.
    Bad(BadRequest),
}

/// The answer, and what the target could not be told.
pub(super) async fn attempt(call: &Call, attempt: &Attempt) -> Result<(Reached, Vec<String>), Ended> {
    let target = &attempt.target;
    let stream = call.incoming.envelope.stream;
    let Some(account) = target.account.as_ref().and_then(|id| call.snapshot.accounts.get(id)) else {
        return Err(Failure::seen(FailureKind::ProviderAuth, "the provider key is gone").into());
    };
    let Outgoing { body, dropped, reader, version } =
        maig_core::translate::outgoing(target, &call.incoming.envelope, stream)?;
    let clock = call.state.clock;
    let clocks = &attempt.clocks;
    let head_by = clocks.first_token.or(clocks.answer).unwrap_or(clocks.total);
    let bearer = call.state.upstream.bearer(account, head_by.since(clock.now())).await?;
    let errand = Errand {
        model: &target.send_as,
        stream,
        body,
        version,
        betas: &call.incoming.betas,
        trace: call.incoming.trace.as_ref(),
    };
    let prepared = prepare(account, errand, bearer)?;
    let reply = call.state.upstream.send(prepared, clocks.connect, clock.instant(head_by)).await?;
    if !reply.status.is_success() {
        return Err(refused(reply, target.provider, clock.instant(clocks.total)).await.into());
    }
    let head = Head {
        id: format!("chatcmpl-{}", call.course.record.id()),
        created: Clock::unix_seconds(),
        model: target.send_as.clone(),
    };
    if stream {
        let opening = open(call, attempt, reader, reply, &head).await?;
        return Ok((Reached::Stream(Box::new(opening)), dropped));
    }
    let expected = call.incoming.envelope.n as usize;
    let whole = whole(reply, reader, &head, expected, clock.instant(head_by)).await?;
    if whole.empty && !attempt.accept_empty {
        return Err(Failure::seen(FailureKind::BadResponse, "the provider gave an empty answer").into());
    }
    if whole.refused && !attempt.accept_refusal {
        return Err(refusal().into());
    }
    Ok((Reached::Whole(whole), dropped))
}

/// An answer that is a refusal, where the route has it asked of another target.
pub(super) fn refusal() -> Failure {
    Failure::seen(FailureKind::ContentPolicy, "the model refused to answer")
}

/// Reads an answer that is not streamed to the app; from a provider that streams all the same, it is assembled.
async fn whole(
    reply: Reply,
    reader: Reader,
    head: &Head,
    expected: usize,
    by: Instant,
) -> Result<Whole, Failure> {
    let says_so = reply.is_event_stream();
    let mut incoming = reply.body;
    let body = read(&mut incoming, Bytes::new(), by).await?;
    if says_so || looks_like_events(&body) {
        assemble(reader, body, head, expected)
    } else {
        reader.whole(body, head)
    }
}

/// Reads a body to its end. `begun`: what was read of it before.
pub(super) async fn read(body: &mut Incoming, begun: Bytes, by: Instant) -> Result<Bytes, Failure> {
    // Most answers are one piece, and then none of it is copied.
    let mut first = begun;
    let mut more = BytesMut::new();
    while let Some(data) = piece(body, by).await? {
        if first.is_empty() {
            first = data;
            continue;
        }
        if more.is_empty() {
            more.extend_from_slice(&first);
        }
        more.extend_from_slice(&data);
        if more.len() > MAX_ANSWER {
            return Err(Failure::seen(
                FailureKind::BadResponse,
                "the provider's answer is larger than 64 MiB",
            ));
        }
    }
    Ok(if more.is_empty() { first } else { more.freeze() })
}

/// Reads a body until it has shown its first character, or has ended.
pub(super) async fn beginning(body: &mut Incoming, by: Instant) -> Result<Bytes, Failure> {
    let mut begun = Bytes::new();
    while begun.trim_ascii().is_empty() {
        match piece(body, by).await? {
            Some(data) if begun.is_empty() => begun = data,
            Some(data) => begun = [begun, data].concat().into(),
            None => break,
        }
        if begun.len() > MAX_BLANK {
            return Err(Failure::seen(FailureKind::BadResponse, "the provider sent nothing but blanks"));
        }
    }
    Ok(begun)
}

/// The next piece of a body; `None`: it has ended.
async fn piece(body: &mut Incoming, by: Instant) -> Result<Option<Bytes>, Failure> {
    loop {
        match timeout_at(by, body.frame()).await {
            Err(_) => {
                return Err(Failure::seen(
                    FailureKind::Timeout,
                    "the provider's answer was not complete in time",
                ));
            }
            Ok(None) => return Ok(None),
            Ok(Some(Err(_))) => {
                return Err(Failure::seen(FailureKind::BadResponse, "the provider's answer broke off"));
            }
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// What a provider's error says.
async fn refused(reply: Reply, provider: maig_core::provider::Provider, by: Instant) -> Failure {
    let (status, headers) = (reply.status.as_u16(), reply.headers);
    let body = read_error_body(reply.body, by).await;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    evidence::from_response(provider, status, &header, &body, Clock::unix_seconds())
}

/// The earlier of two moments, of which the second may be missing.
pub(super) fn earlier(a: Tick, b: Option<Tick>) -> Tick {
    b.map_or(a, |b| a.min(b))
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Refusal> for Ended {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unsupported(unsupported) => Self::Unsupported(unsupported),
            Refusal::Bad(bad) => Self::Bad(bad),
        }
    }
}
