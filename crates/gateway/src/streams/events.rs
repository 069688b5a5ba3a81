//! A stream's bytes, cut into events and numbered. What comes in are whole frames, as `relay` gives them. A comment is no
//! event: a keep-alive is dropped, since each reader has its own, and any other belongs to the event that follows it.

use bytes::Bytes;
use memchr::memmem;

use super::id::StreamId;

/// What keeps a silent connection open.
pub(super) const KEEP_ALIVE: &[u8] = b": keep-alive\n\n";

/// Numbers the events of one stream.
pub(super) struct Numbering {
    stream: String,
    last: u64,
    /// Comments that the next event begins with.
    preface: Vec<u8>,
}

impl Numbering {
    pub(super) fn new(stream: StreamId) -> Self {
        Self { stream: stream.to_string(), last: 0, preface: Vec::new() }
    }

    /// The events in `frames`, each with its id.
    pub(super) fn number(&mut self, mut frames: &[u8]) -> Vec<Bytes> {
        let mut events = Vec::with_capacity(1);
        while !frames.is_empty() {
            let end = memmem::find(frames, b"\n\n").map_or(frames.len(), |at| at + 2);
            let (frame, rest) = frames.split_at(end);
            frames = rest;
            if frame == KEEP_ALIVE {
                continue;
            }
            if frame[0] == b':' {
                self.preface.extend_from_slice(frame);
            } else {
                events.push(self.event(frame));
            }
        }
        events
    }

    fn event(&mut self, frame: &[u8]) -> Bytes {
        self.last += 1;
        let mut digits = itoa::Buffer::new();
        let parts: [&[u8]; 7] = [
            &self.preface,
            b"id: ",
            self.stream.as_bytes(),
            b":",
            digits.format(self.last).as_bytes(),
            b"\n",
            frame,
        ];
        let event = parts.concat().into();
        self.preface = Vec::new();
        event
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(frames: &[&str], expect: &[&str]) {
        let id = StreamId::parse("000000000000000000000000000000ab").unwrap();
        let mut numbering = Numbering::new(id);
        let events: Vec<Bytes> =
            frames.iter().flat_map(|frames| numbering.number(frames.as_bytes())).collect();
        let expect: Vec<String> = expect.iter().map(|event| event.replace('@', &id.to_string())).collect();
        assert_eq!(events, expect, "{frames:?}");
    }

    #[test]
    fn every_event_gets_the_next_number() {
        check(&["data: a\n\n"], &["id: @:1\ndata: a\n\n"]);
        check(
            &["data: a\n\ndata: b\n\n", "event: e\ndata: [DONE]\n\n"],
            &["id: @:1\ndata: a\n\n", "id: @:2\ndata: b\n\n", "id: @:3\nevent: e\ndata: [DONE]\n\n"],
        );
        check(&[""], &[]);
    }

    #[test]
    fn a_comment_of_ours_goes_with_the_event_behind_it_and_a_keep_alive_with_none() {
        check(&[": keep-alive\n\n", ": keep-alive\n\ndata: a\n\n"], &["id: @:1\ndata: a\n\n"]);
        check(
            &[": maig {}\n\n", "data: a\n\ndata: b\n\n"],
            &[": maig {}\n\nid: @:1\ndata: a\n\n", "id: @:2\ndata: b\n\n"],
        );
    }
}
