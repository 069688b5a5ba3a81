//! Ten thousand requests over a primary that fails three times in ten, in every way at once, with a fallback that
//! never does: no error reaches an app before its answer has begun, and none is lost after.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;
use tokio::task::JoinSet;

use crate::world::{ROUTE, Reply, World, question, question_with};

const REQUESTS: u64 = 10_000;
const AT_ONCE: usize = 64;
/// Every fourth request asks the route, whose one primary is soon behind its breaker; the others spread over so many
/// models that most of their breakers are closed, and the faults reach them.
const MODELS: u64 = 1500;

/// What became of one request, as its app saw it.
enum Seen {
    Answered,
    Cut,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_requests_over_a_failing_primary_are_answered_or_told_that_they_were_cut() {
    let world = Arc::new(World::start().await);
    world.sim.always("gpt-4o", "rand=0.3+seed=11").unwrap();
    let next = Arc::new(AtomicU64::new(0));
    let mut apps = JoinSet::new();
    for _ in 0..AT_ONCE {
        apps.spawn(app(Arc::clone(&world), Arc::clone(&next)));
    }
    let mut seen: HashMap<String, Seen> = HashMap::new();
    while let Some(done) = apps.join_next().await {
        seen.extend(done.unwrap());
    }
    assert_eq!(seen.len() as u64, REQUESTS, "each has an id of its own");
    let cuts = seen.values().filter(|seen| matches!(seen, Seen::Cut)).count();
    assert!(cuts > 50, "the lots held cuts after the commit: {cuts}");

    let mut fallbacks = 0;
    for row in world.all_rows(REQUESTS as usize).await {
        let Some(seen) = seen.remove(&row.id.to_string()) else {
            panic!("a second row, or a stranger's: {row:?}")
        };
        assert_eq!(row.attempts.len(), row.attempt_count as usize, "{row:?}");
        assert!((1..=2).contains(&row.attempts.len()), "{row:?}");
        let (last, before) = row.attempts.split_last().unwrap();
        assert!(before.iter().all(|tried| tried.kind.is_some()), "{row:?}");
        assert_eq!(row.served_by.as_deref(), Some(&*last.model), "{row:?}");
        match seen {
            Seen::Answered => {
                assert_eq!((row.status, row.error_code.as_deref()), (200, None), "{row:?}");
                assert!(last.kind.is_none(), "{row:?}");
            }
            Seen::Cut => {
                let told = (row.status, row.error_code.as_deref(), last.kind.as_deref());
                assert_eq!(told, (200, Some("stream_interrupted"), Some("stream_cut")), "{row:?}");
            }
        }
        fallbacks += usize::from(row.fallback);
    }
    assert!(seen.is_empty(), "{} requests have no row", seen.len());
    assert!(fallbacks > 1000, "{fallbacks}");
}

async fn app(world: Arc<World>, next: Arc<AtomicU64>) -> Vec<(String, Seen)> {
    let mut seen = Vec::new();
    loop {
        let n = next.fetch_add(1, Ordering::Relaxed);
        if n >= REQUESTS {
            return seen;
        }
        let stream = n.is_multiple_of(2);
        let reply = match n % 8 {
            0 | 1 => world.chat(question(ROUTE, stream)).await,
            _ => {
                let wire = ["openai", "anthropic", "gemini"][(n % 3) as usize];
                let model = format!("{wire}/m{}+rand=0.3+seed=7", n % MODELS);
                let more = json!({"fallback_models": ["deepseek/never-fails"]});
                world.chat(question_with(&model, stream, more)).await
            }
        };
        seen.push((reply.header("x-maig-request-id").to_owned(), judge(&reply, stream)));
    }
}

fn judge(reply: &Reply, stream: bool) -> Seen {
    assert_eq!(reply.status, 200, "an error before the commit: {}", reply.text);
    if reply.is_done() || !stream {
        let said = reply.content();
        assert!(said.ends_with(" heard: What is the tallest hill?"), "{}", reply.text);
        return Seen::Answered;
    }
    assert_eq!(reply.stream_error().as_deref(), Some("stream_interrupted"), "{}", reply.text);
    assert!(!reply.text.contains("[DONE]"), "{}", reply.text);
    Seen::Cut
}
