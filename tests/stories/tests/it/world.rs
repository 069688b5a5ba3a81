//! The world as a suite sees it: the line that `maig-stories` printed, its control port and its provider.

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use maig_client::{Client, ClientOptions, GenerateOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

#[derive(Clone)]
pub(crate) struct World {
    line: Arc<Value>,
    /// stories.json.
    pub(crate) list: Arc<Value>,
    /// Ends with its standard input, which this holds.
    _process: Arc<Child>,
}

impl World {
    pub(crate) async fn start() -> Result<Self> {
        let mut process = Command::new(env!("CARGO_BIN_EXE_maig-stories"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = process.stdout.take().context("its output")?;
        let line = BufReader::new(out).lines().next_line().await?.context("maig-stories printed no line")?;
        Ok(Self {
            line: Arc::new(serde_json::from_str(&line)?),
            list: Arc::new(serde_json::from_str(include_str!("../../stories.json"))?),
            _process: Arc::new(process),
        })
    }

    /// A text of the line: `base_url`, `keys.live`, ….
    pub(crate) fn say(&self, path: &str) -> String {
        let mut value = &*self.line;
        for name in path.split('.') {
            value = &value[name];
        }
        value.as_str().unwrap_or_default().to_owned()
    }

    /// An app's client, over the bad network.
    pub(crate) fn client(&self) -> Client {
        self.client_with(|_| {})
    }

    pub(crate) fn client_with(&self, change: impl FnOnce(&mut ClientOptions)) -> Client {
        self.client_of("live", change)
    }

    pub(crate) fn client_of(&self, key: &str, change: impl FnOnce(&mut ClientOptions)) -> Client {
        let mut options = ClientOptions { base_url: Some(self.say("base_url")), ..ClientOptions::default() };
        change(&mut options);
        Client::with_options(self.say(&format!("keys.{key}")), options)
    }

    // ── the control port ──

    pub(crate) async fn network(&self, conditions: Value) -> Result<()> {
        self.control("PUT", "/network", conditions).await.map(drop)
    }

    pub(crate) async fn gateway(&self, order: Value) -> Result<()> {
        self.control("POST", "/gateway", order).await.map(drop)
    }

    /// A number of `GET /network`.
    pub(crate) async fn tally(&self, name: &str) -> Result<u64> {
        let tally = self.control("GET", "/network", Value::Null).await?;
        tally[name].as_u64().context("a number")
    }

    /// Good weather for the next story.
    pub(crate) async fn calm(&self) -> Result<()> {
        self.network(json!({})).await
    }

    async fn control(&self, method: &str, path: &str, body: Value) -> Result<Value> {
        http(&self.say("control_url"), method, path, &body).await
    }

    // ── the provider ──

    /// How many requests reached a provider so far.
    pub(crate) async fn asked(&self) -> Result<usize> {
        let seen = http(&self.say("provider_url"), "GET", "/_sim/requests", &Value::Null).await?;
        Ok(seen["requests"].as_array().map_or(0, Vec::len))
    }

    /// The headers of the last request that reached a provider.
    pub(crate) async fn last_headers(&self) -> Result<Value> {
        let seen = http(&self.say("provider_url"), "GET", "/_sim/requests", &Value::Null).await?;
        let last = seen["requests"].as_array().and_then(|all| all.last()).context("no request")?;
        Ok(last["headers"].clone())
    }

    pub(crate) async fn wait_until_asked(&self, count: usize) -> Result<()> {
        let began = Instant::now();
        while self.asked().await? < count {
            ensure!(began.elapsed() < Duration::from_secs(10), "the provider was never asked");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    pub(crate) async fn departures(&self) -> Result<usize> {
        Ok(self.left().await?.0)
    }

    /// How long after `since` the provider saw departure number `count`.
    pub(crate) async fn departed_after(&self, count: usize, since: Instant) -> Result<Duration> {
        let began = Instant::now();
        loop {
            let (seen, ago) = self.left().await?;
            let now = Instant::now();
            if seen >= count {
                return Ok((now - ago).saturating_duration_since(since));
            }
            ensure!(began.elapsed() < Duration::from_secs(5), "the provider never saw the end");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How many clients have left the provider, and how long ago the last did.
    async fn left(&self) -> Result<(usize, Duration)> {
        let state = http(&self.say("provider_url"), "GET", "/_sim/state", &Value::Null).await?;
        let departures = state["departures"].as_array().map_or(&[][..], Vec::as_slice);
        let ago = departures.last().and_then(|last| last["ago_ms"].as_u64()).unwrap_or_default();
        Ok((departures.len(), Duration::from_millis(ago)))
    }
}

/// One request of a route.
pub(crate) fn ask(route: &str) -> GenerateOptions {
    GenerateOptions::new(route)
}

/// What the routes with words in their names say.
pub(crate) fn words(count: usize) -> String {
    (0..count).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ")
}

/// A request by hand: the client under test must not test itself.
async fn http(base: &str, method: &str, path: &str, body: &Value) -> Result<Value> {
    let address = base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(address).await?;
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await?;
    let mut socket = BufReader::new(socket);
    let (mut status, mut length) = (String::new(), 0);
    socket.read_line(&mut status).await?;
    loop {
        let mut line = String::new();
        socket.read_line(&mut line).await?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse()?
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut answer = vec![0; length];
    socket.read_exact(&mut answer).await?;
    if !status.starts_with("HTTP/1.1 2") {
        bail!("{method} {path}: {status}{}", String::from_utf8_lossy(&answer));
    }
    if answer.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_slice(&answer)?) }
}
