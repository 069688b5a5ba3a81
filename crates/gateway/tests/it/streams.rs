//! Streams after their commit (CONTRACT §5): what was given stays given, and the end says whether it was one.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::world::{Reply, World, question_with};

const WIRES: [&str; 3] = ["openai", "anthropic", "gemini"];

/// A route whose streams may be silent for 300 ms.
async fn impatient() -> World {
    let world = World::start().await;
    let timeouts = json!({"idle_ms": 300});
    for wire in WIRES {
        for fault in CUTS {
            let targets = json!([{"model": format!("{wire}/cut+{fault}")}, {"model": "deepseek/next"}]);
            let name = format!("{wire}-{}", fault.replace(['=', '+'], "-"));
            world.route(json!({"name": name, "targets": targets, "timeouts": timeouts})).await;
        }
    }
    world
}

const CUTS: [&str; 6] =
    ["cut-after=2", "cut-after=2+rst", "error-in-stream=2", "stall=2", "no-finish", "cut-after=3+split=1"];

#[tokio::test]
async fn a_cut_after_the_commit_ends_in_an_error_event_and_no_done() {
    let world = Arc::new(impatient().await);
    let mut stories = JoinSet::new();
    for wire in WIRES {
        for fault in CUTS {
            stories.spawn(cut(Arc::clone(&world), wire, fault));
        }
    }
    while let Some(told) = stories.join_next().await {
        told.unwrap();
    }
    assert_eq!(world.asked("next"), 0, "nothing may follow a commit");
    let rows = world.rows(WIRES.len() * CUTS.len()).await;
    for row in rows {
        assert_eq!(row.status, 200, "the app had its head: {row:?}");
        assert_eq!(row.error_code.as_deref(), Some("stream_interrupted"), "{row:?}");
        assert_eq!(row.failure_kind.as_deref(), Some("stream_cut"), "{row:?}");
        assert_eq!(row.attempt_count, 1, "{row:?}");
        assert_eq!(row.attempts[0].kind.as_deref(), Some("stream_cut"), "{row:?}");
        assert!(row.completion_tokens.is_some_and(|tokens| tokens > 0), "what was given is counted: {row:?}");
    }
}

async fn cut(world: Arc<World>, wire: &str, fault: &str) {
    let route = format!("{wire}-{}", fault.replace(['=', '+'], "-"));
    let reply = world.chat(question_with(&route, true, json!({}))).await;
    assert_eq!(reply.status, 200, "{route}: {}", reply.text);
    assert!(text_before_the_end(&reply).starts_with("cut heard:"), "{route}: {}", reply.text);
    assert_eq!(reply.stream_error().as_deref(), Some("stream_interrupted"), "{route}: {}", reply.text);
    assert!(!reply.text.contains("[DONE]"), "{route}: {}", reply.text);
    assert!(!reply.text.contains("secret-of"), "{route}");
    let model = format!("{wire}/cut+{fault}");
    let attempts = reply.attempts();
    assert_eq!(attempts.len(), 1, "{route}");
    assert_eq!((attempts[0].0.as_str(), attempts[0].1.as_str()), (model.as_str(), "stream_cut"), "{route}");
}

