//! One function a reader of what apps and providers send. Each panics when an invariant breaks, and only then.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use maig_core::failure::evidence::{from_response, from_stream_error};
use maig_core::plan::Breaker;
use maig_core::provider::Provider;
use maig_core::route::{ModelTarget, Timeouts};
use maig_core::sse::{Decoder, Frame};
use maig_core::translate::{Envelope, Head, Reader, outgoing};
use serde_json::value::RawValue;

/// Server-sent events: cut anywhere, the same bytes give the same frames.
pub fn sse(data: &[u8]) {
    let whole = frames([data]);
    let middle = data.len() / 2;
    assert_eq!(whole, frames([&data[..middle], &data[middle..]]), "cut in the middle");
    assert_eq!(whole, frames(data.chunks(1)), "cut at every byte");
}

/// The caller's body: opened, checked, and written for every wire as JSON.
pub fn envelope(data: &[u8]) {
    let Ok(envelope) = Envelope::parse(Bytes::copy_from_slice(data)) else { return };
    for (name, raw) in envelope.members() {
        assert!(serde_json::from_slice::<&RawValue>(raw).is_ok(), "{name} is no JSON");
    }
    let _ = envelope.needs();
    let _ = envelope.request();
    for provider in
        [Provider::OpenAi, Provider::Mistral, Provider::DeepSeek, Provider::Anthropic, Provider::Gemini]
    {
        if let Ok(outgoing) = outgoing(&target(provider), &envelope, envelope.stream) {
            assert_object(&outgoing.body, "what is sent upstream");
        }
    }
}

/// A whole answer on OpenAI's wire: what the app gets is a JSON object.
pub fn openai_whole(data: &[u8]) {
    whole(data, &[Provider::OpenAi, Provider::Mistral, Provider::Xai]);
}

/// A stream on OpenAI's wire.
pub fn openai_stream(data: &[u8]) {
    stream(data, &[Provider::OpenAi, Provider::Mistral, Provider::OpenRouter]);
}

/// A whole answer on Anthropic's wire.
pub fn anthropic_whole(data: &[u8]) {
    whole(data, &[Provider::Anthropic]);
}

/// A whole answer on Gemini's wire.
pub fn gemini_whole(data: &[u8]) {
    whole(data, &[Provider::Gemini]);
}

/// A stream on Anthropic's wire.
pub fn anthropic_stream(data: &[u8]) {
    stream(data, &[Provider::Anthropic]);
}

/// A stream on Gemini's wire.
pub fn gemini_stream(data: &[u8]) {
    stream(data, &[Provider::Gemini]);
}

/// An answer with an error status, or an error in a stream: it has a kind, and its words show no key.
pub fn evidence(data: &[u8]) {
    let status = 400 + u16::from(data.first().copied().unwrap_or(0));
    let header = |_: &str| std::str::from_utf8(data.get(..12)?).ok();
    for &provider in Provider::ALL {
        let failure = from_response(provider, status, &header, data, 1_700_000_000);
        assert_eq!(failure.status, Some(status));
        if let Ok(json) = serde_json::from_slice(data) {
            let _ = from_stream_error(provider, &json);
        }
    }
}

fn whole(data: &[u8], providers: &[Provider]) {
    for &provider in providers {
        if let Ok(whole) = reader(provider, false).whole(Bytes::copy_from_slice(data), &head()) {
            assert_object(&whole.body, "what the app gets");
        }
    }
}

/// What the app gets of a stream is a stream: whole frames of JSON, and `[DONE]` last.
fn stream(data: &[u8], providers: &[Provider]) {
    let frames = frames([data]);
    for &provider in providers {
        for include_usage in [true, false] {
            let mut relay = reader(provider, true).relay(head(), include_usage);
            let mut out = Vec::new();
            for frame in &frames {
                // A frame that is none is skipped and counted; one that fails ends the stream.
                if relay.frame(frame, &mut out).is_ok_and(|signals| signals.failed.is_some()) {
                    break;
                }
            }
            relay.finish(None, &mut out);
            let given = self::frames([&out[..]]);
            let (last, chunks) = given.split_last().expect("a stream ends with a frame");
            assert_eq!(&last.data[..], b"[DONE]");
            for chunk in chunks {
                assert_object(&chunk.data, "a chunk");
            }
        }
    }
}

/// A JSON object by its grammar: a lone surrogate in an escape is the sender's, and goes through.
fn assert_object(bytes: &[u8], what: &str) {
    let json: Result<&RawValue, _> = serde_json::from_slice(bytes);
    assert!(
        json.is_ok_and(|json| json.get().starts_with('{')),
        "{what} is no object: {}",
        bytes.escape_ascii()
    );
}

/// How an answer of this provider is read, after a request as plain as one can be.
fn reader(provider: Provider, stream: bool) -> Reader {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"Hello"}]}"#;
    let envelope = Envelope::parse(Bytes::from_static(body.as_bytes())).expect("a plain request");
    outgoing(&target(provider), &envelope, stream).expect("every wire takes a plain request").reader
}

fn frames<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Frame> {
    let mut decoder = Decoder::new();
    let mut frames = Vec::new();
    for piece in pieces {
        decoder.push(Bytes::copy_from_slice(piece));
        while let Ok(Some(frame)) = decoder.next() {
            frames.push(frame);
        }
    }
    while let Ok(Some(frame)) = decoder.finish() {
        frames.push(frame);
    }
    frames
}

fn head() -> Head {
    Head { id: "chatcmpl-1".to_owned(), created: 1_700_000_000, model: "m".to_owned() }
}

fn target(provider: Provider) -> ModelTarget {
    ModelTarget {
        provider,
        model: "m".to_owned(),
        label: format!("{provider}/m").into(),
        account: None,
        card: None,
        send_as: "m".to_owned(),
        retries: 0,
        timeouts: Timeouts::default(),
        parameters: serde_json::Map::new(),
        breaker: Arc::new(Mutex::new(Breaker::default())),
    }
}
