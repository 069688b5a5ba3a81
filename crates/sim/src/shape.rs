//! Applies a behaviour to an answer that is otherwise right: delays, cuts, silence, rubbish, and the pieces in which
//! the socket is written. It works on bodies and pieces of any wire.

use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;

use crate::behaviour::{Behaviour, Cut, Place, Trouble};
use crate::http::step::{self, Headers, Step};
use crate::wire::{Piece, Wire};

/// A stream: `head` and then its pieces, in chunks.
pub(crate) fn stream(
    wire: Wire,
    model: &str,
    head: Vec<u8>,
    mut pieces: Vec<Piece>,
    behaviour: &Behaviour,
) -> Vec<Step> {
    if behaviour.hang_after_head {
        return vec![Step::Send(head.into()), Step::Hang];
    }
    if behaviour.empty_body {
        return vec![Step::Send([head, b"0\r\n\r\n".to_vec()].concat().into())];
    }
    if behaviour.no_finish {
        pieces.retain(|piece| !piece.finish && !piece.end);
    }
    if behaviour.no_done {
        pieces.retain(|piece| !piece.end);
    }
    if behaviour.malformed {
        let frames = pieces.iter().filter(|piece| !piece.end);
        pieces = frames.map(|piece| wire.raw_frame(&piece.bytes[..piece.bytes.len() / 2])).collect();
    }
    insert_frames(wire, &mut pieces, behaviour);
    let mut last = None;
    if let Some((trouble, Place::InStream(after))) = behaviour.trouble {
        let trouble = if trouble == Trouble::Status(503) { wire.overloaded() } else { trouble };
        let error = wire.error(trouble, model, behaviour.retry_after);
        pieces.truncate(after_content(&pieces, after));
        pieces.push(wire.error_piece(&error));
    }
    let gone = if behaviour.rst { Step::Reset } else { Step::Close };
    match behaviour.cut {
        Some(Cut::Bytes(limit)) => {
            cut_bytes(&mut pieces, limit);
            last = Some(gone);
        }
        Some(Cut::Chunks(after)) => {
            pieces.truncate(after_content(&pieces, after));
            last = Some(gone);
        }
        None => {}
    }
    if let Some(after) = behaviour.stall {
        pieces.truncate(after_content(&pieces, after));
        last = Some(Step::Hang);
    }
    write(wire, head, &pieces, behaviour, last)
}

fn write(
    wire: Wire,
    head: Vec<u8>,
    pieces: &[Piece],
    behaviour: &Behaviour,
    last: Option<Step>,
) -> Vec<Step> {
    let between = behaviour.tps.map(|rate| Duration::from_secs_f64(1.0 / rate));
    let mut steps = Vec::with_capacity(pieces.len() + 2);
    let mut pings = pings(wire, behaviour.pings);
    // The head goes out with the first piece, unless something else comes between them.
    let mut unsent = head;
    for piece in pieces {
        if piece.content && !pings.is_empty() {
            flush(&mut unsent, &mut steps);
            steps.append(&mut pings);
        }
        if piece.content
            && let Some(between) = between
        {
            flush(&mut unsent, &mut steps);
            steps.push(Step::Wait(between));
        }
        unsent.extend_from_slice(&step::chunk(&piece.bytes));
        flush(&mut unsent, &mut steps);
    }
    match last {
        Some(last) => {
            flush(&mut unsent, &mut steps);
            steps.push(last);
        }
        None => {
            unsent.extend_from_slice(b"0\r\n\r\n");
            flush(&mut unsent, &mut steps);
        }
    }
    steps
}

fn flush(unsent: &mut Vec<u8>, steps: &mut Vec<Step>) {
    if !unsent.is_empty() {
        steps.push(Step::Send(std::mem::take(unsent).into()));
    }
}

/// A ping every 100 ms for as long as asked.
fn pings(wire: Wire, time: Duration) -> Vec<Step> {
    let every = Duration::from_millis(100);
    let count = usize::try_from(time.as_millis() / every.as_millis()).unwrap_or(usize::MAX).min(36_000);
    let ping = step::chunk(&wire.ping().bytes);
    (0..count).flat_map(|_| [Step::Send(ping.clone()), Step::Wait(every)]).collect()
}

