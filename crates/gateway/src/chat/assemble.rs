//! A whole answer from a provider that streams all the same: some models do nothing else.

use bytes::Bytes;
use maig_core::failure::{Failure, FailureKind};
use maig_core::sse::{Decoder, FrameTooLarge};
use maig_core::translate::{Assembly, Head, Reader, Whole};

/// Gathers a complete body of events.
pub(super) fn assemble(reader: Reader, body: Bytes, head: &Head) -> Result<Whole, Failure> {
    let mut assembly = Assembly::new(reader.decoder());
    let mut sse = Decoder::new();
    sse.push(body);
    let mut take = |frame| match assembly.frame(&frame) {
        Ok(signals) => signals.failed.map_or(Ok(()), Err),
        // A frame that is none is skipped, as in a stream.
        Err(_) => Ok(()),
    };
    while let Some(frame) = sse.next().map_err(too_large)? {
        take(frame)?;
    }
    if let Some(frame) = sse.finish().map_err(too_large)? {
        take(frame)?;
    }
    let whole = assembly.finish(head)?;
    if whole.finish.iter().all(Option::is_none) {
        return Err(Failure::seen(FailureKind::BadResponse, "the provider's stream broke off"));
    }
    Ok(whole)
}

fn too_large(_: FrameTooLarge) -> Failure {
    Failure::seen(FailureKind::BadResponse, "the provider sent a frame larger than 16 MiB")
}
