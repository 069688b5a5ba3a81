//! A whole body → `Answer`: one response, or (a stream asked for without `alt=sse`) an array of chunks.

use super::stream::{Stream, chunks};
use crate::chat::Answer;
use crate::failure::{Failure, FailureKind};

/// Reads the body of a 200.
///
/// # Errors
/// `bad_response` for what is no response, and whatever the provider says of itself in an error body or with a finish
/// reason that means a failure.
pub fn whole(body: &[u8]) -> Result<Answer, Failure> {
    let chunks = chunks(body).map_err(|_| {
        Failure::seen(FailureKind::BadResponse, "the provider's answer is not the JSON of generateContent")
    })?;
    let mut stream = Stream::new();
    let mut events = Vec::new();
    for chunk in chunks {
        stream.chunk(chunk, &mut events);
    }
    let mut answer = Answer::default();
    for event in events {
        answer.take(event)?;
    }
    if answer.choices.is_empty() {
        return Err(Failure::seen(FailureKind::BadResponse, "the provider's answer has no candidates"));
    }
    Ok(answer)
}