fn insert_frames(wire: Wire, pieces: &mut Vec<Piece>, behaviour: &Behaviour) {
    if let Some(after) = behaviour.bad_frame {
        pieces.insert(after_content(pieces, after), wire.raw_frame(b"{\"this is\": not json"));
    }
    if behaviour.invalid_utf8 {
        let at = after_content(pieces, 1);
        pieces.insert(at, wire.raw_frame(b"{\"text\":\"\xff\xfe\xc3\x28\"}"));
    }
    if let Some(size) = behaviour.big_frame {
        let payload = [b"{\"padding\":\"".as_slice(), &vec![b'x'; size], b"\"}"].concat();
        pieces.insert(after_content(pieces, 0), wire.raw_frame(&payload));
    }
}

/// The place right behind the `count`-th content piece; for 0, before the first.
fn after_content(pieces: &[Piece], count: usize) -> usize {
    let places = pieces.iter().enumerate().filter(|(_, piece)| piece.content).map(|(at, _)| at);
    let mut places = places;
    match count.checked_sub(1) {
        None => places.next().unwrap_or(pieces.len()),
        Some(before) => places.nth(before).map_or(pieces.len(), |at| at + 1),
    }
}

fn cut_bytes(pieces: &mut Vec<Piece>, mut limit: usize) {
    pieces.retain_mut(|piece| {
        let kept = limit.min(piece.bytes.len());
        piece.bytes.truncate(kept);
        limit -= kept;
        kept > 0
    });
}

/// A whole answer; `tokens` is how many the text has, which `tps` turns into time.
pub(crate) fn whole(body: &Value, headers: &Headers, tokens: usize, behaviour: &Behaviour) -> Vec<Step> {
    let mut body = body.to_string().into_bytes();
    if behaviour.malformed {
        body.truncate(body.len() / 2);
    }
    if behaviour.empty_body {
        body.clear();
    }
    if behaviour.invalid_utf8 {
        // Into a string, so that the JSON around it stays right.
        let at = memchr::memmem::find(&body, b"\"content\":\"").map_or(2, |at| at + 11);
        body.splice(at..at, *b"\xff\xfe");
    }
    if let Some(size) = behaviour.big_frame {
        body.splice(1..1, [b"\"padding\":\"".as_slice(), &vec![b'x'; size], b"\","].concat());
    }
    let mut steps = Vec::new();
    if let Some(rate) = behaviour.tps {
        // Bound: a minute is longer than any test waits.
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        steps.push(Step::Wait(Duration::from_secs_f64((f64::from(tokens) / rate).min(60.0))));
    }
    let head: Bytes = step::head(200, "application/json", headers, body.len()).into();
    let body = Bytes::from(body);
    if behaviour.hang_after_head {
        steps.extend([Step::Send(head), Step::Hang]);
        return steps;
    }
    let (kept, last) = match (behaviour.cut, behaviour.stall) {
        (_, Some(_)) => (body.len() / 2, Some(Step::Hang)),
        (Some(Cut::Bytes(limit)), _) => (limit, Some(Step::Close)),
        (Some(Cut::Chunks(0)), _) => (0, Some(Step::Close)),
        (Some(Cut::Chunks(_)), _) => (body.len() / 2, Some(Step::Close)),
        (None, None) => (body.len(), None),
    };
    steps.push(Step::Send([&head[..], &body[..kept.min(body.len())]].concat().into()));
    match last {
        Some(Step::Close) if behaviour.rst => steps.push(Step::Reset),
        Some(last) => steps.push(last),
        None => {}
    }
    steps
}

/// The same bytes in writes of at most `size` bytes, a moment apart, so that they travel as they were written.
pub(crate) fn split(steps: Vec<Step>, size: Option<usize>) -> Vec<Step> {
    let Some(size) = size else { return steps };
    let mut fine = Vec::new();
    for step in steps {
        match step {
            Step::Send(bytes) => {
                for at in (0..bytes.len()).step_by(size) {
                    fine.push(Step::Send(bytes.slice(at..bytes.len().min(at + size))));
                    fine.push(Step::Yield);
                }
            }
            other => fine.push(other),
        }
    }
    fine
}