/// The text of a stream whose last frame is an error.
fn text_before_the_end(reply: &Reply) -> String {
    let mut frames = reply.frames();
    frames.pop();
    frames
        .into_iter()
        .map(|frame| serde_json::from_str::<Value>(frame).unwrap())
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn a_stream_that_ends_in_order_after_its_finish_is_complete_without_done() {
    let world = World::start().await;
    for wire in WIRES {
        for fault in ["no-done", "bad-frame=1", "bad-frame=0", "invalid-utf8", "split=1", "split=3"] {
            let model = format!("{wire}/whole+{fault}");
            let reply = world.chat(question_with(&model, true, json!({}))).await;
            assert_eq!(reply.content(), "whole heard: What is the tallest hill?", "{model}: {}", reply.text);
            assert!(reply.is_done(), "{model}: {}", reply.text);
            assert!(reply.text.contains("\"finish_reason\":\"stop\""), "{model}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn pings_keep_a_stream_alive_but_are_no_first_token() {
    let world = World::start().await;
    for wire in ["openai", "anthropic"] {
        // 100 ms between pings: longer than no idle clock here, shorter than the one of 250 ms.
        let slow = format!("{wire}/slow+pings=700ms");
        let targets = json!([{"model": slow}, {"model": "deepseek/next"}]);
        let timeouts = json!({"idle_ms": 250, "first_token_ms": 5000});
        world.route(json!({"name": "patient", "targets": targets, "timeouts": timeouts})).await;
        let reply = world.chat(question_with("patient", true, json!({}))).await;
        assert_eq!(reply.header("x-maig-served-by"), slow, "{}", reply.text);

        let targets = json!([{"model": format!("{slow}+chunks=3")}, {"model": "deepseek/next"}]);
        let timeouts = json!({"idle_ms": 250, "first_token_ms": 300});
        world.route(json!({"name": "hasty", "targets": targets, "timeouts": timeouts})).await;
        let reply = world.chat(question_with("hasty", true, json!({}))).await;
        assert_eq!(reply.header("x-maig-served-by"), "deepseek/next", "{}", reply.text);
    }
}

#[tokio::test]
async fn stream_ms_ends_a_stream_that_never_ends() {
    let world = World::start().await;
    let targets = json!([{"model": "openai/talker+words=2000+tps=20"}]);
    world.route(json!({"name": "talk", "targets": targets, "timeouts": {"stream_ms": 500}})).await;
    let begun = Instant::now();
    let reply = world.chat(question_with("talk", true, json!({}))).await;
    assert!(begun.elapsed().as_millis() >= 500, "{:?}", begun.elapsed());
    assert!(begun.elapsed().as_millis() < 5000, "{:?}", begun.elapsed());
    assert_eq!(reply.stream_error().as_deref(), Some("stream_interrupted"), "{}", reply.text);
}

#[tokio::test]
async fn total_ms_does_not_end_a_stream_that_is_committed() {
    let world = World::start().await;
    let targets = json!([{"model": "openai/talker+words=12+tps=20"}]);
    world.route(json!({"name": "talk", "targets": targets, "timeouts": {"total_ms": 200}})).await;
    let reply = world.chat(question_with("talk", true, json!({}))).await;
    assert!(reply.is_done(), "{}", reply.text);
    assert!(reply.content().ends_with("word11"), "{}", reply.text);
}

#[tokio::test]
async fn a_frame_beyond_16_mib_is_a_bad_response_before_the_commit() {
    let world = World::start().await;
    for stream in [false, true] {
        let body = question_with(
            "openai/huge+big-frame=50MB",
            stream,
            json!({"fallback_models": ["deepseek/next"]}),
        );
        let reply = world.chat(body).await;
        let row = world.rows(1 + usize::from(stream)).await.remove(0);
        if stream {
            assert_eq!(reply.header("x-maig-served-by"), "deepseek/next", "{row:?}");
            assert_eq!(row.attempts[0].kind.as_deref(), Some("bad_response"), "{row:?}");
        } else {
            // A whole answer has no frames; its own bound is 64 MiB.
            assert_eq!(reply.header("x-maig-served-by"), "openai/huge+big-frame=50MB");
        }
    }
}

#[tokio::test]
async fn a_stream_of_several_answers_is_complete_when_each_has_finished() {
    let world = World::start().await;
    for (fault, done) in [("ok", true), ("no-done", true), ("no-finish", false)] {
        let model = format!("openai/three+{fault}");
        let reply = world.chat(question_with(&model, true, json!({"n": 3}))).await;
        assert_eq!(reply.is_done(), done, "{model}: {}", reply.text);
        let finished = reply.text.matches("\"finish_reason\":\"stop\"").count();
        assert_eq!(finished, if done { 3 } else { 0 }, "{model}: {}", reply.text);
        assert_eq!(reply.stream_error().is_some(), !done, "{model}");
    }
}

#[tokio::test]
async fn a_stream_cut_at_any_byte_is_rescued_told_or_whole() {
    let world = Arc::new(World::start().await);
    for wire in WIRES {
        let plain = world.chat(question_with(&format!("{wire}/bytes"), true, json!({}))).await;
        let whole = plain.content();
        let mut stories = JoinSet::new();
        for at in (0..2600).step_by(13) {
            let (world, whole) = (Arc::clone(&world), whole.clone());
            stories.spawn(async move {
                // A name of the same length everywhere, so that each cut falls elsewhere.
                let model = format!("{wire}/bytes+cut={at}");
                let reply = world
                    .chat(question_with(
                        &model,
                        true,
                        json!({"fallback_models": [format!("deepseek/next-{at}")]}),
                    ))
                    .await;
                assert_eq!(reply.status, 200, "{model}: {}", reply.text);
                let rescued = reply.header("x-maig-served-by") != model;
                if rescued {
                    assert_eq!(
                        reply.content(),
                        format!("next-{at} heard: What is the tallest hill?"),
                        "{model}"
                    );
                } else if reply.is_done() {
                    assert_eq!(reply.content(), whole, "{model}: {}", reply.text);
                } else {
                    assert_eq!(reply.stream_error().as_deref(), Some("stream_interrupted"), "{model}");
                    assert!(whole.starts_with(&text_before_the_end(&reply)), "{model}: {}", reply.text);
                }
                (rescued, reply.is_done())
            });
        }
        let mut seen = [0; 3];
        while let Some(told) = stories.join_next().await {
            match told.unwrap() {
                (true, _) => seen[0] += 1,
                (false, false) => seen[1] += 1,
                (false, true) => seen[2] += 1,
            }
        }
        assert!(seen.iter().all(|count| *count > 0), "{wire}: rescued, told, whole: {seen:?}");
    }
}
