//! An app that leaves: whatever it was waiting for is cancelled at once, and its row says what was tried.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use maig_core::key::KeyKind;
use maig_store::{KeyLimits, KeyScopes, RequestRow};
use serde_json::{Value, json};

use crate::world::{World, question, question_with};

/// How soon a provider must know.
const AT_ONCE: Duration = Duration::from_millis(100);

/// Asks `model`, leaves once the provider has the request, and waits until it knows. The row that is left.
async fn leave(world: &World, body: Value, asked: usize) -> RequestRow {
    let open = world.open(&world.key, &[], Bytes::from(body.to_string()));
    let model = body["model"].as_str().unwrap().to_owned();
    tokio::select! {
        _ = open => panic!("{model} answered"),
        asked = world.sim.wait_until(Duration::from_secs(5), |sim| sim.requests().len() == asked) => assert!(asked),
    }
    let gone = Instant::now();
    let known = world.sim.wait_until(Duration::from_secs(5), |sim| sim.departures().len() == asked).await;
    assert!(known && gone.elapsed() < AT_ONCE, "{model}: known after {:?}", gone.elapsed());
    world.row(asked).await
}

fn gone(row: &RequestRow, attempts: u32) {
    assert_eq!((row.status, row.client_gone), (499, true), "{row:?}");
    assert_eq!(row.attempt_count, attempts, "{row:?}");
    assert_eq!(row.attempts.len(), attempts as usize, "{row:?}");
    assert!(row.attempts.last().unwrap().cancelled, "{row:?}");
}

#[tokio::test]
async fn leaving_before_the_answer_cancels_the_request_at_the_provider() {
    let world = World::start().await;
    let mut asked = 0;
    for wire in ["openai", "anthropic", "gemini"] {
        for fault in ["hang", "hang-after-head", "stall=0", "pings=9s"] {
            for stream in [false, true] {
                if fault == "pings=9s" && !stream {
                    continue;
                }
                asked += 1;
                let body = question(&format!("{wire}/slow+{fault}"), stream);
                gone(&leave(&world, body, asked).await, 1);
            }
        }
    }
}

#[tokio::test]
async fn leaving_in_the_middle_of_a_stream_cancels_it_at_the_provider() {
    let world = World::start().await;
    for (n, wire) in ["openai", "anthropic", "gemini"].into_iter().enumerate() {
        let body = question(&format!("{wire}/talker+words=500+tps=40"), true);
        let mut response = world.open(&world.key, &[], Bytes::from(body.to_string())).await;
        for _ in 0..3 {
            response.body_mut().frame().await.unwrap().unwrap();
        }
        drop(response);
        let left = Instant::now();
        let known = world.sim.wait_until(Duration::from_secs(5), |sim| sim.departures().len() == n + 1).await;
        assert!(known && left.elapsed() < AT_ONCE, "{wire}: known after {:?}", left.elapsed());
        let row = world.row(n + 1).await;
        gone(&row, 1);
        assert!(row.served_by.is_some(), "{row:?}");
        assert!(row.completion_tokens.is_some_and(|tokens| tokens > 0), "what was given is counted: {row:?}");
    }
}

#[tokio::test]
async fn leaving_during_the_fallback_keeps_both_attempts_in_the_row() {
    let world = World::start().await;
    let more = json!({"fallback_models": ["deepseek/slow+hang"]});
    let open =
        world.open(&world.key, &[], Bytes::from(question_with("openai/down+503", true, more).to_string()));
    tokio::select! {
        _ = open => panic!("answered"),
        asked = world.sim.wait_until(Duration::from_secs(5), |sim| sim.requests().len() == 2) => assert!(asked),
    }
    let row = world.row(1).await;
    gone(&row, 2);
    assert_eq!(row.attempts[0].kind.as_deref(), Some("server_error"), "{row:?}");
}

#[tokio::test]
async fn an_app_that_leaves_says_nothing_of_the_providers_health() {
    let world = World::start().await;
    let model = "openai/healthy+slow=300ms";
    for n in 1..=5 {
        leave(&world, question(model, false), n).await;
    }
    let reply = world.chat(question_with(model, false, json!({"fallback_models": ["deepseek/other"]}))).await;
    assert_eq!(reply.header("x-maig-served-by"), model, "{}", reply.text);
}

#[tokio::test]
async fn an_app_that_leaves_before_an_answer_gets_its_request_back() {
    let world = World::start().await;
    let limits = KeyLimits { rate: Some("1/hour".into()), ..KeyLimits::default() };
    let key = world.mint("limited", KeyKind::Live, KeyScopes::default(), limits).await;
    let open = world.open(&key, &[], Bytes::from(question("openai/slow+hang", false).to_string()));
    assert!(tokio::time::timeout(Duration::from_millis(200), open).await.is_err());
    world.row(1).await;
    assert_eq!(world.send(&key, &[], question("gpt-4o", false)).await.status, 200);
}

#[tokio::test]
async fn a_probe_whose_app_leaves_is_free_for_the_next() {
    let world = World::start().await;
    world.sim.script("gpt-4o", ["429+retry-after=1", "hang"]).unwrap();
    let both = json!({"fallback_models": ["deepseek/other"]});
    world.chat(question_with("gpt-4o", false, both.clone())).await;
    tokio::time::sleep(Duration::from_millis(1050)).await;
    // The probe hangs, and its app leaves.
    let body = question_with("gpt-4o", false, both.clone());
    let open = world.open(&world.key, &[], Bytes::from(body.to_string()));
    assert!(tokio::time::timeout(Duration::from_millis(200), open).await.is_err());
    assert_eq!(world.asked("gpt-4o"), 2);
    world.rows(2).await;
    let reply = world.chat(question_with("gpt-4o", false, both)).await;
    assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{}", reply.text);
}
