//! A phone that reads a resumable stream: it counts every event, and loses its connection when the test says so.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;

use crate::world::{Reply, World, question, read};

pub(crate) struct Phone<'a> {
    world: &'a World,
    key: String,
    pub(crate) stream: String,
    /// `None`: no connection.
    body: Option<Incoming>,
    /// What came and is no whole event yet.
    partial: Vec<u8>,
    /// The number of the last event.
    pub(crate) last: u64,
    /// The `data` of every event, in order.
    pub(crate) data: Vec<String>,
    /// Comments and events without an id, as they came.
    pub(crate) beside: Vec<String>,
}

/// A phone that is in no world.
pub(crate) struct Away {
    key: String,
    stream: String,
    last: u64,
    data: Vec<String>,
    beside: Vec<String>,
}

impl Away {
    /// Back in reach, not yet connected.
    pub(crate) fn at(self, world: &World) -> Phone<'_> {
        let Self { key, stream, last, data, beside } = self;
        Phone { world, key, stream, body: None, partial: Vec::new(), last, data, beside }
    }
}

impl<'a> Phone<'a> {
    /// Asks for a resumable stream, and gets the head of one.
    pub(crate) async fn ask(world: &'a World, key: &str, model: &str) -> Self {
        Self::of(world, key, open(world, key, model).await)
    }

    /// The phone that got this answer.
    pub(crate) fn of(world: &'a World, key: &str, answer: http::Response<Incoming>) -> Self {
        let (head, body) = answer.into_parts();
        assert_eq!(head.status, 200);
        assert_eq!(text(&head.headers, "x-maig-resumable"), "true");
        let stream = text(&head.headers, "x-maig-stream-id");
        assert!(stream.len() == 32 && stream.bytes().all(|b| b.is_ascii_hexdigit()), "{stream}");
        Self {
            world,
            key: key.to_owned(),
            stream,
            body: Some(body),
            partial: Vec::new(),
            last: 0,
            data: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// Another phone that knows of the same stream.
    pub(crate) fn twin(&self) -> Self {
        Self {
            world: self.world,
            key: self.key.clone(),
            stream: self.stream.clone(),
            body: None,
            partial: Vec::new(),
            last: 0,
            data: Vec::new(),
            beside: Vec::new(),
        }
    }

    /// The same phone without a connection; for tests that must change their world meanwhile.
    pub(crate) fn away(mut self) -> Away {
        self.lose();
        Away { key: self.key, stream: self.stream, last: self.last, data: self.data, beside: self.beside }
    }

    /// The connection is gone, and with it what had come of an event.
    pub(crate) fn lose(&mut self) {
        self.body = None;
        self.partial.clear();
    }

    /// Comes back with the last id, and must be let in.
    pub(crate) async fn come_back(&mut self) -> HeaderMap {
        self.lose();
        let (status, headers, body) = self.return_with(self.last).await;
        assert_eq!(status, StatusCode::OK, "after {}", self.last);
        self.body = Some(body);
        headers
    }

    /// Comes back, and is refused.
    pub(crate) async fn refused(&self) -> Reply {
        let event = format!("{}:{}", self.stream, self.last);
        read(self.world.get_open(&self.key, &path(&self.stream), &[("last-event-id", &event)]).await).await
    }

    async fn return_with(&self, last: u64) -> (StatusCode, HeaderMap, Incoming) {
        let event = format!("{}:{last}", self.stream);
        // Who has nothing yet has no id to send.
        let headers: &[_] = if last == 0 { &[] } else { &[("last-event-id", event.as_str())] };
        let (head, body) = self.world.get_open(&self.key, &path(&self.stream), headers).await.into_parts();
        (head.status, head.headers, body)
    }

    /// Reads until it has `count` events in all; false: the stream ended before.
    pub(crate) async fn read_events(&mut self, count: usize) -> bool {
        while self.data.len() < count {
            if !self.read_some(usize::MAX).await {
                return false;
            }
        }
        true
    }

    /// Reads to the end of the connection.
    pub(crate) async fn read_all(&mut self) {
        while self.read_some(usize::MAX).await {}
        assert!(self.partial.is_empty(), "half an event: {}", String::from_utf8_lossy(&self.partial));
    }

    /// Reads what comes next, of which at most `most` bytes reach the phone; false: nothing more comes.
    pub(crate) async fn read_some(&mut self, most: usize) -> bool {
        let body = self.body.as_mut().expect("a connection");
        let next =
            tokio::time::timeout(Duration::from_secs(30), body.frame()).await.expect("something comes");
        let Some(frame) = next else { return false };
        let data = frame.expect("the connection holds").into_data().unwrap_or_default();
        self.partial.extend_from_slice(&data[..data.len().min(most)]);
        while let Some(end) = self.partial.windows(2).position(|two| two == b"\n\n") {
            let event: Vec<u8> = self.partial.drain(..end + 2).collect();
            self.event(std::str::from_utf8(&event).unwrap().trim_end());
        }
        true
    }

    fn event(&mut self, event: &str) {
        let Some(rest) = event.strip_prefix("id: ") else {
            self.beside.push(event.to_owned());
            return;
        };
        let (id, data) = rest.split_once('\n').expect("an event behind its id");
        let (stream, number) = id.split_once(':').expect("STREAM:N");
        assert_eq!(stream, self.stream);
        let number: u64 = number.parse().unwrap();
        assert_eq!(number, self.last + 1, "nothing is lost, and nothing comes twice");
        self.last = number;
        self.data.push(data.strip_prefix("data: ").expect("data").to_owned());
    }

    /// The text of all chunks so far.
    pub(crate) fn text(&self) -> String {
        let chunks = self.data.iter().filter(|data| *data != "[DONE]");
        chunks
            .map(|data| serde_json::from_str::<Value>(data).unwrap())
            .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned))
            .collect()
    }

    pub(crate) fn is_done(&self) -> bool {
        self.data.last().is_some_and(|data| data == "[DONE]")
    }

    /// The error object of the last event.
    pub(crate) fn error(&self) -> Value {
        serde_json::from_str::<Value>(self.data.last().unwrap()).unwrap()["error"].clone()
    }
}

/// Asks for a resumable stream; the response, whatever it is.
pub(crate) async fn open(world: &World, key: &str, model: &str) -> http::Response<Incoming> {
    world.open(key, &[("x-maig-resumable", "true")], Bytes::from(question(model, true).to_string())).await
}

pub(crate) fn text(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
}

pub(crate) fn path(stream: &str) -> String {
    format!("/v1/streams/{stream}")
}

/// What the simulator's `words=N` says.
pub(crate) fn words(count: usize) -> String {
    (0..count).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ")
}
