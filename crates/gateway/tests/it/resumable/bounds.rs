//! What is held is bounded: a full gateway loses nothing of an absent phone's answer, holds nobody up who reads, and
//! refuses nobody an answer.

use std::time::Duration;

use serde_json::json;

use super::phone::{Phone, open, path, text, words};
use super::{ask, nothing_is_held, with_grace};
use crate::world::{World, question, read};

const KIB: usize = 1024;
/// One event and what it costs to hold it, generously.
const ONE_EVENT: usize = KIB;

async fn with_memory(bytes: usize) -> World {
    World::with(|settings| settings.stream_memory = bytes).await
}

/// More words than sockets and buffers hold.
const MANY: usize = 25_000;

/// A phone that is gone before the first of `MANY` words has come.
async fn gone_at_once<'a>(world: &'a World, name: &str) -> Phone<'a> {
    let mut phone = ask(world, &format!("openai/{name}+slow=1100ms+words={MANY}")).await;
    phone.lose();
    assert!(world.sim.wait_until(Duration::from_secs(5), |sim| sim.open_streams() > 0).await);
    while world.state.streams.used().bytes == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    phone
}

/// Waits until the held bytes stand still; how many they are.
async fn settled(world: &World) -> usize {
    let mut before = usize::MAX;
    loop {
        let now = world.state.streams.used().bytes;
        if now == before {
            return now;
        }
        before = now;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test]
async fn an_answer_larger_than_the_buffer_waits_at_the_provider_and_is_read_to_its_end() {
    let world = with_memory(128 * KIB).await;
    let mut phone = gone_at_once(&world, "talker").await;
    let held = settled(&world).await;
    // One read of the provider's socket may come on top.
    assert!((64 * KIB..64 * KIB + 64 * KIB).contains(&held), "{held}");
    assert_eq!(world.sim.open_streams(), 1, "the provider is not read on");
    phone.come_back().await;
    phone.read_all().await;
    assert!(phone.is_done());
    assert_eq!(phone.text(), words(MANY));
}

#[tokio::test]
async fn one_stream_holds_no_more_than_its_share() {
    let world = World::start().await;
    let mut phone = gone_at_once(&world, "talker").await;
    let held = settled(&world).await;
    assert!((2048 * KIB..2048 * KIB + 64 * KIB).contains(&held), "{held}");
    phone.come_back().await;
    phone.read_all().await;
    assert_eq!(phone.text(), words(MANY));
}

#[tokio::test]
async fn of_a_long_answer_the_oldest_events_go_while_it_is_read_and_asking_for_them_is_told() {
    let world = World::start().await;
    let mut phone = ask(&world, "openai/talker+words=12000").await;
    phone.read_all().await;
    assert_eq!(phone.text(), words(12_000));
    assert!(settled(&world).await <= 2048 * KIB);
    let mut twin = phone.twin();
    let early = twin.refused().await;
    assert_eq!((early.status.as_u16(), early.error_code().as_str()), (410, "stream_expired"));
    assert!(early.text.contains("no longer held"), "{}", early.text);
    twin.last = phone.last - 1000;
    twin.come_back().await;
    twin.read_all().await;
    assert_eq!(twin.data, phone.data[phone.data.len() - 1000..]);
}

#[tokio::test]
async fn a_phone_that_reads_is_not_held_up_by_those_that_are_away() {
    let world = with_memory(128 * KIB).await;
    let mut present = ask(&world, "openai/present+words=300+tps=200").await;
    let mut away = gone_at_once(&world, "away").await;
    settled(&world).await;
    // All of the key's memory is taken, and the one who reads gets every word at the provider's pace.
    present.read_all().await;
    assert!(present.is_done());
    assert!(world.state.streams.used().bytes < 128 * KIB + ONE_EVENT);
    away.come_back().await;
    away.read_all().await;
    assert_eq!(away.text(), words(MANY));
}

#[tokio::test]
async fn when_no_place_is_left_a_stream_is_served_as_it_is_and_says_so() {
    let world = with_memory(128 * KIB).await;
    let mut away = gone_at_once(&world, "away").await;
    settled(&world).await;
    let reply = read(open(&world, &world.key, "openai/other+words=4").await).await;
    assert_eq!((reply.header("x-maig-resumable"), reply.header("x-maig-stream-id")), ("false", ""));
    assert!(reply.is_done() && reply.content() == "word0 word1 word2 word3", "{}", reply.text);
    // Half of the room is another key's, however much this one holds.
    let mut other = Phone::ask(&world, &world.test_key, "openai/other+words=4").await;
    other.read_all().await;
    assert!(other.is_done());
    // The app that left takes its connection's stream with it, as ever.
    let plain = open(&world, &world.key, "openai/plain+words=400+tps=40").await;
    assert_eq!(text(plain.headers(), "x-maig-resumable"), "false");
    drop(plain);
    assert!(
        world
            .sim
            .wait_until(Duration::from_secs(1), |sim| {
                sim.departures().iter().any(|gone| gone.model.starts_with("plain"))
            })
            .await
    );
    away.come_back().await;
    away.read_all().await;
    assert_eq!(away.text(), words(MANY));
}

#[tokio::test]
async fn a_connection_that_takes_nothing_for_the_grace_is_as_good_as_lost() {
    let world = with_grace(Duration::from_millis(400)).await;
    world.route(json!({"name": "endless", "targets": [{"model": "openai/talker+words=60000"}]})).await;
    // Held open, and never read: sockets take some megabytes, the buffer its share, and then nothing moves.
    let unread = open(&world, &world.key, "endless").await;
    let stream = text(unread.headers(), "x-maig-stream-id");
    let row = world.row(1).await;
    assert_eq!((row.status, row.error_code.as_deref()), (499, Some("stream_abandoned")), "{row:?}");
    assert!(world.sim.wait_until(Duration::from_secs(1), |sim| sim.open_streams() == 0).await);
    let gone = world.get(&path(&stream)).await;
    assert_eq!(gone.error_code(), "stream_expired");
    // What it does read in the end closes with the reason.
    let reply = read(unread).await;
    assert_eq!(reply.stream_error().as_deref(), Some("stream_expired"));
    nothing_is_held(&world).await;
}

#[tokio::test]
async fn a_slow_reader_gets_every_word() {
    let world = with_memory(128 * KIB).await;
    let mut phone = ask(&world, "openai/talker+words=10000").await;
    while phone.read_some(usize::MAX).await {
        if phone.data.len().is_multiple_of(7) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    assert!(phone.is_done());
    assert_eq!(phone.text(), words(10_000));
    assert_eq!(world.chat(question("gpt-4o", true)).await.status, 200);
}
