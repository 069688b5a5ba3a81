//! Plays exchanges through one lane, each in several ways, and holds what comes out against what is expected.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use maig_core::plan::Breaker;
use maig_store::{RequestId, RequestRow};
use serde_json::Value;

use super::exchange::Exchange;
use super::expect::{Expected, Refused, expected};
use super::lane::Lane;
use super::provider::{Answer, Framing};
use super::said::Said;
use super::{heard, request};
use crate::world::{Reply, World, read};

/// An exchange that did not come through, in one of its ways.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) id: String,
    way: String,
    why: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.id, self.way, self.why)
    }
}

/// One way to play an exchange.
struct Way {
    name: String,
    pieces: Vec<Vec<u8>>,
    framing: Framing,
    /// The app asks for a stream.
    stream: bool,
    /// It asks for usage in it whatever was recorded.
    usage: bool,
}

pub(super) struct Replay {
    world: Arc<World>,
    lane: Lane,
    /// Requests made.
    pub(super) asked: usize,
    /// Requests whose row is still to be looked at.
    rows: Vec<(String, RequestId, Expected)>,
    failed: Vec<Failed>,
}

impl Replay {
    pub(super) fn new(world: Arc<World>, lane: Lane) -> Self {
        Self { world, lane, asked: 0, rows: Vec::new(), failed: Vec::new() }
    }

    /// `rank`: its place among the lane's shortest streams. Those are also sent with every byte apart, and the
    /// shortest of them in two at each place.
    pub(super) async fn play(&mut self, exchange: Exchange, rank: Option<usize>) {
        let expected = expected(&exchange);
        for (at, way) in ways(&exchange, rank).into_iter().enumerate() {
            self.asked += 1;
            match self.ask(&exchange, &way, &expected).await {
                Ok(id) if at == 0 => self.rows.push((exchange.id.clone(), id, expected.clone())),
                Ok(_) => {}
                Err(why) => self.failed.push(Failed { id: exchange.id.clone(), way: way.name, why }),
            }
            self.heal();
        }
    }

    /// Looks at the log, and gives all that failed.
    pub(super) async fn end(mut self) -> Vec<Failed> {
        for (id, request, expected) in std::mem::take(&mut self.rows) {
            let row = self.row(request).await;
            let checked = row.ok_or_else(|| "no row".to_owned()).and_then(|row| logged(&row, &expected));
            if let Err(why) = checked {
                self.failed.push(Failed { id, way: "log".to_owned(), why });
            }
        }
        self.failed.sort_by(|a, b| a.id.cmp(&b.id));
        self.failed
    }

