//! Breakers (CONTRACT §5) over real time: who is asked while a target is down, and when it is asked again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use maig_core::provider::Provider;
use maig_core::secret::Secret;
use maig_store::ProviderKeyUpdate;
use serde_json::json;

use crate::world::{ROUTE, Reply, World, question, question_with};

const OTHER: &str = "deepseek/other";

/// Asks `model` with a fallback that never fails.
async fn ask(world: &World, model: &str, stream: bool) -> Reply {
    let reply = world.chat(question_with(model, stream, json!({"fallback_models": [OTHER]}))).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply
}

async fn pass(ms: u64) {
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

#[tokio::test]
async fn three_failures_in_a_row_open_the_breaker_and_the_fallback_answers_alone() {
    for fault in ["503", "reset", "malformed", "hang", "auth"] {
        let world = World::start().await;
        let model = format!("openai/down+{fault}");
        let targets = json!([{"model": model}, {"model": OTHER}]);
        let retry_on = json!(["server_error", "timeout", "provider_auth"]);
        let timeouts = json!({"first_token_ms": 100, "answer_ms": 100});
        world
            .route(json!({"name": "r", "targets": targets, "retry_on": retry_on, "timeouts": timeouts}))
            .await;
        for n in 1..=5 {
            let reply = world.chat(question("r", n % 2 == 0)).await;
            assert_eq!(reply.header("x-maig-served-by"), OTHER, "{fault}: {}", reply.text);
            assert_eq!(reply.header("x-maig-fallback"), "true", "{fault}");
            assert_eq!(
                reply.header("x-maig-attempts"),
                if n <= 3 { "2" } else { "1" },
                "{fault}, request {n}"
            );
        }
        assert_eq!(world.asked(&format!("down+{fault}")), 3, "{fault}");
    }
}

#[tokio::test]
async fn cut_streams_open_the_breaker_too() {
    let world = World::start().await;
    let model = "openai/cutter+cut-after=1";
    for _ in 0..3 {
        let reply = ask(&world, model, true).await;
        assert_eq!(reply.stream_error().as_deref(), Some("stream_interrupted"), "{}", reply.text);
    }
    assert_eq!(ask(&world, model, true).await.header("x-maig-served-by"), OTHER);
}

#[tokio::test]
async fn what_says_nothing_of_health_opens_no_breaker() {
    let world = World::start().await;
    for fault in ["400", "422", "context", "policy", "refusal", "length", "filtered"] {
        let model = format!("openai/fine+{fault}");
        for n in 0..12 {
            ask_any(&world, &model, n % 2 == 0).await;
        }
        assert_eq!(world.asked(&format!("fine+{fault}")), 12, "{fault}");
    }
}

async fn ask_any(world: &World, model: &str, stream: bool) -> Reply {
    world.chat(question_with(model, stream, json!({"fallback_models": [OTHER]}))).await
}

#[tokio::test]
async fn half_of_ten_outcomes_open_the_breaker_without_a_row_of_three() {
    let world = World::start().await;
    let turns = ["503", "ok"].repeat(10);
    world.sim.script("flaky", turns).unwrap();
    for _ in 0..20 {
        ask(&world, "openai/flaky", false).await;
    }
    let asked = world.asked("flaky");
    assert!((10..=11).contains(&asked), "half of ten were bad, and then it was left alone: {asked}");
}

#[tokio::test]
async fn retry_after_is_kept_to_the_second_and_the_first_request_after_it_is_the_probe() {
    let world = World::start().await;
    world.sim.script("gpt-4o", ["429+retry-after=1"]).unwrap();
    let begun = Instant::now();
    assert_eq!(ask(&world, "gpt-4o", false).await.header("x-maig-attempts"), "2");
    while begun.elapsed() < Duration::from_millis(900) {
        let reply = ask(&world, "gpt-4o", true).await;
        assert_eq!(reply.header("x-maig-served-by"), OTHER);
        assert_eq!(reply.header("x-maig-attempts"), "1");
        pass(150).await;
    }
    pass(200).await;
    for _ in 0..2 {
        let reply = ask(&world, "gpt-4o", true).await;
        assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{}", reply.text);
        assert_eq!(reply.header("x-maig-fallback"), "false");
    }
    assert_eq!(world.asked("gpt-4o"), 3);
}

#[tokio::test]
async fn one_probe_goes_through_and_the_others_do_not_wait_for_it() {
    let world = Arc::new(World::start().await);
    world.sim.script("gpt-4o", ["429+retry-after=1"]).unwrap();
    world.sim.always("gpt-4o", "slow=500ms").unwrap();
    ask(&world, "gpt-4o", false).await;
    pass(1050).await;
    let mut crowd = tokio::task::JoinSet::new();
    for n in 0..20 {
        let world = Arc::clone(&world);
        crowd.spawn(async move {
            let begun = Instant::now();
            let reply = ask(&world, "gpt-4o", n % 2 == 0).await;
            (reply.header("x-maig-served-by") == "openai/gpt-4o", begun.elapsed())
        });
    }
    let mut probes = 0;
    while let Some(done) = crowd.join_next().await {
        let (probe, took) = done.unwrap();
        probes += usize::from(probe);
        assert!(probe || took < Duration::from_millis(400), "{took:?}");
    }
    assert_eq!(probes, 1);
    assert_eq!(ask(&world, "gpt-4o", false).await.header("x-maig-served-by"), "openai/gpt-4o");
}

#[tokio::test]
async fn a_probe_that_fails_opens_the_breaker_again() {
    let world = World::start().await;
    world.sim.script("gpt-4o", ["429+retry-after=1", "503"]).unwrap();
    ask(&world, "gpt-4o", false).await;
    pass(1050).await;
    assert_eq!(ask(&world, "gpt-4o", false).await.header("x-maig-attempts"), "2", "the probe");
    pass(1050).await;
    assert_eq!(ask(&world, "gpt-4o", false).await.header("x-maig-attempts"), "1", "open for longer now");
    assert_eq!(world.asked("gpt-4o"), 2);
}

#[tokio::test]
async fn an_empty_account_is_left_alone_for_five_minutes() {
    let world = World::start().await;
    for (wire, model) in
        [("openai", "gpt-4o"), ("anthropic", "claude-3-5-sonnet"), ("deepseek", "deepseek-chat")]
    {
        let model = format!("{wire}/{model}+quota");
        for stream in [false, true] {
            let reply = world.chat(question(&model, stream)).await;
            assert_eq!(reply.error_code(), "all_targets_rate_limited", "{model}: {}", reply.text);
            assert_eq!(reply.status, 429);
            assert_eq!(reply.header("x-should-retry"), "false");
            let wait: u64 = reply.header("retry-after").parse().unwrap();
            assert!((290..=300).contains(&wait), "{model}: {wait}");
        }
        let name = model.split_once('/').unwrap().1;
        assert_eq!(world.asked(name), 1, "{model}: asked once, and then known");
    }
}

#[tokio::test]
async fn when_all_targets_are_rate_limited_the_app_is_told_the_shortest_wait_at_once() {
    let world = World::start().await;
    world.sim.always("gpt-4o", "429+retry-after=40").unwrap();
    world.sim.always("claude-3-5-sonnet", "429+retry-after=20").unwrap();
    for n in 0..4 {
        let reply = world.ask(n % 2 == 0).await;
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (429, "all_targets_rate_limited"));
        let wait: u64 = reply.header("retry-after").parse().unwrap();
        assert!((18..=20).contains(&wait), "{wait}");
        assert_eq!(reply.header("x-should-retry"), "false");
        assert_eq!(reply.header("x-maig-attempts"), if n == 0 { "2" } else { "0" }, "{}", reply.text);
    }
    assert_eq!(world.asked("gpt-4o") + world.asked("claude-3-5-sonnet"), 2);
}

