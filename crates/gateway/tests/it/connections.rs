//! Connections to providers: used again while they are open, replaced when they are not, closed when nobody needs them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::StatusCode;
use maig_core::provider::Provider;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::world::{World, question_with};

const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Mont Blanc"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"#;
const EVENTS: &str = "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// A provider that counts its connections, and hangs up all of them when it is told to.
struct Provided {
    base: String,
    opened: Arc<AtomicUsize>,
    open: Arc<AtomicUsize>,
    hang_up: watch::Sender<()>,
}

impl Provided {
    async fn start(closes: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let (opened, open): (Arc<AtomicUsize>, Arc<AtomicUsize>) = Default::default();
        let (hang_up, told) = watch::channel(());
        let counts = (Arc::clone(&opened), Arc::clone(&open));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let (opened, open) = counts.clone();
                opened.fetch_add(1, Ordering::SeqCst);
                open.fetch_add(1, Ordering::SeqCst);
                let mut told = told.clone();
                told.mark_unchanged();
                tokio::spawn(async move {
                    let mut request = vec![0; 16 * 1024];
                    loop {
                        let read = tokio::select! {
                            read = socket.read(&mut request) => read.unwrap_or(0),
                            _ = told.changed() => 0,
                        };
                        if read == 0 || socket.write_all(&answer(&request[..read], closes)).await.is_err() {
                            break;
                        }
                    }
                    drop(socket);
                    open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { base, opened, open, hang_up }
    }

    fn opened(&self) -> usize {
        self.opened.load(Ordering::SeqCst)
    }

    async fn none_is_open(&self) {
        for _ in 0..100 {
            if self.open.load(Ordering::SeqCst) == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{} connections stayed open", self.open.load(Ordering::SeqCst));
    }

    /// A gateway with one worker and a route `r` that asks this provider alone, once.
    async fn world(&self) -> World {
        let world = World::start().await;
        world.account("other", Provider::OpenAiCompatible, &self.base).await;
        let target = json!({"model": "some-model", "provider_key": "other"});
        world.route(json!({"name": "r", "targets": [target], "retry_on": []})).await;
        world
    }
}

fn answer(request: &[u8], closes: bool) -> Vec<u8> {
    let (kind, body) = match String::from_utf8_lossy(request).contains("\"stream\":true") {
        true => ("text/event-stream", EVENTS),
        false => ("application/json", WHOLE),
    };
    let after = if closes { "close" } else { "keep-alive" };
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\nconnection: {after}\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

async fn ask(world: &World, stream: bool) {
    let reply = world.chat(question_with("r", stream, json!({}))).await;
    assert_eq!((reply.status, reply.header("x-maig-attempts")), (StatusCode::OK, "1"), "{}", reply.text);
    assert!(reply.text.contains(if stream { "[DONE]" } else { "Mont Blanc" }), "{}", reply.text);
}

#[tokio::test]
async fn one_request_after_another_goes_over_one_connection() {
    let provider = Provided::start(false).await;
    let world = provider.world().await;
    for stream in [false, true, false, true, true] {
        ask(&world, stream).await;
    }
    // A world's client may come to any worker, and each has connections of its own.
    let workers = std::thread::available_parallelism().unwrap().get();
    assert!(provider.opened() <= workers, "{} connections", provider.opened());
}

#[tokio::test]
async fn a_connection_that_was_closed_while_nobody_used_it_costs_no_attempt() {
    let provider = Provided::start(false).await;
    let world = provider.world().await;
    for stream in [false, true] {
        ask(&world, stream).await;
        provider.hang_up.send(()).unwrap();
        provider.none_is_open().await;
        ask(&world, stream).await;
    }
    assert!(provider.opened() >= 2, "{} connections", provider.opened());
}

/// A provider that answers the first request of each connection, and closes the connection when the second arrives.
async fn closing_as_it_is_used() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let lost = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&lost);
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let lost = Arc::clone(&count);
            tokio::spawn(async move {
                let mut request = vec![0; 16 * 1024];
                let read = socket.read(&mut request).await.unwrap();
                socket.write_all(&answer(&request[..read], false)).await.unwrap();
                if socket.read(&mut request).await.unwrap() > 0 {
                    lost.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    (base, lost)
}

#[tokio::test]
async fn a_connection_that_closes_just_as_it_is_used_costs_no_attempt() {
    let (base, lost) = closing_as_it_is_used().await;
    let world = World::start().await;
    world.account("other", Provider::OpenAiCompatible, &base).await;
    let target = json!({"model": "some-model", "provider_key": "other"});
    world.route(json!({"name": "r", "targets": [target], "retry_on": []})).await;
    for stream in [false, true, true, false] {
        ask(&world, stream).await;
        // As long as servers wait before they close what nobody uses.
        tokio::time::sleep(Duration::from_millis(1100)).await;
    }
    assert!(lost.load(Ordering::SeqCst) > 0, "no connection was used again");
}

#[tokio::test]
async fn a_provider_that_closes_after_each_answer_is_asked_over_new_connections() {
    let provider = Provided::start(true).await;
    let world = provider.world().await;
    for stream in [false, true, false, true] {
        ask(&world, stream).await;
    }
    assert_eq!(provider.opened(), 4);
    provider.none_is_open().await;
}
