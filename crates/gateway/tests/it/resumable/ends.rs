//! How held streams end: nobody comes back, or the gateway stops. Nothing may be left behind by either.

use std::time::{Duration, Instant};

use maig_store::{RequestFilter, RequestRow};
use tokio::task::JoinSet;

use super::phone::{open, words};
use super::{ask, nothing_is_held, with_grace};
use crate::world::World;

#[tokio::test]
async fn when_nobody_comes_back_the_provider_is_cancelled_at_the_end_of_the_grace_and_the_row_says_so() {
    let grace = Duration::from_millis(700);
    let world = with_grace(grace).await;
    for (n, wire) in ["openai", "anthropic", "gemini"].into_iter().enumerate() {
        let mut phone = ask(&world, &format!("{wire}/talker+words=900+tps=30")).await;
        assert!(phone.read_events(4).await);
        let lost = Instant::now();
        phone.lose();
        assert!(world.sim.wait_until(Duration::from_secs(5), |sim| sim.departures().len() == n + 1).await);
        let after = lost.elapsed();
        assert!(after >= grace && after < grace + Duration::from_millis(300), "{wire}: {after:?}");
        let row = world.row(n + 1).await;
        assert_eq!((row.status, row.client_gone), (499, true), "{row:?}");
        assert_eq!(row.error_code.as_deref(), Some("stream_abandoned"), "{row:?}");
        assert!(row.served_by.is_some() && row.attempt_count == 1, "{row:?}");
        assert!(row.attempts[0].cancelled, "{row:?}");
        assert!(row.completion_tokens.is_some_and(|tokens| tokens > 4), "what was made is counted: {row:?}");
    }
    nothing_is_held(&world).await;
}

#[tokio::test]
async fn coming_back_in_time_again_and_again_keeps_a_stream_alive() {
    let world = with_grace(Duration::from_millis(400)).await;
    let mut phone = ask(&world, "openai/talker+words=60+tps=30").await;
    for _ in 0..5 {
        assert!(phone.read_events(phone.data.len() + 1).await);
        phone.lose();
        tokio::time::sleep(Duration::from_millis(250)).await;
        phone.come_back().await;
    }
    phone.read_all().await;
    assert_eq!(phone.text(), words(60));
}

#[tokio::test]
async fn a_stream_without_an_answer_yet_is_given_up_at_the_end_of_the_grace_too() {
    let world = with_grace(Duration::from_millis(300)).await;
    let mut phone = ask(&world, "openai/mute+hang").await;
    phone.lose();
    let row = world.row(1).await;
    assert_eq!((row.status, row.error_code.as_deref()), (499, Some("stream_abandoned")), "{row:?}");
    assert!(row.attempts[0].cancelled, "{row:?}");
    assert!(world.sim.wait_until(Duration::from_secs(1), |sim| sim.departures().len() == 1).await);
    nothing_is_held(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_abandoned_streams_leave_nothing_behind() {
    let world = std::sync::Arc::new(with_grace(Duration::from_secs(2)).await);
    let mut phones = JoinSet::new();
    for n in 0..1000 {
        let world = std::sync::Arc::clone(&world);
        phones.spawn(async move {
            let mut phone = ask(&world, &format!("openai/talker-{n}+words=100+tps=5")).await;
            assert!(phone.read_events(1).await);
        });
        if n % 50 == 49 {
            while let Some(phone) = phones.join_next().await {
                phone.unwrap();
            }
        }
    }
    let rows = world.all_rows(1000).await;
    for row in rows {
        assert_eq!(row.error_code.as_deref(), Some("stream_abandoned"), "{row:?}");
    }
    nothing_is_held(&world).await;
    assert!(world.sim.wait_until(Duration::from_secs(5), |sim| sim.open_streams() == 0).await);
    assert_eq!(world.sim.departures().len(), 1000);
    assert_eq!(world.state.running.load(std::sync::atomic::Ordering::Relaxed), 0);
}

/// The rows, read after the gateway has closed its store.
async fn rows(world: &World) -> Vec<RequestRow> {
    let store = maig_gateway::serve::open_store(&world.state.settings).await.unwrap();
    store.requests().list(&world.project, &RequestFilter::default(), None, 200).await.unwrap().rows
}

fn draining(settings: &mut maig_gateway::settings::Settings, drain: Duration, grace: Duration) {
    settings.drain = drain;
    settings.stream_grace = grace;
}

#[tokio::test]
async fn a_gateway_that_drains_waits_for_a_phone_that_is_away_and_lets_it_read_on() {
    let long = Duration::from_secs(20);
    let mut world = World::with(|settings| draining(settings, long, long)).await;
    let mut phone = ask(&world, "openai/talker+words=30+tps=60").await;
    assert!(phone.read_events(3).await);
    let phone = phone.away();
    let stop = world.stop();
    // It is made to its end meanwhile.
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert!(!stop.is_finished(), "its end is owed to somebody");
    let mut phone = phone.at(&world);
    phone.come_back().await;
    phone.read_all().await;
    assert_eq!(phone.text(), words(30));
    assert!(phone.is_done());
    let given = Instant::now();
    drop(phone);
    stop.await.unwrap().unwrap();
    assert!(given.elapsed() < Duration::from_secs(3), "{:?}", given.elapsed());
    assert_eq!(rows(&world).await[0].status, 200);
}

#[tokio::test]
async fn a_gateway_that_drains_does_not_wait_longer_than_the_grace_for_nobody() {
    let mut world = World::with(|settings| {
        draining(settings, Duration::from_secs(20), Duration::from_millis(500));
    })
    .await;
    let mut phone = ask(&world, "openai/talker+words=900+tps=30").await;
    assert!(phone.read_events(3).await);
    drop(phone);
    let stopped = Instant::now();
    world.stop().await.unwrap().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(4), "{:?}", stopped.elapsed());
    assert_eq!(rows(&world).await[0].error_code.as_deref(), Some("stream_abandoned"));
}

#[tokio::test]
async fn when_the_drain_time_is_over_held_streams_end_with_an_event_that_says_so() {
    let mut world = World::with(|settings| {
        draining(settings, Duration::from_millis(600), Duration::from_secs(20));
    })
    .await;
    let mut reads = ask(&world, "openai/talker+words=900+tps=30").await;
    assert!(reads.read_events(3).await);
    let away = open(&world, &world.key, "openai/away+words=900+tps=30").await;
    drop(away);
    let reads = reads.away();
    let stopped = Instant::now();
    let stop = world.stop();
    let mut reads = reads.at(&world);
    reads.come_back().await;
    reads.read_all().await;
    assert_eq!(reads.error()["code"], "shutting_down", "{:?}", reads.data.last());
    drop(reads);
    stop.await.unwrap().unwrap();
    assert!(stopped.elapsed() < Duration::from_secs(5), "{:?}", stopped.elapsed());
    let rows = rows(&world).await;
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows.iter().all(|row| row.error_code.as_deref() == Some("shutting_down")), "{rows:?}");
    assert_eq!(world.sim.departures().len(), 2);
}
