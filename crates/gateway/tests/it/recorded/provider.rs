//! A provider made of a recording: whatever it is asked, it answers with the recorded status, headers and bytes, cut as
//! it is told, and remembers what it was asked. It reads no request with the code under test.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it answers with.
#[derive(Clone, Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) pieces: Vec<Vec<u8>>,
    pub(super) framing: Framing,
}

/// How the body's end is told.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Framing {
    #[default]
    Length,
    /// Each piece a chunk, so that none is joined with the next on the way.
    Chunked,
    /// By the connection's end, as Google does.
    Close,
}

/// What it was asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    /// With its query.
    pub(super) path: String,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

impl Asked {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

#[derive(Default)]
struct Shared {
    answer: Answer,
    asked: Vec<Asked>,
}

#[derive(Clone)]
pub(super) struct RecordedProvider {
    pub(super) base: String,
    shared: Arc<Mutex<Shared>>,
}

impl RecordedProvider {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Mutex::new(Shared::default()));
        let theirs = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                stream.set_nodelay(true).unwrap();
                let shared = Arc::clone(&theirs);
                // A gateway that hangs up ends its connection's task, and nothing else.
                tokio::spawn(async move { serve(stream, &shared).await.ok() });
            }
        });
        Self { base, shared }
    }

    /// What every request gets from now on; forgets what was asked before.
    pub(super) fn answers(&self, answer: Answer) {
        *self.shared.lock().unwrap() = Shared { answer, asked: Vec::new() };
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.shared.lock().unwrap().asked.clone()
    }
}

async fn serve(stream: TcpStream, shared: &Mutex<Shared>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let Some((asked, raw)) = request(&mut stream).await? else { return Ok(()) };
        if asked.path == "/token" {
            let token = r#"{"access_token":"a-token","expires_in":3600,"token_type":"Bearer"}"#;
            let body = token.as_bytes().to_vec();
            let answer = Answer { status: 200, pieces: vec![body], ..Answer::default() };
            stream.write_all(&written(&answer)).await?;
            continue;
        }
        let answer = {
            let mut shared = shared.lock().unwrap();
            let body = serde_json::from_slice(&raw).unwrap_or_default();
            shared.asked.push(Asked { body, ..asked });
            shared.answer.clone()
        };
        stream.write_all(&written(&answer)).await?;
        stream.flush().await?;
        if matches!(answer.framing, Framing::Close) {
            return stream.shutdown().await;
        }
    }
}

async fn request(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<(Asked, Vec<u8>)>> {
    let mut line = String::new();
    if stream.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut asked = Asked { path: line.split(' ').nth(1).unwrap_or_default().to_owned(), ..Asked::default() };
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => asked.headers.push((name.to_lowercase(), value.to_owned())),
            None => break,
        }
    }
    let mut body = vec![0; asked.header("content-length").parse().unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    Ok(Some((asked, body)))
}

/// The answer as it goes over the wire.
fn written(answer: &Answer) -> Vec<u8> {
    let mut out = format!("HTTP/1.1 {} Recorded\r\n", answer.status).into_bytes();
    for (name, value) in &answer.headers {
        out.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    let framing = match answer.framing {
        Framing::Length => {
            format!("content-length: {}\r\n\r\n", answer.pieces.iter().map(Vec::len).sum::<usize>())
        }
        Framing::Chunked => "transfer-encoding: chunked\r\n\r\n".to_owned(),
        Framing::Close => "connection: close\r\n\r\n".to_owned(),
    };
    out.extend_from_slice(framing.as_bytes());
    for piece in answer.pieces.iter().filter(|piece| !piece.is_empty()) {
        match answer.framing {
            Framing::Chunked => {
                out.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
                out.extend_from_slice(piece);
                out.extend_from_slice(b"\r\n");
            }
            _ => out.extend_from_slice(piece),
        }
    }
    if matches!(answer.framing, Framing::Chunked) {
        out.extend_from_slice(b"0\r\n\r\n");
    }
    out
}