#[tokio::test]
async fn a_wait_longer_than_ten_minutes_is_taken_for_ten() {
    let world = World::start().await;
    let reply = world.chat(question("openai/busy+429+retry-after=86400", false)).await;
    let wait: u64 = reply.header("retry-after").parse().unwrap();
    assert!((590..=600).contains(&wait), "{wait}");
}

#[tokio::test]
async fn when_every_target_is_down_one_probe_is_tried_and_the_others_get_503() {
    let world = Arc::new(World::start().await);
    for model in ["gpt-4o", "claude-3-5-sonnet"] {
        world.sim.always(model, "503").unwrap();
    }
    for _ in 0..3 {
        assert_eq!(world.ask(false).await.error_code(), "all_targets_failed");
    }
    // Both are open now. The next one is a probe of the one that reopens soonest.
    let reply = world.ask(false).await;
    assert_eq!(
        (reply.status.as_u16(), reply.error_code().as_str()),
        (502, "all_targets_failed"),
        "{}",
        reply.text
    );
    assert_eq!(reply.header("x-maig-attempts"), "1");
    // While such a probe is under way, nobody else is tried.
    for model in ["gpt-4o", "claude-3-5-sonnet"] {
        world.sim.always(model, "slow=600ms").unwrap();
    }
    let mut probe = tokio::spawn({
        let world = Arc::clone(&world);
        async move { world.ask(true).await }
    });
    assert!(tokio::time::timeout(Duration::from_millis(150), &mut probe).await.is_err());
    for stream in [false, true] {
        let reply = world.ask(stream).await;
        if reply.status == 200 {
            // The other target's own probe.
            continue;
        }
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (503, "no_target_available"));
        assert_eq!(reply.header("x-should-retry"), "true");
        assert!(reply.header("retry-after").parse::<u64>().unwrap() >= 1);
    }
    assert_eq!(probe.await.unwrap().status, 200, "the outage is over as soon as a probe says so");
}

