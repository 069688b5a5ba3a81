//! A phone that comes back: at any moment, to any kind of end, with nothing lost and nothing twice.

use std::time::Duration;

use maig_core::key::KeyKind;
use maig_store::{KeyLimits, KeyScopes};
use serde_json::json;

use super::phone::{Phone, words};
use super::{ask, with_grace};
use crate::world::{ROUTE, World, question};

#[tokio::test]
async fn a_phone_that_comes_back_reads_on_live() {
    let world = World::start().await;
    let mut phone = ask(&world, "openai/talker+words=40+tps=40").await;
    assert!(phone.read_events(5).await);
    phone.lose();
    phone.come_back().await;
    assert!(phone.read_events(12).await);
    assert!(!phone.is_done() && world.sim.open_streams() == 1, "it is still being made");
    phone.read_all().await;
    assert_eq!(phone.text(), words(40));
    assert!(phone.is_done());
    let row = world.row(1).await;
    assert_eq!((row.status, row.client_gone, row.attempt_count), (200, false, 1), "{row:?}");
    assert_eq!(row.resumes, 1, "{row:?}");
    assert_eq!(world.sim.departures().len(), 0);
}

#[tokio::test]
async fn an_answer_goes_on_while_nobody_reads_and_waits_for_the_phone() {
    let world = World::start().await;
    let mut phone = ask(&world, "openai/talker+words=30+tps=60").await;
    assert!(phone.read_events(3).await);
    phone.lose();
    // The row is written when the answer is complete; nobody reads meanwhile.
    assert_eq!(world.row(1).await.status, 200);
    phone.come_back().await;
    phone.read_all().await;
    assert_eq!(phone.text(), words(30));
    assert!(phone.is_done());
}

#[tokio::test]
async fn a_stream_can_be_read_again_from_any_event_or_from_its_start() {
    let world = World::start().await;
    let mut phone = ask(&world, "anthropic/talker+words=12").await;
    phone.read_all().await;
    for number in [0, 1, 7, phone.last - 1, phone.last] {
        let mut twin = phone.twin();
        twin.last = number;
        twin.come_back().await;
        twin.read_all().await;
        assert_eq!(twin.data, phone.data[usize::try_from(number).unwrap()..], "after {number}");
    }
}

#[tokio::test]
async fn the_fallbacks_answer_is_resumed_like_any_other() {
    let world = World::start().await;
    world.sim.always("gpt-4o", "503").unwrap();
    world.sim.always("claude-3-5-sonnet", "words=30+tps=60").unwrap();
    let mut phone = ask(&world, ROUTE).await;
    assert!(phone.read_events(4).await);
    let head = phone.come_back().await;
    assert_eq!(head["x-maig-served-by"], "anthropic/claude-3-5-sonnet");
    assert_eq!((&head["x-maig-fallback"], &head["x-maig-attempts"]), (&"true".parse().unwrap(), &2.into()));
    phone.read_all().await;
    assert_eq!(phone.text(), words(30));
    let row = world.row(1).await;
    assert_eq!((row.status, row.attempt_count, row.fallback), (200, 2, true), "{row:?}");
}

#[tokio::test]
async fn a_cut_is_told_to_the_phone_that_comes_back_after_it() {
    let world = World::start().await;
    for fault in ["cut-after=3", "error-in-stream=3", "no-finish"] {
        let mut phone = ask(&world, &format!("openai/cut+words=8+tps=100+{fault}")).await;
        assert!(phone.read_events(2).await);
        phone.lose();
        tokio::time::sleep(Duration::from_millis(200)).await;
        phone.come_back().await;
        phone.read_all().await;
        assert_eq!(phone.error()["code"], "stream_interrupted", "{fault}: {:?}", phone.data);
        assert_eq!(phone.error()["attempts"][0]["kind"], "stream_cut", "{fault}");
        assert!(!phone.is_done());
    }
}

