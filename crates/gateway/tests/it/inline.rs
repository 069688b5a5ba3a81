//! Failover that a request asks for itself (CONTRACT §4), in the words of several other gateways.

use serde_json::{Value, json};

use crate::world::{ROUTE, Reply, World, question, question_with};

const OTHER: &str = "deepseek/other";

async fn ask(world: &World, model: &str, more: Value) -> Reply {
    let whole = world.chat(question_with(model, false, more.clone())).await;
    let streamed = world.chat(question_with(model, true, more)).await;
    assert_eq!(whole.status, streamed.status, "{} {}", whole.text, streamed.text);
    assert_eq!(whole.header("x-maig-served-by"), streamed.header("x-maig-served-by"));
    whole
}

async fn goes_on(world: &World, model: &str, stream: bool, more: Value, falls_over: bool) {
    let reply = world.chat(question_with(model, stream, more)).await;
    assert_eq!(reply.status == 200, falls_over, "{model}: {}", reply.text);
    assert_eq!(reply.header("x-maig-served-by") == OTHER, falls_over, "{model}");
}

#[tokio::test]
async fn fallback_models_and_models_name_the_targets_after_the_primary() {
    let world = World::start().await;
    for (n, field) in ["fallback_models", "models"].into_iter().enumerate() {
        let down = format!("openai/down-{n}+503");
        let reply = ask(&world, &down, json!({field: ["gemini/gone+404", OTHER, "gpt-4o"]})).await;
        assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
        assert_eq!(reply.header("x-maig-attempts"), "3");
        assert_eq!(reply.header("x-maig-route"), down, "the name that was asked");
        assert_eq!(reply.header("x-maig-fallback"), "true");
    }
    assert_eq!(world.asked("gpt-4o"), 0);
}

#[tokio::test]
async fn models_without_model_has_its_primary_first() {
    let world = World::start().await;
    let mut body = question_with("x", false, json!({"models": ["openai/down+503", OTHER]}));
    body.as_object_mut().unwrap().remove("model");
    let reply = world.chat(body).await;
    assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
    assert_eq!(reply.header("x-maig-attempts"), "2");
}

#[tokio::test]
async fn both_names_at_once_are_refused() {
    let world = World::start().await;
    let more = json!({"models": [OTHER], "fallback_models": [OTHER]});
    let reply = ask(&world, "gpt-4o", more).await;
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (400, "invalid_request"));
    assert!(world.sim.requests().is_empty());
}

#[tokio::test]
async fn inline_targets_follow_the_routes_own_each_once() {
    let world = World::start().await;
    for model in ["gpt-4o", "claude-3-5-sonnet"] {
        world.sim.always(model, "404").unwrap();
    }
    let more = json!({"fallback_models": ["claude-3-5-sonnet", "gpt-4o", OTHER]});
    let reply = ask(&world, ROUTE, more).await;
    assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
    assert_eq!(reply.header("x-maig-attempts"), "3", "each target once");
}

#[tokio::test]
async fn at_most_eight_targets_in_all() {
    let world = World::start().await;
    let names =
        |count: usize| -> Vec<String> { (0..count).map(|n| format!("openai/gone-{n}+404")).collect() };
    let reply = ask(&world, ROUTE, json!({"fallback_models": names(6)})).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let reply = ask(&world, ROUTE, json!({"fallback_models": names(7)})).await;
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (400, "invalid_request"));
    assert_eq!(reply.json()["error"]["param"], "fallback_models");
}

#[tokio::test]
async fn a_hundred_thousand_inline_targets_are_refused_at_the_ninth() {
    let world = World::start().await;
    let names: Vec<String> = (0..100_000).map(|n| format!("openai/gone-{n}")).collect();
    let begun = std::time::Instant::now();
    let reply = world.chat(question_with(ROUTE, false, json!({"fallback_models": names}))).await;
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (400, "invalid_request"));
    assert!(begun.elapsed() < std::time::Duration::from_secs(3), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn force_fallback_skips_target_0_of_a_route_with_inline_targets() {
    let world = World::start().await;
    let targets = json!([{"model": "gpt-4o"}, {"model": "claude-3-5-sonnet+404"}]);
    world.route(json!({"name": "forced", "targets": targets, "force_fallback": true})).await;
    let reply = ask(&world, "forced", json!({"fallback_models": [OTHER]})).await;
    assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
    assert_eq!(reply.header("x-maig-attempts"), "2");
    assert_eq!(world.asked("gpt-4o"), 0);
}

#[tokio::test]
async fn fallback_on_replaces_the_list_of_kinds() {
    let world = World::start().await;
    for (fault, on, falls_over) in [
        ("503", json!(["timeout"]), false),
        ("503", json!(["server_error"]), true),
        ("429", json!(["server_error"]), false),
        ("429", json!(["rate_limit"]), true),
        ("auth", json!(["provider_auth"]), true),
        ("policy", json!(["content_policy"]), true),
        ("context", json!(["context_window"]), true),
        ("reset", json!(["server_error"]), true),
        ("malformed", json!(["bad_response"]), true),
        ("404", json!([]), true),
        ("400", json!(["invalid_request"]), false),
    ] {
        for stream in [false, true] {
            let model = format!("openai/on-{}-{stream}+{fault}", on[0].as_str().unwrap_or("nothing"));
            let more = json!({"fallback_models": [OTHER], "fallback_on": on});
            goes_on(&world, &model, stream, more, falls_over).await;
        }
    }
}

#[tokio::test]
async fn a_kind_that_nobody_knows_is_refused_with_those_that_are_known() {
    let world = World::start().await;
    let reply = ask(&world, "gpt-4o", json!({"fallback_on": ["bad_weather"]})).await;
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (400, "invalid_request"));
    assert_eq!(reply.json()["error"]["param"], "fallback_on");
    assert!(reply.text.contains("server_error"), "{}", reply.text);
}

#[tokio::test]
async fn status_codes_replace_the_list_for_failures_that_have_a_status() {
    let world = World::start().await;
    for (fault, codes, falls_over) in [
        ("503", json!([500]), false),
        ("503", json!([500, 503]), true),
        ("429", json!([503]), false),
        ("429", json!([429]), true),
        ("auth", json!([401]), true),
        // Failures without a status fall over as by default.
        ("reset", json!([429]), true),
        ("malformed", json!([429]), true),
    ] {
        for stream in [false, true] {
            let model = format!("openai/codes-{}-{stream}+{fault}", codes[0]);
            let more = json!({"fallback_models": [OTHER], "fallback_conditions": {"status_codes": codes}});
            goes_on(&world, &model, stream, more, falls_over).await;
        }
    }
}

#[tokio::test]
async fn the_fields_are_never_sent_upstream() {
    let world = World::start().await;
    let more = json!({
        "fallback_models": [OTHER], "fallback_on": ["timeout"],
        "fallback_conditions": {"status_codes": [500], "timeout_ms": 5000},
    });
    for model in ["gpt-4o", "claude-3-5-sonnet", "gemini/gemini-2.5-flash"] {
        assert_eq!(ask(&world, model, more.clone()).await.status, 200, "{model}");
    }
    for sent in world.sim.requests() {
        let body = sent.json();
        assert!(body.as_object().unwrap().keys().all(|key| !key.starts_with("fallback")), "{body}");
    }
}

#[tokio::test]
async fn a_route_may_be_a_fallback_too() {
    let world = World::start().await;
    let reply = world.chat(question_with("openai/down+503", true, json!({"fallback_models": [ROUTE]}))).await;
    assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{}", reply.text);
    assert_eq!(world.chat(question(ROUTE, false)).await.header("x-maig-fallback"), "false");
}
