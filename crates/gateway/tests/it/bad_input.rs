//! What apps send by mistake, and what they are told: a clear answer, at once, and nothing reaches a provider.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::Full;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{ROUTE, Reply, World, question, question_with, read};

async fn post(world: &World, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Reply {
    read(world.open(&world.key, headers, body.into()).await).await
}

fn told(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (status, code), "{}", reply.text);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("x-should-retry"), "false", "{}", reply.text);
    assert_eq!(reply.header("x-maig-request-id"), reply.header("x-request-id"));
    assert_eq!(reply.header("x-maig-request-id").len(), 36);
    let error = &reply.json()["error"];
    let fields = error.as_object().unwrap();
    assert!(["message", "type", "param", "code"].iter().all(|field| fields.contains_key(*field)), "{error}");
}

#[tokio::test]
async fn a_malformed_body_is_told_its_place_or_its_field() {
    let world = World::start().await;
    let bad = |field: &str, value: Value| question_with(ROUTE, false, json!({field: value})).to_string();
    for (body, says) in [
        ("".to_owned(), "empty"),
        ("{".to_owned(), "line 1"),
        ("{\"model\": \"gpt-4o\",\n \"messages\": [}".to_owned(), "line 2"),
        ("[1, 2]".to_owned(), "JSON object"),
        ("model=gpt-4o".to_owned(), "JSON"),
        ("{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}".to_owned(), "`model`"),
        ("{\"model\": \"gpt-4o\"}".to_owned(), "`messages`"),
        (bad("messages", json!([])), "`messages`"),
        (bad("messages", json!("hi")), "`messages`"),
        (bad("stream", json!("yes")), "`stream`"),
        (bad("n", json!(0)), "`n`"),
        (bad("n", json!(-1)), "`n`"),
        (bad("model", json!("")), "name"),
        (bad("model", json!(4)), "`model`"),
        (bad("model", json!("gpt\u{0}4o")), "control characters"),
        (bad("fallback_models", json!("gpt-4o")), "`fallback_models`"),
        (bad("fallback_conditions", json!({"status_codes": "500"})), "`fallback_conditions`"),
        (bad("fallback_conditions", json!({"statuses": [500]})), "`fallback_conditions`"),
        (bad("fallback_conditions", json!({"timeout_ms": 0})), "`fallback_conditions`"),
    ] {
        let reply = post(&world, &[], body.clone()).await;
        told(&reply, 400, "invalid_request");
        assert!(reply.text.contains(says), "{body}: {}", reply.text);
    }
    assert!(world.sim.requests().is_empty());
    assert_eq!(world.ask(true).await.status, 200, "and the connection serves on");
}

#[tokio::test]
async fn a_page_may_call_from_the_named_origins_and_from_no_other() {
    let world =
        World::with(|settings| settings.cors_origins = vec!["https://app.example.com".to_owned()]).await;
    let ask = async |method: Method, path: &str, origin: &str| {
        let request = Request::builder()
            .method(method.clone())
            .uri(format!("{}{path}", world.base))
            .header("origin", origin)
            .header("authorization", format!("Bearer {}", world.key));
        let request = match method == Method::OPTIONS {
            true => request.header("access-control-request-method", "POST"),
            false => request,
        };
        let body = if method == Method::POST { question(ROUTE, false).to_string() } else { String::new() };
        world.exchange(request.body(Full::new(Bytes::from(body))).unwrap()).await
    };
    let chat = "/v1/chat/completions";
    let ours = "https://app.example.com";
    for path in [chat, "/v1/models", "/v1/streams/none"] {
        let reply = ask(Method::OPTIONS, path, ours).await;
        assert_eq!(reply.status, 204, "{path}: {}", reply.text);
        assert_eq!(reply.header("access-control-allow-origin"), ours);
        assert!(reply.header("access-control-allow-methods").contains("POST"));
        assert!(reply.header("access-control-allow-headers").contains("authorization"));
    }
    let reply = ask(Method::POST, chat, ours).await;
    assert_eq!((reply.status.as_u16(), reply.header("access-control-allow-origin")), (200, ours));
    assert!(reply.header("access-control-expose-headers").contains("x-maig-served-by"));
    // The page is told what it did wrong, too.
    assert_eq!(ask(Method::GET, "/v1/nothing", ours).await.header("access-control-allow-origin"), ours);
    for (method, path, origin) in [
        (Method::OPTIONS, chat, "https://evil.example"),
        (Method::POST, chat, "https://evil.example"),
        (Method::OPTIONS, "/api/v1/session", ours),
        (Method::GET, "/health", ours),
    ] {
        let reply = ask(method.clone(), path, origin).await;
        assert_eq!(reply.header("access-control-allow-origin"), "", "{method} {path} {origin}");
        assert_ne!(reply.status, 204, "{method} {path} {origin}");
    }
}

