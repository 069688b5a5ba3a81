//! Clocks and retries (CONTRACT §5), in milliseconds of real time.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::world::{Reply, World, question, question_with};

const OTHER: &str = "deepseek/other";

async fn route(world: &World, targets: Value, timeouts: Value) {
    world.route(json!({"name": "r", "targets": targets, "timeouts": timeouts})).await;
}

/// The answer, and how long it took.
async fn timed(world: &World, body: Value, headers: &[(&str, &str)]) -> (Reply, Duration) {
    let begun = Instant::now();
    let reply = world.send(&world.key, headers, body).await;
    (reply, begun.elapsed())
}

fn about(took: Duration, ms: u64) {
    let least = Duration::from_millis(ms.saturating_sub(20));
    let most = Duration::from_millis(ms + 600);
    assert!(took >= least && took <= most, "{took:?}, not about {ms} ms");
}

#[tokio::test]
async fn the_first_token_clock_gives_a_silent_stream_to_the_next_target() {
    let world = World::start().await;
    for fault in ["hang", "hang-after-head", "stall=0", "slow-head-forever", "slow=9s", "pings=9s"] {
        let first = json!({"model": format!("openai/silent+{fault}")});
        route(&world, json!([first, {"model": OTHER}]), json!({"first_token_ms": 400})).await;
        let (reply, took) = timed(&world, question("r", true), &[]).await;
        assert_eq!(reply.header("x-maig-served-by"), OTHER, "{fault}: {}", reply.text);
        about(took, 400);
    }
}

#[tokio::test]
async fn the_answer_clock_gives_a_slow_whole_answer_to_the_next_target() {
    let world = World::start().await;
    for fault in ["hang", "hang-after-head", "stall=0", "slow-head-forever", "slow=9s"] {
        let first = json!({"model": format!("openai/silent+{fault}")});
        route(&world, json!([first, {"model": OTHER}]), json!({"answer_ms": 400})).await;
        let (reply, took) = timed(&world, question("r", false), &[]).await;
        assert_eq!(reply.header("x-maig-served-by"), OTHER, "{fault}: {}", reply.text);
        about(took, 400);
    }
}

#[tokio::test]
async fn a_whole_answer_may_take_half_of_the_total_while_another_target_remains() {
    let world = World::start().await;
    let targets = json!([{"model": "openai/silent+hang"}, {"model": OTHER}]);
    route(&world, targets, json!({"total_ms": 1000})).await;
    let (reply, took) = timed(&world, question("r", false), &[]).await;
    assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
    about(took, 500);
}

#[tokio::test]
async fn the_last_target_may_take_all_that_is_left() {
    let world = World::start().await;
    route(&world, json!([{"model": "openai/slow+slow=700ms"}]), json!({"total_ms": 3000, "answer_ms": 200}))
        .await;
    let (reply, took) = timed(&world, question("r", false), &[]).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    about(took, 700);
}

#[tokio::test]
async fn the_total_ends_everything_before_the_commit() {
    let world = World::start().await;
    let silent = |n: u32| json!({"model": format!("openai/silent-{n}+hang")});
    for stream in [false, true] {
        let targets: Vec<Value> = (0..4).map(silent).collect();
        route(&world, json!(targets), json!({"total_ms": 600, "first_token_ms": 250, "answer_ms": 250}))
            .await;
        let (reply, took) = timed(&world, question("r", stream), &[]).await;
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (504, "all_targets_timed_out"));
        assert_eq!(reply.header("x-should-retry"), "false");
        about(took, 600);
        let attempts = reply.attempts();
        assert!((2..=4).contains(&attempts.len()), "{}", reply.text);
        assert!(attempts.iter().all(|(_, kind, status)| kind == "timeout" && status.is_none()));
    }
}

#[tokio::test]
async fn the_apps_own_deadline_lowers_the_total_and_never_raises_it() {
    let world = World::start().await;
    let targets = json!([{"model": "openai/silent+hang"}]);
    route(&world, targets, json!({"total_ms": 900, "first_token_ms": 9000})).await;
    for (header, value, ms) in [
        ("x-maig-timeout-ms", "300", 300),
        ("x-maig-timeout-ms", "60000", 900),
        ("x-stainless-read-timeout", "0.5", 500),
        ("x-stainless-read-timeout", "600", 900),
    ] {
        let (reply, took) = timed(&world, question("r", true), &[(header, value)]).await;
        assert_eq!(reply.status, 504, "{header}: {value}: {}", reply.text);
        about(took, ms);
    }
}

