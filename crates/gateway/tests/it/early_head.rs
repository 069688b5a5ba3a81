//! The early head (CONTRACT §4): after 15 seconds without content a stream's head goes out, and it commits to nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::{Value, json};

use crate::world::{Reply, World, question, read};

/// A route of `targets` whose clocks outlast the head's patience.
async fn route(world: &World, name: &str, targets: Value) {
    let timeouts = json!({"first_token_ms": 15_600});
    world.route(json!({"name": name, "targets": targets, "timeouts": timeouts})).await;
}

/// The answer, and when its head came.
async fn ask(world: &World, route: &str) -> (Reply, Duration) {
    let begun = Instant::now();
    let response = world.open(&world.key, &[], Bytes::from(question(route, true).to_string())).await;
    let head = begun.elapsed();
    (read(response).await, head)
}

fn came_early(reply: &Reply, head: Duration, route: &str) {
    assert!((14_900..16_000).contains(&head.as_millis()), "{head:?}");
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "text/event-stream; charset=utf-8");
    assert_eq!(reply.header("x-maig-route"), route);
    assert!(!reply.header("x-maig-request-id").is_empty());
    for unknown in ["x-maig-served-by", "x-maig-attempts", "x-maig-fallback", "x-maig-dropped"] {
        assert_eq!(reply.header(unknown), "", "nobody has answered yet");
    }
    assert!(reply.text.starts_with(": keep-alive\n\n"), "{}", reply.text);
}

/// What stands behind `: maig ` before the first chunk.
fn comment(reply: &Reply) -> Value {
    let before = reply.text.split("data: ").next().unwrap();
    let line = before.lines().find_map(|line| line.strip_prefix(": maig ")).expect("a comment of ours");
    serde_json::from_str(line).unwrap()
}

#[tokio::test]
async fn a_head_that_goes_out_early_commits_to_nothing() {
    let world = Arc::new(World::start().await);
    let slow = json!([{"model": "openai/late+slow=15400ms"}, {"model": "deepseek/spare"}]);
    route(&world, "slow", slow).await;
    let falls = json!([{"model": "openai/silent+hang"}, {"model": "anthropic/other"}]);
    route(&world, "falls-over", falls).await;
    route(&world, "fails", json!([{"model": "openai/dead+slow=15400ms+503"}])).await;
    route(&world, "times-out", json!([{"model": "openai/mute+hang"}])).await;
    route(&world, "cut", json!([{"model": "openai/cut+slow=15400ms+cut-after=2"}])).await;
    route(&world, "left", json!([{"model": "openai/left+hang"}])).await;
    let (slow, falls, fails, times_out, cut, ()) = tokio::join!(
        ask(&world, "slow"),
        ask(&world, "falls-over"),
        ask(&world, "fails"),
        ask(&world, "times-out"),
        ask(&world, "cut"),
        leave(&world),
    );

    came_early(&slow.0, slow.1, "slow");
    assert_eq!(
        comment(&slow.0),
        json!({"served_by": "openai/late+slow=15400ms", "attempts": 1, "fallback": false})
    );
    assert!(slow.0.is_done(), "{}", slow.0.text);
    assert!(slow.0.content().contains("tallest hill"), "{}", slow.0.text);

    came_early(&falls.0, falls.1, "falls-over");
    assert_eq!(comment(&falls.0), json!({"served_by": "anthropic/other", "attempts": 2, "fallback": true}));
    assert!(falls.0.is_done(), "{}", falls.0.text);

    came_early(&fails.0, fails.1, "fails");
    told(&fails.0, "all_targets_failed", 502, "server_error");
    came_early(&times_out.0, times_out.1, "times-out");
    told(&times_out.0, "all_targets_timed_out", 504, "timeout");

    came_early(&cut.0, cut.1, "cut");
    assert_eq!(cut.0.stream_error().as_deref(), Some("stream_interrupted"), "{}", cut.0.text);

    let rows = world.rows(6).await;
    for (route, status) in
        [("slow", 200), ("falls-over", 200), ("fails", 502), ("times-out", 504), ("left", 499)]
    {
        let row = rows.iter().find(|row| &*row.route == route).unwrap();
        assert_eq!(row.status, status, "{row:?}");
        assert_eq!(row.attempt_count, if route == "falls-over" { 2 } else { 1 }, "{row:?}");
    }
}

fn told(reply: &Reply, code: &str, status: u16, kind: &str) {
    assert_eq!(reply.stream_error().as_deref(), Some(code), "{}", reply.text);
    let event: Value = serde_json::from_str(reply.frames().last().unwrap()).unwrap();
    assert_eq!(event["error"]["status"], status, "{event}");
    assert_eq!(reply.attempts()[0].1, kind);
    assert!(!reply.text.contains("[DONE]"), "{}", reply.text);
}

/// An app that leaves after the early head cancels what was under way.
async fn leave(world: &World) {
    let mut response = world.open(&world.key, &[], Bytes::from(question("left", true).to_string())).await;
    response.body_mut().frame().await.unwrap().unwrap();
    drop(response);
    let known = world
        .sim
        .wait_until(Duration::from_millis(100), |sim| {
            sim.departures().iter().any(|gone| gone.model == "left+hang")
        })
        .await;
    assert!(known, "the provider was told at once");
}
