//! A whole answer from a provider that streams all the same: some models do nothing else.

use bytes::Bytes;
use maig_core::failure::{Failure, FailureKind};
use maig_core::sse::{Decoder, FrameTooLarge};
use maig_core::translate::{Assembly, Head, Reader, Whole};

/// Gathers a complete body of events. `expected`: how many answers must have finished, where no end mark stands.
pub(super) fn assemble(reader: Reader, body: Bytes, head: &Head, expected: usize) -> Result<Whole, Failure> {
    let mut assembly = Assembly::new(reader.decoder());
    let mut sse = Decoder::new();
    sse.push(body);
    let (mut done, mut finished) = (false, 0);
    // What follows the end mark is no part of the answer.
    while !done && let Some(frame) = sse.finish().map_err(too_large)? {
        // A frame that is none is skipped, as in a stream.
        if let Ok(signals) = assembly.frame(&frame) {
            done |= signals.done;
            finished += signals.finished.len();
            signals.failed.map_or(Ok(()), Err)?;
        }
    }
    // Looked at before `finish`, which gives an open choice a finish of its own.
    if !done && finished < expected {
        return Err(Failure::seen(FailureKind::BadResponse, "the provider's stream broke off"));
    }
    let whole = assembly.finish(head)?;
    match whole.finish.is_empty() {
        true => Err(Failure::seen(FailureKind::BadResponse, "the provider's answer has no choices")),
        false => Ok(whole),
    }
}

fn too_large(_: FrameTooLarge) -> Failure {
    Failure::seen(FailureKind::BadResponse, "the provider sent a frame larger than 16 MiB")
}
