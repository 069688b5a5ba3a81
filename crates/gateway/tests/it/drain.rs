//! The end of the process: what runs may finish, what cannot is told so, and nothing of the log is lost.

use std::time::{Duration, Instant};

use bytes::Bytes;
use maig_store::{RequestFilter, RequestRow, Store};
use serde_json::json;

use crate::world::{Reply, World, question, read};

async fn draining(world: &World) {
    let waited = tokio::time::timeout(Duration::from_secs(2), async {
        while !world.state.is_draining() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    waited.await.expect("draining");
}

async fn begin(world: &World, model: &str, stream: bool) -> tokio::task::JoinHandle<Reply> {
    let answer = world.detached(question(model, stream));
    let asked = world.sim.wait_until(Duration::from_secs(5), |sim| sim.open_streams() > 0).await;
    assert!(asked);
    // Past the commit, for what speaks at once.
    tokio::time::sleep(Duration::from_millis(150)).await;
    answer
}

/// The rows, read after the gateway has closed its store.
async fn rows(world: &World) -> Vec<RequestRow> {
    let settings = &world.state.settings;
    let store: Store = maig_gateway::serve::open_store(settings).await.unwrap();
    store.requests().list(&world.project, &RequestFilter::default(), None, 200).await.unwrap().rows
}

#[tokio::test]
async fn streams_that_run_may_finish_while_new_requests_are_sent_away() {
    let mut world = World::with(|settings| settings.drain = Duration::from_secs(5)).await;
    assert_eq!(world.get("/ready").await.status, 200);
    let stream = begin(&world, "openai/talker+words=30+tps=30", true).await;
    let ended = world.stop();
    draining(&world).await;

    let ready = world.get("/ready").await;
    assert_eq!(ready.status, 503, "{}", ready.text);
    assert_eq!(world.get("/health").await.status, 200);
    for streamed in [false, true] {
        let reply = world.chat(question("gpt-4o", streamed)).await;
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (503, "shutting_down"));
        assert_eq!(reply.header("x-should-retry"), "true");
        assert_eq!(reply.header("retry-after"), "1");
    }
    let reply = stream.await.unwrap();
    assert!(reply.is_done() && reply.content().ends_with("word29"), "{}", reply.text);
    ended.await.unwrap().unwrap();
    let rows = rows(&world).await;
    assert_eq!(rows.len(), 3, "{rows:?}");
    assert!(rows.iter().any(|row| row.status == 200 && row.attempt_count == 1), "{rows:?}");
}

#[tokio::test]
async fn a_whole_answer_that_runs_may_finish() {
    let mut world = World::with(|settings| settings.drain = Duration::from_secs(5)).await;
    let answer = begin(&world, "openai/thinker+slow=900ms", false).await;
    let ended = world.stop();
    assert_eq!(answer.await.unwrap().status, 200);
    ended.await.unwrap().unwrap();
    assert_eq!(rows(&world).await[0].status, 200);
}

#[tokio::test]
async fn streams_still_open_at_the_end_are_told_that_the_gateway_is_shutting_down() {
    let mut world = World::with(|settings| settings.drain = Duration::from_millis(300)).await;
    let stream = begin(&world, "openai/talker+words=900+tps=30", true).await;
    let stopped = Instant::now();
    world.stop().await.unwrap().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(4), "{:?}", stopped.elapsed());
    let reply = stream.await.unwrap();
    assert_eq!(reply.stream_error().as_deref(), Some("shutting_down"), "{}", reply.text);
    assert!(!reply.text.contains("[DONE]"), "{}", reply.text);
    assert!(reply.text.contains("word3"), "what was given stays given: {}", reply.text);
    assert!(world.sim.wait_until(Duration::from_secs(1), |sim| sim.departures().len() == 1).await);
    let rows = rows(&world).await;
    assert_eq!(rows[0].error_code.as_deref(), Some("shutting_down"), "{rows:?}");
    assert_eq!(rows[0].attempt_count, 1, "{rows:?}");
}

#[tokio::test]
async fn a_request_without_an_answer_yet_is_not_waited_for_for_ever() {
    for stream in [false, true] {
        let mut world = World::with(|settings| settings.drain = Duration::from_millis(300)).await;
        let answer = begin(&world, "openai/mute+hang", stream).await;
        let stopped = Instant::now();
        world.stop().await.unwrap().unwrap();
        assert!(stopped.elapsed() < Duration::from_secs(4), "{:?}", stopped.elapsed());
        let reply = answer.await.unwrap();
        assert_eq!(
            (reply.status.as_u16(), reply.error_code().as_str()),
            (503, "shutting_down"),
            "{}",
            reply.text
        );
        assert_eq!(reply.header("x-should-retry"), "true");
        let rows = rows(&world).await;
        assert_eq!(rows.len(), 1, "{rows:?}");
        assert_eq!(
            (rows[0].error_code.as_deref(), rows[0].attempt_count),
            (Some("shutting_down"), 1),
            "{rows:?}"
        );
    }
}

#[tokio::test]
async fn an_idle_gateway_ends_at_once() {
    let mut world = World::start().await;
    assert_eq!(world.chat(question("gpt-4o", true)).await.status, 200);
    let stopped = Instant::now();
    world.stop().await.unwrap().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(2), "{:?}", stopped.elapsed());
    assert_eq!(rows(&world).await.len(), 1);
}

#[tokio::test]
async fn a_client_that_reads_slowly_does_not_hold_the_end_back() {
    let mut world = World::with(|settings| settings.drain = Duration::from_millis(200)).await;
    world.route(json!({"name": "long", "targets": [{"model": "openai/talker+words=60000"}]})).await;
    let unread = world.open(&world.key, &[], Bytes::from(question("long", true).to_string())).await;
    let stopped = Instant::now();
    world.stop().await.unwrap().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(4), "{:?}", stopped.elapsed());
    drop(unread);
}

#[tokio::test]
async fn what_is_read_after_the_end_is_complete_or_an_error() {
    let mut world = World::with(|settings| settings.drain = Duration::from_millis(100)).await;
    let begun = world
        .open(&world.key, &[], Bytes::from(question("openai/t+words=200+tps=50", true).to_string()))
        .await;
    let ended = world.stop();
    let reply = read(begun).await;
    assert_eq!(reply.stream_error().as_deref(), Some("shutting_down"), "{}", reply.text);
    ended.await.unwrap().unwrap();
}
