//! Providers that are no simulator: dead ports, wrong names, raw sockets that say whatever a test wants.

use std::time::{Duration, Instant};

use maig_core::provider::Provider;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{Reply, World, question_with};

/// A provider that gives `answer` to each request and keeps the connection open.
async fn raw(answer: impl AsRef<[u8]> + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let answer: std::sync::Arc<[u8]> = answer.as_ref().into();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let answer = std::sync::Arc::clone(&answer);
            tokio::spawn(async move {
                // Until the other side hangs up.
                while read_some(&mut socket).await > 0 && socket.write_all(&answer).await.is_ok() {}
            });
        }
    });
    base
}

async fn read_some(socket: &mut TcpStream) -> usize {
    let mut buffer = vec![0; 16 * 1024];
    socket.read(&mut buffer).await.unwrap_or(0)
}

/// Asks an account at `base`, with a fallback behind it; the kind of its failure.
async fn kind_at(base: &str, stream: bool) -> String {
    let world = World::start().await;
    world.account("other", Provider::OpenAiCompatible, base).await;
    let timeouts =
        json!({"connect_ms": 400, "first_token_ms": 600, "answer_ms": 600, "idle_ms": 600, "total_ms": 2000});
    let first = json!({"model": "some-model", "provider_key": "other"});
    world
        .route(json!({"name": "alone", "targets": [first.clone()], "timeouts": timeouts, "retry_on": []}))
        .await;
    world.route(json!({"name": "both", "targets": [first, {"model": "gpt-4o"}], "timeouts": timeouts})).await;
    let begun = Instant::now();
    let reply = world.chat(question_with("both", stream, json!({}))).await;
    assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{base}: {}", reply.text);
    assert!(begun.elapsed() < Duration::from_secs(5), "{base}: {:?}", begun.elapsed());
    let reply = world.chat(question_with("alone", stream, json!({}))).await;
    let port = base.rsplit_once(':').map_or(base, |(_, port)| port);
    assert!(!reply.text.contains(port) && !reply.text.contains("secret-of"), "{}", reply.text);
    reply.attempts().remove(0).1
}