#[tokio::test]
async fn a_probes_answer_has_an_id_too() {
    let world = World::start().await;
    for path in ["/health", "/ready"] {
        let reply = world.get(path).await;
        assert_eq!(reply.header("x-maig-request-id").len(), 36, "{path}");
        assert_eq!(reply.header("x-maig-request-id"), reply.header("x-request-id"));
    }
}

#[tokio::test]
async fn a_name_that_no_model_can_have_is_refused_at_once() {
    let world = World::start().await;
    let long = "production-chat".repeat(100_000);
    for (field, value) in [("model", json!(long)), ("fallback_models", json!([long]))] {
        let begun = Instant::now();
        let reply = post(&world, &[], question_with(ROUTE, false, json!({field: value})).to_string()).await;
        told(&reply, 400, "invalid_request");
        assert_eq!(reply.json()["error"]["param"], field);
        // Looking for the names nearest to it would take a worker for minutes.
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
        assert!(reply.text.len() < 1000, "the name is not said back");
    }
}

#[tokio::test]
async fn a_body_that_is_not_utf8_is_refused() {
    let world = World::start().await;
    let mut body = question(ROUTE, false).to_string().into_bytes();
    let at = body.windows(4).position(|four| four == b"What").unwrap();
    body[at] = 0xff;
    told(&post(&world, &[], body).await, 400, "invalid_request");
    assert!(world.sim.requests().is_empty());
}

