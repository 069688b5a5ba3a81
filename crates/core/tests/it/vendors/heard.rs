//! What an answer said, in a form that a test can work out from a recording without the code under test.

use bytes::Bytes;
use maig_core::chat::{Answer, ChatEvent, Part};
use maig_core::failure::{Failure, FailureKind};
use maig_core::sse::Decoder;
use maig_core::translate::Decode;
use serde_json::Value;

#[derive(Debug, Default, PartialEq)]
pub(super) struct Heard {
    pub(super) text: String,
    pub(super) reasoning: String,
    /// Name and parsed arguments.
    pub(super) calls: Vec<(String, Value)>,
    pub(super) finish: Option<String>,
    /// prompt, cached, completion, reasoning
    pub(super) usage: Option<[u64; 4]>,
    pub(super) model: Option<String>,
    pub(super) failed: Option<FailureKind>,
}

impl Heard {
    pub(super) fn of(answer: Result<Answer, Failure>) -> Self {
        let answer = match answer {
            Ok(answer) => answer,
            Err(failure) => return Self { failed: Some(failure.kind), ..Self::default() },
        };
        assert!(answer.choices.len() <= 1, "one choice was asked for");
        let mut heard = Self {
            usage: answer.usage.map(|u| [u.prompt, u.cached, u.completion, u.reasoning]),
            model: answer.model,
            ..Self::default()
        };
        for choice in answer.choices {
            let mut ids = std::collections::HashSet::new();
            for part in &choice.message.parts {
                let Part::Text(text) = part else { panic!("not text: {part:?}") };
                heard.text.push_str(text);
            }
            for call in &choice.message.tool_calls {
                assert!(!call.id.is_empty() && call.id.len() <= 40, "{:?}", call.id);
                assert!(ids.insert(call.id.clone()), "two calls have the id {}", call.id);
                heard.calls.push((call.name.clone(), parsed(&call.arguments)));
            }
            heard.reasoning = choice.message.reasoning.iter().map(|block| block.text.as_str()).collect();
            heard.finish = choice.finish.map(|finish| finish.as_str().to_owned());
        }
        heard
    }
}

/// Arguments as JSON; what a limit or a fault cut off in the middle stays text.
pub(super) fn parsed(arguments: &str) -> Value {
    serde_json::from_str(arguments).unwrap_or_else(|_| arguments.into())
}

/// Plays a stream, cut into the given pieces, to a decoder and assembles what comes out.
pub(super) fn play<'a>(
    decoder: impl Decode,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Answer, Failure> {
    let mut answer = Answer::default();
    for event in events(decoder, pieces) {
        answer.take(event)?;
    }
    Ok(answer)
}

/// The events of a stream that is cut into the given pieces.
pub(super) fn events<'a>(
    mut decoder: impl Decode,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<ChatEvent> {
    let mut events = Vec::new();
    let mut sse = Decoder::new();
    for piece in pieces {
        sse.push(Bytes::copy_from_slice(piece));
        while let Some(frame) = sse.next().unwrap() {
            decoder.frame(&frame, &mut events).unwrap();
        }
    }
    if let Some(frame) = sse.finish().unwrap() {
        decoder.frame(&frame, &mut events).unwrap();
    }
    decoder.end(&mut events);
    check_order(&events);
    events
}

/// A stream in two pieces, for every place to cut it; and in pieces of every size up to 40.
pub(super) fn cuts(stream: &str) -> impl Iterator<Item = Vec<&[u8]>> {
    let bytes = stream.as_bytes();
    let in_two = (0..bytes.len()).map(move |at| vec![&bytes[..at], &bytes[at..]]);
    in_two.chain((1..40).map(move |size| bytes.chunks(size).collect()))
}

/// What every decoder owes its reader, whatever the stream.
fn check_order(events: &[ChatEvent]) {
    let starts = events.iter().filter(|e| matches!(e, ChatEvent::Start { .. })).count();
    assert!(starts <= 1, "started {starts} times");
    assert!(matches!(events.first(), None | Some(ChatEvent::Start { .. } | ChatEvent::Failed(_))));
    let mut begun = 0;
    let mut finished = false;
    for event in events {
        match event {
            ChatEvent::ToolStart { index, id, .. } => {
                assert_eq!(*index, begun, "calls are counted without gaps");
                assert!(!id.is_empty());
                begun += 1;
            }
            ChatEvent::ToolArguments { index, fragment, .. } => {
                assert!(*index < begun && !fragment.is_empty(), "arguments of a call that has begun");
            }
            ChatEvent::Finish { .. } => {
                assert!(!finished, "finished twice");
                finished = true;
            }
            _ => {}
        }
        assert!(!(finished && event.is_content()), "content after the finish: {event:?}");
    }
}
