//! The upstream of every subject: a bare responder that speaks just enough of OpenAI's and Anthropic's wires, in a
//! process of its own. It must never cost more than the subjects it stands behind.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Either, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use crate::bench::process::Child;
use crate::bench::workload::words;

/// Between two chunks of a stream, so that none shares a read with its neighbour.
const PACE: Duration = Duration::from_millis(2);

/// The running process.
pub(crate) struct Upstream {
    pub address: SocketAddr,
    _process: Child,
}

impl Upstream {
    pub(crate) fn start() -> Result<Self> {
        let mut itself = Command::new(std::env::current_exe()?);
        itself.args(["bench", "--upstream"]).stdout(Stdio::piped());
        let mut process = Child::start(itself)?;
        let stdout = process.stdout().context("the upstream has no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        Ok(Self {
            address: line.trim().parse().context("the upstream did not say where it is")?,
            _process: process,
        })
    }
}

/// Serves until it is killed.
pub(crate) fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "{}", listener.local_addr()?)?;
        stdout.flush()?;
        let answers = Arc::new(Answers::new());
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            let answers = Arc::clone(&answers);
            tokio::spawn(async move {
                let service = service_fn(move |request| respond(Arc::clone(&answers), request));
                // A connection that breaks is the load's end, and the load counts what it got.
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), service)
                    .await;
            });
        }
    })
}

type Answer = Either<Full<Bytes>, Paced>;

async fn respond(
    answers: Arc<Answers>,
    request: Request<Incoming>,
) -> Result<Response<Answer>, hyper::Error> {
    let wire = if request.uri().path().ends_with("/messages") { &answers.anthropic } else { &answers.openai };
    let body = request.into_body().collect().await?.to_bytes();
    let (kind, answer) = match chunks(&body) {
        Some(chunks) => ("text/event-stream", Either::Right(Paced::new(wire.stream.clone(), chunks))),
        None => ("application/json", Either::Left(Full::new(wire.whole.clone()))),
    };
    let mut response = Response::new(answer);
    response.headers_mut().insert("content-type", hyper::header::HeaderValue::from_static(kind));
    Ok(response)
}

/// How many chunks of content are asked for: as many as tokens; none where no stream is. The fields stand before or
/// behind the prompt, which is not read.
fn chunks(body: &[u8]) -> Option<usize> {
    let head = body.get(..body.len().min(400)).unwrap_or_default();
    let tail = body.get(body.len().saturating_sub(400)..).unwrap_or_default();
    let find = |word: &[u8]| {
        let rest = |part| memchr::memmem::find(part, word).and_then(|at| part.get(at + word.len()..));
        rest(head).or_else(|| rest(tail))
    };
    find(b"\"stream\":true")?;
    let digits: Vec<u8> = find(b"_tokens\":")?.iter().copied().take_while(u8::is_ascii_digit).collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

/// What each wire answers, made once.
struct Answers {
    openai: Wire,
    anthropic: Wire,
}

struct Wire {
    whole: Bytes,
    stream: Stream,
}

/// A stream's parts; between the first and the last stand as many deltas as are asked for.
#[derive(Clone)]
struct Stream {
    opening: Option<Bytes>,
    delta: Bytes,
    closing: Bytes,
}

impl Answers {
    fn new() -> Self {
        let whole = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"WORDS"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}"#;
        let chunk = |delta: &str, finish: &str| {
            format!(
                "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"gpt-4o\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
            )
        };
        let stream = Stream {
            opening: None,
            delta: Bytes::from(chunk(&format!("{{\"content\":\"{}\"}}", words(90)), "null")),
            closing: Bytes::from(chunk("{}", "\"stop\"") + "data: [DONE]\n\n"),
        };
        let openai = Wire { whole: fill(whole, 256), stream };

        let whole = r#"{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"WORDS"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":12}}"#;
        let event =
            |kind: &str, rest: &str| format!("event: {kind}\ndata: {{\"type\":\"{kind}\"{rest}}}\n\n");
        let opening = event(
            "message_start",
            r#","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":9,"output_tokens":1}}"#,
        ) + &event(
            "content_block_start",
            r#","index":0,"content_block":{"type":"text","text":""}"#,
        );
        let delta = event(
            "content_block_delta",
            &format!(r#","index":0,"delta":{{"type":"text_delta","text":"{}"}}"#, words(130)),
        );
        let closing = event("content_block_stop", r#","index":0"#)
            + &event(
                "message_delta",
                r#","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":12}"#,
            )
            + &event("message_stop", "");
        let stream = Stream {
            opening: Some(Bytes::from(opening)),
            delta: Bytes::from(delta),
            closing: Bytes::from(closing),
        };
        Self { openai, anthropic: Wire { whole: fill(whole, 256), stream } }
    }
}

/// `template` with as many words as bring it to `length` bytes.
fn fill(template: &str, length: usize) -> Bytes {
    let short = length.saturating_sub(template.len() - "WORDS".len());
    Bytes::from(template.replace("WORDS", &words(short.max(5))))
}

/// A body that gives its first chunk at once, and one at every beat.
struct Paced {
    stream: Stream,
    left: usize,
    ended: bool,
    beat: Option<Interval>,
}

impl Paced {
    fn new(stream: Stream, chunks: usize) -> Self {
        Self { stream, left: chunks, ended: false, beat: None }
    }

    fn next(&mut self) -> Option<Bytes> {
        if let Some(opening) = self.stream.opening.take() {
            return Some(opening);
        }
        if self.left > 0 {
            self.left -= 1;
            return Some(self.stream.delta.clone());
        }
        (!std::mem::replace(&mut self.ended, true)).then(|| self.stream.closing.clone())
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut TaskContext<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(beat) = &mut self.beat {
            std::task::ready!(beat.poll_tick(cx));
        } else if self.stream.opening.is_none() {
            // The opening, where there is one, comes with the first chunk: it is no content.
            self.beat = Some(paced());
        }
        Poll::Ready(self.next().map(|chunk| Ok(Frame::data(chunk))))
    }
}

fn paced() -> Interval {
    let mut beat = interval_at(Instant::now() + PACE, PACE);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat
}