#[tokio::test]
async fn a_deeply_nested_body_is_refused_and_does_not_end_the_process() {
    let world = World::start().await;
    let deep = format!(
        "{{\"model\":\"claude-3-5-sonnet\",\"messages\":{}{}}}",
        "[".repeat(200_000),
        "]".repeat(200_000)
    );
    let reply = post(&world, &[], deep).await;
    assert_eq!(reply.status, 400, "{}", reply.text);
    assert_eq!(world.ask(false).await.status, 200);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_whether_it_says_so_or_not() {
    let world = World::with(|settings| settings.max_body = 4096).await;
    let large = question_with(ROUTE, false, json!({"user": "x".repeat(5000)})).to_string();
    told(&post(&world, &[], large.clone()).await, 413, "request_too_large");

    // In chunks, without a length.
    let mut socket = TcpStream::connect(world.base.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: maig\r\nauthorization: Bearer {}\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n{:x}\r\n{large}\r\n0\r\n\r\n",
        world.key,
        large.len(),
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    let answer = answer_of(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("request_too_large"), "{answer}");
    assert!(world.sim.requests().is_empty());
}

#[tokio::test]
async fn a_client_that_is_still_sending_sees_why_it_was_refused() {
    let world = World::with(|settings| settings.max_body = 4096).await;
    let body = "x".repeat(12 * 1024 * 1024);
    for (key, status) in [(world.key.as_str(), "413"), ("maig_live_nobodys", "401")] {
        let mut socket = TcpStream::connect(world.base.strip_prefix("http://").unwrap()).await.unwrap();
        let length = body.len();
        let head = format!(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: maig\r\nauthorization: Bearer {key}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.write_all(body.as_bytes()).await.expect("the connection stays open while the body is sent");
        let answer = answer_of(&mut socket).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    }
}

async fn answer_of(socket: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let reading = socket.read_to_end(&mut answer);
    tokio::time::timeout(Duration::from_secs(5), reading).await.expect("an answer").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_body_that_comes_slowly_is_waited_for() {
    let world = World::start().await;
    let body = question(ROUTE, false).to_string();
    let mut socket = TcpStream::connect(world.base.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: maig\r\nauthorization: Bearer {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        world.key,
        body.len(),
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    for piece in body.as_bytes().chunks(16) {
        socket.write_all(piece).await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let answer = answer_of(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("tallest hill"), "{answer}");
}

#[tokio::test]
async fn a_body_that_breaks_off_reaches_no_provider() {
    let world = World::start().await;
    let mut socket = TcpStream::connect(world.base.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: maig\r\nauthorization: Bearer {}\r\ncontent-length: 500\r\n\r\n{{\"model\":",
        world.key,
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    drop(socket);
    world.row(1).await;
    assert!(world.sim.requests().is_empty());
    assert_eq!(world.ask(false).await.status, 200);
}

#[tokio::test]
async fn compressed_bodies_are_refused() {
    let world = World::start().await;
    for encoding in ["gzip", "br", "zstd"] {
        let reply = post(&world, &[("content-encoding", encoding)], &b"\x1f\x8b\x08rubbish"[..]).await;
        told(&reply, 415, "unsupported_encoding");
    }
    let plain = question(ROUTE, false).to_string();
    assert_eq!(post(&world, &[("content-encoding", "identity")], plain).await.status, 200);
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_told_so() {
    let world = World::start().await;
    for path in
        ["/v1/chat/completion", "/v2/chat/completions", "/v1/embeddings", "/v1/responses", "/v1/messages"]
    {
        told(&world.get(path).await, 404, "unknown_url");
    }
    for (method, path) in [(Method::GET, "/v1/chat/completions"), (Method::DELETE, "/v1/models")] {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", world.base))
            .header("authorization", format!("Bearer {}", world.key))
            .body(Full::default())
            .unwrap();
        told(&world.exchange(request).await, 405, "method_not_allowed");
    }
}

#[tokio::test]
async fn a_deadline_that_is_none_is_refused() {
    let world = World::start().await;
    let body = question(ROUTE, false).to_string();
    for (header, value) in [("x-maig-timeout-ms", "soon"), ("x-maig-timeout-ms", "-5")] {
        told(&post(&world, &[(header, value)], body.clone()).await, 400, "invalid_request");
    }
}

#[tokio::test]
async fn what_is_not_http_ends_the_connection_and_nothing_else() {
    let world = World::start().await;
    for rubbish in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n\r\n\0"]
    {
        let mut socket = TcpStream::connect(world.base.strip_prefix("http://").unwrap()).await.unwrap();
        socket.write_all(rubbish).await.unwrap();
        let begun = Instant::now();
        socket.shutdown().await.unwrap();
        answer_of(&mut socket).await;
        assert!(begun.elapsed() < Duration::from_secs(2));
    }
    assert_eq!(world.ask(false).await.status, 200);
}

#[tokio::test]
async fn no_header_of_the_app_reaches_a_provider_but_the_beta_switches() {
    let world = World::start().await;
    let headers = [
        ("openai-beta", "assistants=v2"),
        ("anthropic-beta", "prompt-caching-2024-07-31"),
        ("x-maig-user", "ann"),
        ("x-maig-app-version", "2.4.0"),
        ("x-custom", "private"),
        ("cookie", "session=1"),
        ("accept-encoding", "gzip"),
        ("user-agent", "the-app"),
    ];
    for model in ["gpt-4o", "claude-3-5-sonnet", "gemini/gemini-2.5-flash"] {
        let reply = post(&world, &headers, question(model, false).to_string()).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let sent = world.sim.requests().pop().unwrap();
        let shown = format!("{:?}", sent.headers);
        for private in ["ann", "2.4.0", "private", "session=1", "the-app", world.key.as_str()] {
            assert!(!shown.contains(&format!("\"{private}\"")), "{private}: {shown}");
        }
        assert_eq!(sent.header("accept-encoding"), Some("identity"));
        assert_eq!(sent.header("openai-beta").is_some(), model == "gpt-4o", "{shown}");
        assert_eq!(sent.header("anthropic-beta").is_some(), model.starts_with("claude"), "{shown}");
    }
    let row = world.row(3).await;
    assert_eq!((row.end_user.as_deref(), row.app_version.as_deref()), (Some("ann"), Some("2.4.0")));
}
