//! One request as an app would send it: plain HTTP/1.1 to this machine, nothing kept open.

use std::time::{Duration, Instant};

use maig_core::secret::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What the curl line and the scene send.
pub(super) const BODY: &str =
    r#"{"model":"production-chat","messages":[{"role":"user","content":"Hello!"}]}"#;

/// What the demo shows of an answer.
pub(super) struct Answer {
    pub status: u16,
    pub served_by: String,
    pub fallback: bool,
    pub took: Duration,
}

pub(super) async fn ask(base: &str, key: &Secret) -> anyhow::Result<Answer> {
    let start = Instant::now();
    let host = base.trim_start_matches("http://");
    let mut socket = TcpStream::connect(host).await?;
    let request = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{BODY}",
        key.expose(),
        BODY.len()
    );
    socket.write_all(request.as_bytes()).await?;
    let mut raw = Vec::new();
    socket.read_to_end(&mut raw).await?;
    let text = String::from_utf8_lossy(&raw);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(':'));
        lines
            .filter(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().to_owned())
            .next()
    };
    Ok(Answer {
        status: head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0),
        served_by: header("x-maig-served-by").unwrap_or_else(|| "nobody".to_owned()),
        fallback: header("x-maig-fallback").as_deref() == Some("true"),
        took: start.elapsed(),
    })
}
