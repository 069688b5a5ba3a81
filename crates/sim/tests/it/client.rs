//! A client that hides nothing: it shows how the connection ended, and what came before.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use maig_sim::Sim;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Silence of this length is taken for silence for ever.
const SILENCE: Duration = Duration::from_millis(700);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The body was complete.
    Complete,
    /// The connection ended in order before that.
    Eof,
    Reset,
    Silent,
}

#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: Option<u16>,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    /// Without the framing.
    pub(crate) body: Vec<u8>,
    pub(crate) raw: Vec<u8>,
    pub(crate) end: End,
    /// Until the first byte, and until the end.
    pub(crate) first: Option<Duration>,
    pub(crate) took: Duration,
    /// Reads that gave bytes.
    pub(crate) reads: usize,
}

impl Seen {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The payloads of `data:` lines that are JSON.
    pub(crate) fn frames(&self) -> Vec<Value> {
        let text = self.text();
        text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data: ")?).ok()).collect()
    }
}

/// Sends one request and sees what comes.
pub(crate) async fn send(address: SocketAddr, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Seen {
    let method = if body.is_empty() { "GET" } else { "POST" };
    send_as(method, address, target, headers, body).await
}

pub(crate) async fn send_as(
    method: &str,
    address: SocketAddr,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Seen {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: sim\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body).await.unwrap();
    see(&mut socket).await
}

async fn see(socket: &mut TcpStream) -> Seen {
    let start = Instant::now();
    let mut raw = Vec::new();
    let (mut first, mut reads) = (None, 0);
    let end = loop {
        if complete(&raw) {
            break End::Complete;
        }
        // A head that never ends, and a body that does not fit into a test.
        let (too_much, too_long) = if head_length(&raw).is_some() { (80 << 20, 30) } else { (4 << 20, 2) };
        if raw.len() > too_much || start.elapsed() > Duration::from_secs(too_long) {
            break End::Silent;
        }
        match tokio::time::timeout(SILENCE, socket.read_buf(&mut raw)).await {
            Err(_) => break End::Silent,
            Ok(Err(_)) => break End::Reset,
            Ok(Ok(0)) => break End::Eof,
            Ok(Ok(_)) => {
                first.get_or_insert_with(|| start.elapsed());
                reads += 1;
            }
        }
    };
    let (status, headers, body) = taken_apart(&raw);
    Seen { status, headers, body, raw, end, first, took: start.elapsed(), reads }
}

fn head_length(raw: &[u8]) -> Option<usize> {
    memchr::memmem::find(&raw[..raw.len().min(64 << 10)], b"\r\n\r\n").map(|at| at + 4)
}

fn complete(raw: &[u8]) -> bool {
    let Some(head) = head_length(raw) else { return false };
    let text = String::from_utf8_lossy(&raw[..head]);
    match text.lines().find_map(|line| line.strip_prefix("content-length: ")) {
        Some(length) => raw.len() - head >= length.parse().unwrap(),
        None => raw.ends_with(b"\r\n0\r\n\r\n"),
    }
}

fn taken_apart(raw: &[u8]) -> (Option<u16>, Vec<(String, String)>, Vec<u8>) {
    let Some(length) = head_length(raw) else { return (None, Vec::new(), Vec::new()) };
    let head = String::from_utf8_lossy(&raw[..length]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers: Vec<(String, String)> =
        lines.filter_map(|line| line.split_once(": ")).map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    let mut rest = &raw[length..];
    if !headers.iter().any(|(name, _)| name == "transfer-encoding") {
        return (status, headers, rest.to_vec());
    }
    let mut body = Vec::new();
    while let Some(line) = memchr::memmem::find(rest, b"\r\n") {
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..line]).unwrap(), 16).unwrap();
        rest = &rest[line + 2..];
        body.extend_from_slice(&rest[..size.min(rest.len())]);
        rest = rest.get(size + 2..).unwrap_or_default();
    }
    (status, headers, body)
}

/// The three wires, as one asks them the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wire {
    OpenAi,
    Anthropic,
    Gemini,
}

pub(crate) const WIRES: [Wire; 3] = [Wire::OpenAi, Wire::Anthropic, Wire::Gemini];

impl Wire {
    /// The plain name of a model on this wire.
    pub(crate) fn model(self) -> &'static str {
        match self {
            Self::OpenAi => "gpt-4o",
            Self::Anthropic => "claude-3-5-sonnet",
            Self::Gemini => "gemini-2.5-pro",
        }
    }

    pub(crate) fn key(self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::OpenAi => [("authorization", "Bearer sk-any"), ("x-unused", "1")],
            Self::Anthropic => [("x-api-key", "sk-any"), ("anthropic-version", "2023-06-01")],
            Self::Gemini => [("x-goog-api-key", "any"), ("x-unused", "1")],
        }
    }

    pub(crate) fn target(self, model: &str, stream: bool) -> String {
        match self {
            Self::OpenAi => "/v1/chat/completions".to_owned(),
            Self::Anthropic => "/v1/messages".to_owned(),
            Self::Gemini if stream => format!("/v1beta/models/{model}:streamGenerateContent?alt=sse"),
            Self::Gemini => format!("/v1beta/models/{model}:generateContent"),
        }
    }

    /// A request with the text as its one message.
    pub(crate) fn body(self, model: &str, stream: bool, text: &str) -> Value {
        let messages = json!([{ "role": "user", "content": text }]);
        match self {
            Self::OpenAi if stream => {
                json!({ "model": model, "messages": messages, "stream": true, "stream_options": { "include_usage": true } })
            }
            Self::OpenAi => json!({ "model": model, "messages": messages }),
            Self::Anthropic => {
                json!({ "model": model, "max_tokens": 1000, "messages": messages, "stream": stream })
            }
            Self::Gemini => json!({ "contents": [{ "role": "user", "parts": [{ "text": text }] }] }),
        }
    }

    /// Asks the model of this wire, with words behind its name.
    pub(crate) async fn ask(self, sim: &Sim, words: &str, stream: bool) -> Seen {
        let model =
            if words.is_empty() { self.model().to_owned() } else { format!("{}+{words}", self.model()) };
        let body = self.body(&model, stream, "Hello there");
        self.post(sim, &model, stream, &body).await
    }

    pub(crate) async fn post(self, sim: &Sim, model: &str, stream: bool, body: &Value) -> Seen {
        send(sim.address(), &self.target(model, stream), &self.key(), body.to_string().as_bytes()).await
    }

    /// The text of an answer, whole or streamed.
    pub(crate) fn said(self, seen: &Seen) -> String {
        let pieces = if seen.header("content-type").is_some_and(|kind| kind.starts_with("text/event-stream"))
        {
            seen.frames()
        } else {
            vec![seen.json()]
        };
        let paths: &[&str] = match self {
            Self::OpenAi => &["/choices/0/message/content", "/choices/0/delta/content"],
            Self::Anthropic => &["/content/0/text", "/delta/text"],
            Self::Gemini => &["/candidates/0/content/parts/0/text"],
        };
        let texts =
            pieces.iter().flat_map(|piece| paths.iter().filter_map(|path| piece.pointer(path)?.as_str()));
        texts.collect()
    }
}
