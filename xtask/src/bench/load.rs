//! The load: connections that each ask again as soon as they have their answer, for a bounded time. Every answer is
//! checked, so that nothing is fast by being wrong.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::bench::workload::{CHUNKS, Workload};

/// Where a subject takes requests.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub address: SocketAddr,
    pub path: String,
    pub model: String,
    /// The project key, where one is needed.
    pub bearer: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub requests: u64,
    pub took: Duration,
    /// Until the whole answer, or the first chunk of a stream.
    pub latencies: Vec<Duration>,
}

/// How much to ask: it ends when `time` or `limit` requests are over; requests under way are finished.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Amount {
    pub connections: usize,
    pub time: Duration,
    pub limit: u64,
    /// Chunks of content of one stream.
    pub chunks: usize,
}

impl Amount {
    /// As much as a subject can do in `time`.
    pub(crate) fn full(workload: Workload, time: Duration) -> Self {
        Self { connections: workload.connections(), time, limit: u64::MAX, chunks: CHUNKS }
    }

    /// One request after another; streams are short, because only their first chunk counts.
    pub(crate) fn single(time: Duration) -> Self {
        Self { connections: 1, time, limit: u64::MAX, chunks: 2 }
    }
}

pub(crate) async fn run(target: &Target, workload: Workload, amount: Amount) -> Result<Seen> {
    let body = workload.body(&target.model, amount.chunks);
    let start = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..amount.connections {
        tasks.spawn(one_connection(target.clone(), workload, body.clone(), amount));
    }
    let mut seen = Seen::default();
    while let Some(latencies) = tasks.join_next().await {
        let latencies = latencies??;
        seen.requests += latencies.len() as u64;
        seen.latencies.extend(latencies);
    }
    seen.took = start.elapsed();
    Ok(seen)
}

async fn one_connection(
    target: Target,
    workload: Workload,
    body: Bytes,
    amount: Amount,
) -> Result<Vec<Duration>> {
    let until = Instant::now() + amount.time;
    let limit = amount.limit / amount.connections as u64;
    let socket = TcpStream::connect(target.address).await?;
    socket.set_nodelay(true)?;
    let (mut sender, connection) = handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    let mut latencies = Vec::new();
    while Instant::now() < until && (latencies.len() as u64) < limit {
        latencies.push(one_request(&mut sender, &target, workload, body.clone(), amount.chunks).await?);
    }
    Ok(latencies)
}

/// How a chunk of content begins, whoever wrote it.
const DELTA: &[u8] = b"\"content\":\"w";

async fn one_request(
    sender: &mut SendRequest<Full<Bytes>>,
    target: &Target,
    workload: Workload,
    body: Bytes,
    chunks: usize,
) -> Result<Duration> {
    let mut request = Request::post(&target.path)
        .header("host", target.address.to_string())
        .header("content-type", "application/json");
    if let Some(key) = &target.bearer {
        request = request.header("authorization", format!("Bearer {key}"));
    }
    sender.ready().await?;
    let start = Instant::now();
    let answer = sender.send_request(request.body(Full::new(body))?).await?;
    let status = answer.status();
    let mut answer = answer.into_body();
    let mut first = None;
    let (mut deltas, mut length, mut last) = (0, 0, Bytes::new());
    // A chunk may be cut between two reads: the end of one is looked at again with the next.
    let mut seam: Vec<u8> = Vec::new();
    while let Some(frame) = answer.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        first.get_or_insert_with(|| start.elapsed());
        length += data.len();
        if workload == Workload::Stream {
            seam.extend_from_slice(&data);
            deltas += memchr::memmem::find_iter(&seam, DELTA).count();
            let keep = seam.len().min(DELTA.len() - 1);
            seam.drain(..seam.len() - keep);
        }
        last = data;
    }
    let text = String::from_utf8_lossy(&last);
    if status != 200 {
        bail!("status {status}: {text}");
    }
    match workload {
        Workload::Stream if deltas < chunks || !text.contains("[DONE]") => {
            bail!("a stream came with {deltas} of {chunks} chunks, ending in {text}")
        }
        Workload::Whole | Workload::LongPrompt if length < 200 || !text.contains("word") => {
            bail!("an answer was {text}")
        }
        Workload::Stream => first.context("a stream without a chunk"),
        Workload::Whole | Workload::LongPrompt => Ok(start.elapsed()),
    }
}