    async fn row(&self, id: RequestId) -> Option<RequestRow> {
        for _ in 0..200 {
            let row = self.world.state.store.requests().get(&self.lane.project, id).await.unwrap();
            if row.is_some() {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        None
    }

    /// Forgets failures, which open breakers and would be told in place of the next recording.
    fn heal(&self) {
        for (key, breaker) in self.world.state.breakers.list() {
            if key.account.as_ref() == Some(&self.lane.account) {
                *breaker.lock().unwrap() = Breaker::default();
            }
        }
    }

    async fn ask(&self, exchange: &Exchange, way: &Way, expected: &Expected) -> Result<RequestId, String> {
        self.lane.server.answers(Answer {
            status: exchange.status,
            headers: exchange.headers.clone(),
            pieces: way.pieces.clone(),
            framing: way.framing,
        });
        let body = request::of(exchange, self.lane.provider.slug(), way.stream, way.usage);
        let sent = Bytes::from(body.to_string());
        let reply = read(self.world.open(&self.lane.key, &[], sent).await).await;
        let asked = self.lane.server.asked();
        let told = || format!("{} {}", reply.status, reply.text.chars().take(600).collect::<String>());
        let [asked] = asked.as_slice() else {
            return Err(format!("{} requests went upstream: {}", asked.len(), told()));
        };
        request::check(exchange, &body, asked, reply.header("x-maig-dropped"))?;
        match expected {
            Expected::Error(refused) => refused_as(refused, &reply)?,
            // What came in one piece with its end may be refused whole, since nothing was given yet.
            Expected::Answer(said) if said.broke && (!way.stream || !reply.status.is_success()) => {
                if reply.status.is_success() || reply.error_code() == "internal_error" {
                    return Err(format!("a broken answer was given: {}", told()));
                }
            }
            Expected::Answer(said) => {
                if reply.status != 200 || reply.header("x-maig-fallback") != "false" {
                    return Err(told());
                }
                let usage = body["stream_options"]["include_usage"] == true;
                let got =
                    if way.stream { heard::stream(&reply.text, usage) } else { heard::whole(&reply.text) };
                same(got.map_err(|why| format!("{why}\n   {}", told()))?, said, usage || !way.stream)?;
            }
        }
        RequestId::parse(reply.header("x-maig-request-id")).ok_or_else(|| "the answer has no id".to_owned())
    }
}

fn ways(exchange: &Exchange, rank: Option<usize>) -> Vec<Way> {
    let bytes = exchange.bytes();
    let streams = exchange.streams();
    let mut random = Random::of(&exchange.id);
    let mut ways = vec![Way {
        name: "as recorded".to_owned(),
        pieces: vec![bytes.clone()],
        framing: if exchange.sse.is_some() { Framing::Chunked } else { Framing::Length },
        stream: streams,
        usage: exchange.asked.is_none(),
    }];
    let framing = if random.below(3) == 0 { Framing::Close } else { Framing::Chunked };
    ways.push(Way {
        name: "cut at random".to_owned(),
        pieces: random.cut(&bytes),
        framing,
        stream: streams,
        usage: true,
    });
    ways.push(Way {
        name: if streams { "streamed, though asked whole" } else { "whole, though asked as a stream" }
            .to_owned(),
        pieces: vec![bytes.clone()],
        framing: Framing::Length,
        stream: !streams,
        usage: true,
    });
    if rank.is_some() {
        let apart = |name: String, pieces: Vec<Vec<u8>>| Way {
            name,
            pieces,
            framing: Framing::Chunked,
            stream: streams,
            usage: true,
        };
        ways.push(apart("every byte apart".to_owned(), bytes.chunks(1).map(<[u8]>::to_vec).collect()));
        if rank != Some(0) {
            return ways;
        }
        // At each byte around a frame's end, where a cut can do harm, and elsewhere at every seventh.
        let places = (1..bytes.len()).filter(|at| {
            let near = &bytes[at.saturating_sub(3)..(at + 3).min(bytes.len())];
            near.contains(&b'\n') || at % 7 == 0
        });
        let halves = places.take(MOST_PLACES).map(|at| {
            let (head, tail) = bytes.split_at(at);
            apart(format!("in two at {at}"), vec![head.to_vec(), tail.to_vec()])
        });
        ways.extend(halves.collect::<Vec<_>>());
    }
    ways
}

/// Of one stream, cut in two.
const MOST_PLACES: usize = 100;

/// Numbers that are the same for the same exchange.
pub(super) struct Random(u64);

impl Random {
    fn of(id: &str) -> Self {
        Self(id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        }))
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// Pieces from one byte to a few frames long.
    fn cut(&mut self, mut bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut pieces = Vec::new();
        while !bytes.is_empty() {
            let longest = [3, 40, 400, 4000][usize::try_from(self.below(4)).unwrap()];
            let length = usize::try_from(1 + self.below(longest)).unwrap().min(bytes.len());
            let (piece, rest) = bytes.split_at(length);
            pieces.push(piece.to_vec());
            bytes = rest;
        }
        pieces
    }
}

fn same(mut got: Said, said: &Said, counted: bool) -> Result<(), String> {
    let mut want = said.clone();
    if !counted || want.broke {
        want.usage = None;
    }
    if want.broke {
        got.usage = None;
        got.choices.values_mut().for_each(|spoken| spoken.finish.clear());
    }
    if want.model.is_none() {
        got.model = None;
    }
    if got == want { Ok(()) } else { Err(format!("\n   got  {got:?}\n   want {want:?}")) }
}

fn refused_as(refused: &Refused, reply: &Reply) -> Result<(), String> {
    let body: Value =
        serde_json::from_str(&reply.text).map_err(|error| format!("{error}: {}", reply.text))?;
    let error = &body["error"];
    let attempt = &error["attempts"][0];
    let code = refused.code.as_ref().is_none_or(|code| error["code"] == **code);
    let message = error["message"].as_str().is_some_and(|told| told.contains(&refused.message));
    if reply.status.as_u16() == refused.status && attempt["kind"] == refused.kind && code && message {
        return Ok(());
    }
    Err(format!("\n   got  {} {error}\n   want {refused:?}", reply.status))
}

/// Whether the log has what happened.
fn logged(row: &RequestRow, expected: &Expected) -> Result<(), String> {
    let counted = |counts: [u64; 5]| {
        let number = |count: Option<i64>| u64::try_from(count.unwrap_or(0)).unwrap_or(u64::MAX);
        let [prompt, cached, completion, reasoning, _] = counts;
        !row.estimated
            && number(row.prompt_tokens) == prompt
            && number(row.cached_tokens) == cached
            && number(row.completion_tokens) == completion
            && number(row.reasoning_tokens) == reasoning
    };
    let good = match expected {
        Expected::Error(refused) => {
            row.status == refused.status && row.failure_kind.as_deref() == Some(refused.kind)
        }
        Expected::Answer(said) if said.broke => {
            let cut = row.error_code.as_deref() == Some("stream_interrupted");
            cut == (row.failure_kind.as_deref() == Some("stream_cut"))
        }
        Expected::Answer(said) => {
            // The form of calls before tools has one word with the new one in the log; of several answers it has the
            // first that finished.
            let word =
                |finish: &str| if finish == "function_call" { "tool_calls" } else { finish }.to_owned();
            let finish =
                said.choices.values().any(|spoken| Some(&*word(&spoken.finish)) == row.finish.as_deref());
            row.status == 200
                && row.failure_kind.is_none()
                && (finish || said.choices.is_empty())
                && said.usage.map_or(row.estimated, counted)
        }
    };
    if good && row.attempt_count == 1 { Ok(()) } else { Err(format!("{row:?}\n   want {expected:?}")) }
}
