//! One attempt: translate, send, judge. It must end by its clocks, whatever the provider does, and must never decide
//! what its failure leads to.

use bytes::Bytes;
use maig_core::failure::{Failure, FailureKind, evidence};
use maig_core::plan::Attempt;
use maig_core::sse::looks_like_events;
use maig_core::translate::{BadRequest, Head, Outgoing, Reader, Refusal, Unsupported, Whole};
use maig_store::RequestId;
use tokio::time::Instant;

use super::assemble::assemble;
use super::call::Call;
use super::commit::{Opening, open, refusal};
use super::read::read;
use crate::clock::Clock;
use crate::upstream::{Errand, Reply, Unanswered, prepare, read_error_body};

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
    let clock = call.state.clock;
    let clocks = &attempt.clocks;
    let head_by = clocks.first_token.or(clocks.answer).unwrap_or(clocks.total);
    let mut fresh = false;
    let (reply, dropped, reader) = loop {
        let Outgoing { body, dropped, reader, version } =
            maig_core::translate::outgoing(target, &call.incoming.envelope, stream)?;
        let bearer = call.state.upstream.bearer(account, || head_by.since(clock.now())).await?;
        let errand = Errand {
            model: &target.send_as,
            stream,
            body,
            version,
            betas: &call.incoming.betas,
            trace: call.incoming.trace.as_ref(),
        };
        let prepared = prepare(account, errand, bearer)?;
        match call.state.upstream.send(prepared, clocks.connect, clock.instant(head_by), fresh).await {
            Ok(reply) => break (reply, dropped, reader),
            // As good as surely nobody was asked. The request is made anew and not kept: this is rare, and each would pay.
            Err(Unanswered::Stale) => fresh = true,
            Err(Unanswered::Failed(failure)) => return Err(failure.into()),
        }
    };
    if !reply.status.is_success() {
        let refused = Box::pin(refused(reply, target.provider, clock.instant(clocks.total)));
        return Err(refused.await.into());
    }
    let head = Head {
        id: ["chatcmpl-", call.course.record.id().text(&mut [0; RequestId::LENGTH])].concat(),
        created: call.course.record.created(),
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

/// What a provider's error says.
async fn refused(reply: Reply, provider: maig_core::provider::Provider, by: Instant) -> Failure {
    let (status, headers) = (reply.status.as_u16(), reply.headers);
    let body = read_error_body(reply.body, by).await;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    evidence::from_response(provider, status, &header, &body, Clock::unix_seconds())
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
