//! The benchmark's doors: answers made once and sent as they are, so that the upstream of a measurement costs next to
//! nothing. The body is not parsed; `"stream":true` in it is enough.
//!
//! `/bench/v1/chat/completions`, `/bench/v1/messages`, `/bench/v1beta/models/NAME:…`; parameters stand in the path as
//! `/bench/chunks=50,interval=20ms,bytes=256/v1/…`: content chunks of a stream (16), the pause before each (none), and
//! the size of an answer's text (256 bytes; a stream has as much in all).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::behaviour::Behaviour;
use crate::http::step::{self, Headers, Step};
use crate::route::{self, Door, Transport};
use crate::say::{Asked, End, Said};
use crate::shape;

/// One kind of answer by path, for each of (whole, streamed) and (with usage, without).
type Made = Mutex<Option<HashMap<String, Arc<[Step]>>>>;
static MADE: [Made; 4] = [const { Mutex::new(None) }; 4];

/// Paths that are remembered; a benchmark uses a handful.
const KEPT: usize = 256;

/// `path` is what follows `/bench`, with its query.
pub(crate) fn respond(path: &str, query: &str, body: &[u8]) -> Vec<Step> {
    let stream = path.contains(":stream")
        || memchr::memmem::find(body, b"\"stream\":true").is_some()
        || memchr::memmem::find(body, b"\"stream\": true").is_some();
    let usage = stream && memchr::memmem::find(body, b"\"include_usage\"").is_some();
    let mut made =
        MADE[usize::from(stream) * 2 + usize::from(usage)].lock().unwrap_or_else(PoisonError::into_inner);
    let made = made.get_or_insert_default();
    if let Some(steps) = made.get(path) {
        return steps.to_vec();
    }
    let steps = make(path, query, stream, usage);
    if made.len() < KEPT {
        made.insert(path.to_owned(), steps.clone().into());
    }
    steps
}

struct Shape {
    chunks: usize,
    interval: Duration,
    bytes: usize,
}

fn make(path: &str, query: &str, stream: bool, usage: bool) -> Vec<Step> {
    let mut wanted = Shape { chunks: 16, interval: Duration::ZERO, bytes: 256 };
    let (parameters, door) = path.trim_start_matches('/').split_once('/').unwrap_or_default();
    let has_parameters = parameters.contains('=');
    for pair in parameters.split(',').filter(|_| has_parameters) {
        if read(pair, &mut wanted).is_none() {
            let text = format!("`{pair}` is none of chunks=N, interval=20ms, bytes=N");
            return step::whole(400, "text/plain", &Headers::new(), text.as_bytes());
        }
    }
    let path = if has_parameters { format!("/{door}") } else { path.to_owned() };
    let Door::Chat { wire, transport, .. } = route::door("POST", &path, query) else {
        return step::whole(404, "text/plain", &Headers::new(), b"no such door under /bench");
    };
    let stream = stream && transport != Transport::Whole;
    let text: String = "lorem ipsum ".chars().cycle().take(wanted.bytes).collect();
    let chunks = if stream { wanted.chunks } else { 1 };
    let size = text.len().div_ceil(chunks.max(1)).max(1);
    let said = Said {
        serial: 0,
        model: "bench".to_owned(),
        reasoning: Vec::new(),
        text: text.as_bytes().chunks(size).map(|piece| String::from_utf8_lossy(piece).into_owned()).collect(),
        calls: Vec::new(),
        end: End::Stop,
        stopped_by: None,
        prompt_tokens: 10,
        answer_tokens: chunks,
        reasoning_tokens: 0,
    };
    let asked = Asked { stream, include_usage: usage, n: 1, ..Asked::default() };
    let plain = Behaviour::default();
    if !stream {
        return shape::whole(&wire.whole(&asked, &said, &plain), &Headers::new(), 1, &plain);
    }
    let head = step::chunked_head(200, "text/event-stream; charset=utf-8", &Headers::new());
    let paced =
        Behaviour { tps: (!wanted.interval.is_zero()).then(|| 1.0 / wanted.interval.as_secs_f64()), ..plain };
    shape::stream(wire, "bench", head, wire.stream(&asked, &said, &paced), &paced)
}

fn read(pair: &str, wanted: &mut Shape) -> Option<()> {
    let (name, value) = pair.split_once('=')?;
    match name {
        "chunks" => wanted.chunks = value.parse().ok().filter(|n| (1..=100_000).contains(n))?,
        "bytes" => wanted.bytes = value.parse().ok().filter(|n| *n <= 16 << 20)?,
        "interval" => wanted.interval = Duration::from_millis(value.strip_suffix("ms")?.parse().ok()?),
        _ => return None,
    }
    Some(())
}
