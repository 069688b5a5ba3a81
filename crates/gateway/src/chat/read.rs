//! Reading a provider's body, never past a moment and never past a size.

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use maig_core::failure::{Failure, FailureKind};
use tokio::time::{Instant, timeout_at};

use crate::upstream::ReplyBody;

/// A whole answer larger than this is no chat answer.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// Blanks that keep a connection alive before the answer (DeepSeek) are not so many.
const MAX_BLANK: usize = 64 * 1024;

/// Reads a body to its end. `begun`: what was read of it before.
pub(super) async fn read(body: &mut ReplyBody, begun: Bytes, by: Instant) -> Result<Bytes, Failure> {
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
pub(super) async fn beginning(body: &mut ReplyBody, by: Instant) -> Result<Bytes, Failure> {
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
async fn piece(body: &mut ReplyBody, by: Instant) -> Result<Option<Bytes>, Failure> {
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