#[tokio::test]
async fn the_clocks_of_a_stream_run_on_while_nobody_reads() {
    let world = World::start().await;
    let silent = json!([{"model": "openai/silent+stall=3"}]);
    world.route(json!({"name": "idle", "targets": silent, "timeouts": {"idle_ms": 300}})).await;
    let endless = json!([{"model": "openai/talker+words=2000+tps=20"}]);
    world.route(json!({"name": "long", "targets": endless, "timeouts": {"stream_ms": 400}})).await;
    for route in ["idle", "long"] {
        let mut phone = ask(&world, route).await;
        assert!(phone.read_events(1).await);
        phone.lose();
        assert!(world.sim.wait_until(Duration::from_secs(5), |sim| sim.open_streams() == 0).await, "{route}");
        phone.come_back().await;
        phone.read_all().await;
        assert_eq!(phone.error()["code"], "stream_interrupted", "{route}: {:?}", phone.data);
    }
}

#[tokio::test]
async fn the_newer_reader_gets_the_stream_and_the_older_is_told() {
    let world = World::start().await;
    let mut older = ask(&world, "openai/talker+words=60+tps=40").await;
    assert!(older.read_events(4).await);
    let mut newer = older.twin();
    newer.come_back().await;
    older.read_all().await;
    assert!(!older.is_done());
    let told = older.beside.last().unwrap().strip_prefix("data: ").expect("an event without an id");
    let told: serde_json::Value = serde_json::from_str(told).unwrap();
    assert_eq!(told["error"]["code"], "stream_taken_over", "{told}");
    newer.read_all().await;
    assert_eq!(newer.text(), words(60));
    assert!(words(60).starts_with(&older.text()), "{}", older.text());
}

#[tokio::test]
async fn coming_back_is_no_new_request_to_any_limit() {
    let world = World::start().await;
    let limits =
        KeyLimits { rate: Some("1/hour".into()), monthly_requests: Some(1), per_user: Some("1/hour".into()) };
    let key = world.mint("limited", KeyKind::Live, KeyScopes::default(), limits).await;
    let body = bytes::Bytes::from(question("openai/talker+words=8", true).to_string());
    let headers = [("x-maig-resumable", "true"), ("x-maig-user", "ada")];
    let first = world.open(&key, &headers, body).await;
    let mut phone = Phone::of(&world, &key, first);
    for _ in 0..5 {
        phone.come_back().await;
    }
    phone.read_all().await;
    assert_eq!(phone.text(), words(8));
    assert_eq!(world.rows(1).await.len(), 1);
}

#[tokio::test]
async fn test_keys_have_resumable_streams_too() {
    let world = World::start().await;
    let mut phone = Phone::ask(&world, &world.test_key, "openai/talker+words=30+tps=60").await;
    assert!(phone.read_events(3).await);
    phone.come_back().await;
    phone.read_all().await;
    assert_eq!(phone.text(), words(30));
    assert_eq!(world.sim.requests().len(), 0);
}

#[tokio::test]
async fn the_end_of_a_stream_can_be_had_for_the_grace_and_no_longer() {
    let world = with_grace(Duration::from_millis(600)).await;
    let mut phone = ask(&world, "openai/talker+words=5").await;
    phone.read_all().await;
    assert!(phone.is_done());
    tokio::time::sleep(Duration::from_millis(250)).await;
    let mut twin = phone.twin();
    twin.come_back().await;
    twin.read_all().await;
    assert_eq!(twin.data, phone.data);
    // Coming back began the grace anew.
    tokio::time::sleep(Duration::from_millis(400)).await;
    let mut third = phone.twin();
    third.come_back().await;
    third.read_all().await;
    tokio::time::sleep(Duration::from_millis(900)).await;
    let gone = phone.refused().await;
    assert_eq!((gone.status.as_u16(), gone.error_code().as_str()), (410, "stream_expired"));
}