#[tokio::test]
async fn a_target_has_clocks_of_its_own() {
    let world = World::start().await;
    let first = json!({"model": "openai/silent+hang", "timeouts": {"first_token_ms": 200, "answer_ms": 200}});
    route(&world, json!([first, {"model": OTHER}]), json!({"first_token_ms": 9000, "answer_ms": 9000})).await;
    for stream in [false, true] {
        let (reply, took) = timed(&world, question("r", stream), &[]).await;
        assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
        about(took, 200);
    }
}

#[tokio::test]
async fn an_answer_that_is_slow_but_alive_is_not_given_up() {
    let world = World::start().await;
    let targets = json!([{"model": "openai/steady+words=10+tps=12"}, {"model": OTHER}]);
    route(&world, targets, json!({"first_token_ms": 2000, "idle_ms": 400})).await;
    let (reply, _) = timed(&world, question("r", true), &[]).await;
    assert_eq!(reply.header("x-maig-served-by"), "openai/steady+words=10+tps=12", "{}", reply.text);
    assert!(reply.is_done() && reply.content().ends_with("word9"), "{}", reply.text);
}

#[tokio::test]
async fn retries_ask_the_same_target_again_before_the_next() {
    let world = World::start().await;
    for fault in ["503", "reset", "malformed", "429+retry-after=0.2"] {
        for stream in [false, true] {
            let model = format!("again-{stream}-{}", fault.replace(['=', '+', '.'], "-"));
            let first = json!({"model": format!("openai/{model}"), "retries": 1});
            route(&world, json!([first, {"model": OTHER}]), json!({})).await;
            world.sim.script(&model, [fault]).unwrap();
            let (reply, took) = timed(&world, question("r", stream), &[]).await;
            assert_eq!(
                reply.header("x-maig-served-by"),
                format!("openai/{model}"),
                "{fault}: {}",
                reply.text
            );
            assert_eq!(reply.header("x-maig-attempts"), "2");
            assert_eq!(reply.header("x-maig-fallback"), "false");
            assert!(took >= Duration::from_millis(125), "a backoff lies between: {took:?}");
        }
    }
}

#[tokio::test]
async fn retries_are_counted_and_then_the_next_target_answers() {
    let world = World::start().await;
    let first = json!({"model": "openai/down+503", "retries": 2});
    route(&world, json!([first, {"model": OTHER}]), json!({})).await;
    let (reply, _) = timed(&world, question("r", true), &[]).await;
    assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
    assert_eq!(reply.header("x-maig-attempts"), "4");
    assert_eq!(world.asked("down+503"), 3);
}

#[tokio::test]
async fn what_would_fail_the_same_way_again_is_not_retried() {
    let world = World::start().await;
    for fault in ["hang", "404", "quota", "429+retry-after=6", "auth", "context", "policy", "400"] {
        let model = format!("openai/once+{fault}");
        let first = json!({"model": model, "retries": 3});
        let timeouts = json!({"first_token_ms": 200, "answer_ms": 200});
        route(&world, json!([first, {"model": OTHER}]), timeouts).await;
        let (_, took) = timed(&world, question("r", false), &[]).await;
        assert_eq!(world.asked(&format!("once+{fault}")), 1, "{fault}");
        assert!(took < Duration::from_secs(2), "{fault}: {took:?}");
    }
}

#[tokio::test]
async fn a_retry_never_comes_sooner_than_the_provider_asks() {
    let world = World::start().await;
    world.sim.script("gpt-4o", ["429+retry-after=1"]).unwrap();
    route(&world, json!([{"model": "gpt-4o", "retries": 1}, {"model": OTHER}]), json!({})).await;
    let (reply, took) = timed(&world, question("r", false), &[]).await;
    assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{}", reply.text);
    about(took, 1000);
    assert!(took >= Duration::from_secs(1), "{took:?}");
}

#[tokio::test]
async fn a_retry_that_does_not_fit_the_deadline_is_not_waited_for() {
    let world = World::start().await;
    route(
        &world,
        json!([{"model": "openai/busy+429+retry-after=3", "retries": 1}]),
        json!({"total_ms": 1000}),
    )
    .await;
    let (reply, took) = timed(&world, question("r", false), &[]).await;
    assert_eq!(reply.error_code(), "all_targets_rate_limited", "{}", reply.text);
    assert!(took < Duration::from_millis(700), "{took:?}");
}

#[tokio::test]
async fn timeout_ms_of_the_request_bounds_each_attempt() {
    let world = World::start().await;
    for stream in [false, true] {
        let more = json!({"fallback_conditions": {"timeout_ms": 300}, "fallback_models": [OTHER]});
        let body = question_with("openai/silent+hang", stream, more);
        let (reply, took) = timed(&world, body, &[]).await;
        assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
        about(took, 300);
    }
}