#[tokio::test]
async fn a_breaker_is_shared_by_the_routes_that_ask_the_same_model_of_the_same_key() {
    let world = World::start().await;
    world.route(json!({"name": "other-route", "targets": [{"model": "gpt-4o"}, {"model": OTHER}]})).await;
    world.sim.always("gpt-4o", "429+retry-after=30").unwrap();
    assert_eq!(world.ask(false).await.header("x-maig-attempts"), "2");
    let reply = world.chat(question("other-route", false)).await;
    assert_eq!((reply.header("x-maig-served-by"), reply.header("x-maig-attempts")), (OTHER, "1"));
    // Another model of the same key is not meant.
    assert_eq!(world.chat(question("gpt-4o-mini", false)).await.status, 200);
}

#[tokio::test]
async fn a_changed_key_is_asked_at_once() {
    let world = World::start().await;
    world.sim.always("gpt-4o", "429+retry-after=300").unwrap();
    ask(&world, "gpt-4o", false).await;
    assert_eq!(ask(&world, "gpt-4o", false).await.header("x-maig-attempts"), "1");
    world.sim.clear();
    world
        .change(|mut change, project| async move {
            let key = change.provider_keys().by_name(&project, "openai-main").await.unwrap().unwrap();
            let update = ProviderKeyUpdate {
                secret: Some(Some(Secret::new("another-secret".to_owned()))),
                ..ProviderKeyUpdate::default()
            };
            change.provider_keys().update(&project, &key.id, None, update).await.unwrap();
            change
        })
        .await;
    assert_eq!(ask(&world, "gpt-4o", false).await.header("x-maig-served-by"), "openai/gpt-4o");
    let asked = world.sim.requests_for("gpt-4o");
    assert_eq!(asked.last().unwrap().header("authorization"), Some("Bearer another-secret"));
}

#[tokio::test]
async fn an_outage_outlives_a_change_of_the_route() {
    let world = World::start().await;
    world.sim.always("gpt-4o", "429+retry-after=30").unwrap();
    world.ask(false).await;
    world.route(json!({"name": ROUTE, "targets": [{"model": "gpt-4o"}, {"model": OTHER}]})).await;
    let reply = world.ask(false).await;
    assert_eq!((reply.header("x-maig-served-by"), reply.header("x-maig-attempts")), (OTHER, "1"));
}

#[tokio::test]
async fn two_keys_of_one_vendor_have_breakers_of_their_own() {
    let world = World::start().await;
    let base = world.sim.openai_base();
    world.account("openai-spare", Provider::OpenAi, &base).await;
    let spare = json!({"model": "gpt-4o", "provider_key": "openai-spare"});
    world.route(json!({"name": "r", "targets": [{"model": "gpt-4o"}, spare]})).await;
    world.sim.script("gpt-4o", ["429+retry-after=30"]).unwrap();
    for attempts in ["2", "1"] {
        let reply = world.chat(question("r", true)).await;
        assert_eq!((reply.status.as_u16(), reply.header("x-maig-attempts")), (200, attempts));
        assert_eq!(reply.header("x-maig-fallback"), "true");
    }
}
