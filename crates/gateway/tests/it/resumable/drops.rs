//! A network that drops the connection again and again, at any byte.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;

use super::phone::{Phone, words};
use crate::world::{ROUTE, World};

const DROPS: usize = 20;
const WORDS: usize = 200;

/// Numbers that look like chance and are the same every time (a linear congruential generator).
struct Lots(u64);

impl Lots {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Reads one answer over a connection that is dropped `DROPS` times. What had arrived at the phone by then may end
/// anywhere, also inside of an event.
async fn read_in_pieces(world: &World, model: &str, seed: u64) {
    let mut lots = Lots(seed);
    let mut phone = Phone::ask(world, &world.key, model).await;
    for _ in 0..DROPS {
        let pieces = lots.below(4);
        for piece in 0..=pieces {
            let most = if piece == pieces { lots.below(700) as usize } else { usize::MAX };
            if !phone.read_some(most).await {
                break;
            }
        }
        assert!(!phone.is_done(), "seed {seed}: a drop after the end proves nothing");
        phone.lose();
        if lots.below(3) == 0 {
            tokio::time::sleep(Duration::from_millis(lots.below(60))).await;
        }
        phone.come_back().await;
    }
    phone.read_all().await;
    assert!(phone.is_done(), "seed {seed}: {:?}", phone.data.last());
    assert_eq!(phone.text(), words(WORDS), "seed {seed}");
}

#[tokio::test]
async fn an_answer_over_twenty_dropped_connections_has_every_word_once_and_in_order() {
    let world = Arc::new(World::start().await);
    let mut phones = JoinSet::new();
    for seed in 0..60 {
        let world = Arc::clone(&world);
        let wire = ["openai", "anthropic", "gemini"][seed as usize % 3];
        let model = format!("{wire}/talker-{seed}+words={WORDS}+tps=120");
        phones.spawn(async move { read_in_pieces(&world, &model, seed).await });
    }
    while let Some(read) = phones.join_next().await {
        read.unwrap();
    }
    let rows = world.rows(60).await;
    assert!(rows.iter().all(|row| row.status == 200 && row.attempt_count == 1), "{rows:?}");
    assert_eq!(world.sim.departures().len(), 0, "no provider noticed anything");
}

#[tokio::test]
async fn an_answer_of_the_fallback_survives_twenty_drops_too() {
    let world = Arc::new(World::start().await);
    let fallback = format!("anthropic/talker+words={WORDS}+tps=120");
    world.route(json!({"name": ROUTE, "targets": [{"model": "openai/down+503"}, {"model": fallback}]})).await;
    let mut phones = JoinSet::new();
    for seed in 100..110 {
        let world = Arc::clone(&world);
        phones.spawn(async move { read_in_pieces(&world, ROUTE, seed).await });
    }
    while let Some(read) = phones.join_next().await {
        read.unwrap();
    }
    assert!(world.rows(10).await.iter().all(|row| row.fallback && row.status == 200));
}
