//! The caller's body in neutral words, for a target of another wire.

use super::{BadRequest, Envelope};
use crate::chat::ChatRequest;
use crate::translate::Refusal;

pub(super) fn parse(envelope: &Envelope) -> Result<ChatRequest, Refusal> {
    let _ = envelope;
    Err(BadRequest::body("not yet").into())
}