async fn check(base: &str, kind: &str) {
    for stream in [false, true] {
        assert_eq!(kind_at(base, stream).await, kind, "{base}, streamed: {stream}");
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_a_failed_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    check(&dead, "connect").await;
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_a_failed_connection() {
    check("http://no-such-provider.invalid/v1", "connect").await;
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_a_failed_connection() {
    let plain = raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    check(&plain.replace("http://", "https://"), "connect").await;
}

#[tokio::test]
async fn a_tls_handshake_that_never_ends_is_a_failed_connection() {
    let silent = raw("").await;
    check(&silent.replace("http://", "https://"), "connect").await;
}

#[tokio::test]
async fn a_listener_that_never_answers_is_a_timeout() {
    check(&raw("").await, "timeout").await;
}

#[tokio::test]
async fn half_a_head_and_silence_is_a_timeout() {
    check(&raw("HTTP/1.1 200 OK\r\ncontent-type: text/ev").await, "timeout").await;
}

#[tokio::test]
async fn what_is_not_http_is_a_bad_response() {
    check(&raw("SSH-2.0-OpenSSH_9.9\r\n").await, "bad_response").await;
}

#[tokio::test]
async fn an_answer_shorter_than_its_length_is_not_an_answer() {
    let short =
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"choices\":[";
    check(&raw(short).await, "timeout").await;
}

#[tokio::test]
async fn a_web_page_in_place_of_an_answer_is_a_bad_response() {
    let page = "<html><body>Welcome to our captive portal</body></html>";
    let length = page.len();
    let head =
        format!("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\n\r\n{page}");
    check(&raw(head).await, "bad_response").await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let away = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/v1\r\ncontent-length: 0\r\n\r\n";
    let kind = kind_at(&raw(away).await, false).await;
    assert!(["server_error", "bad_response", "connect"].contains(&kind.as_str()), "{kind}");
}

const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Mont Blanc"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}"#;

/// One chunk of a stream.
fn chunk(delta: &str, finish: &str) -> String {
    format!(
        "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
    )
}

async fn answered(kind: &str, body: &str, stream: bool) -> Reply {
    let length = body.len();
    let base =
        raw(format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n{body}"))
            .await;
    let world = World::start().await;
    world.account("other", Provider::OpenAiCompatible, &base).await;
    let targets = json!([{"model": "m", "provider_key": "other"}]);
    world.route(json!({"name": "r", "targets": targets, "timeouts": {"total_ms": 2000}})).await;
    world.chat(question_with("r", stream, json!({}))).await
}

#[tokio::test]
async fn a_provider_that_answers_whole_is_turned_into_a_stream() {
    let reply = answered("application/json", WHOLE, true).await;
    assert_eq!(reply.content(), "Mont Blanc", "{}", reply.text);
    assert!(reply.is_done(), "{}", reply.text);
    assert_eq!(reply.header("content-type"), "text/event-stream; charset=utf-8");
    assert!(reply.text.contains("\"finish_reason\":\"stop\""), "{}", reply.text);
}

#[tokio::test]
async fn a_provider_that_only_streams_is_assembled() {
    let parts = [
        chunk(r#"{"role":"assistant","content":"Mont"}"#, "null"),
        chunk(r#"{"content":" Blanc"}"#, "\"stop\""),
    ];
    let whole = format!("{}data: [DONE]\n\n", parts.concat());
    let reply = answered("text/event-stream", &whole, false).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.content(), "Mont Blanc", "{}", reply.text);
    assert_eq!(reply.json()["usage"]["estimated"], true, "{}", reply.text);
    // Without its finish it is half an answer.
    let reply = answered("text/event-stream", &parts[0], false).await;
    assert_eq!(
        (reply.status.as_u16(), reply.error_code().as_str()),
        (502, "all_targets_failed"),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn a_last_frame_without_its_blank_line_still_counts() {
    let parts = [chunk(r#"{"role":"assistant","content":"Mont Blanc"}"#, "null"), chunk("{}", "\"stop\"")];
    let body = parts.concat();
    let reply = answered("text/event-stream", body.trim_end(), true).await;
    assert_eq!(reply.content(), "Mont Blanc", "{}", reply.text);
    assert!(reply.is_done(), "{}", reply.text);
}

#[tokio::test]
async fn a_count_beyond_reason_breaks_no_sum() {
    let absurd = WHOLE.replace(":3,", ":9223372036854775807,").replace(":2,", ":18446744073709551615,");
    let length = absurd.len();
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length:";
    let base = raw(format!("{head} {length}\r\n\r\n{absurd}")).await;
    let world = World::start().await;
    world.account("other", Provider::OpenAiCompatible, &base).await;
    world.route(json!({"name": "r", "targets": [{"model": "gpt-4o", "provider_key": "other"}]})).await;
    for written in 1..=3 {
        let reply = world.chat(question_with("r", false, json!({}))).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        // Each in a batch of its own, added to the sum of those before.
        for row in world.rows(written).await {
            assert_eq!((row.prompt_tokens, row.completion_tokens), (Some(100_000_000), Some(100_000_000)));
            assert!(row.cost.is_none_or(|cost| cost.0 < i64::MAX / 1000), "{:?}", row.cost);
        }
    }
}

#[tokio::test]
async fn what_follows_the_end_mark_is_not_given_to_the_app() {
    let parts = [
        chunk(r#"{"role":"assistant","content":"Mont Blanc"}"#, "null"),
        chunk("{}", "\"stop\""),
        "data: [DONE]\n\n".to_owned(),
        chunk(r#"{"content":" is a lie"}"#, "null"),
        "data: {\"error\":{\"message\":\"late\"}}\n\n".to_owned(),
    ];
    for stream in [true, false] {
        let reply = answered("text/event-stream", &parts.concat(), stream).await;
        assert_eq!(reply.content(), "Mont Blanc", "{}", reply.text);
        assert!(!stream || reply.is_done(), "{}", reply.text);
    }
}

#[tokio::test]
async fn an_answer_that_never_ends_is_bounded() {
    let base = raw(format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n{}",
        ": still thinking\n\n".repeat(50_000)
    ))
    .await;
    let world = World::start().await;
    world.account("other", Provider::OpenAiCompatible, &base).await;
    let first = json!({"model": "m", "provider_key": "other"});
    let timeouts = json!({"first_token_ms": 500, "answer_ms": 500});
    world.route(json!({"name": "r", "targets": [first, {"model": "gpt-4o"}], "timeouts": timeouts})).await;
    for stream in [false, true] {
        let reply = world.chat(question_with("r", stream, json!({}))).await;
        assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{}", reply.text);
    }
}
