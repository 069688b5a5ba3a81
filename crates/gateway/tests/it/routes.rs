//! Routes as policies: Force Fallback, routes inside routes, `retry_on`, parameters, and targets that nobody can serve.

use serde_json::json;

use crate::world::{ROUTE, Reply, World, question, question_with};

const OTHER: &str = "deepseek/other";

async fn both(world: &World, model: &str) -> [Reply; 2] {
    [world.chat(question(model, false)).await, world.chat(question(model, true)).await]
}

#[tokio::test]
async fn force_fallback_skips_the_primary_from_the_next_request_on_and_back() {
    let world = World::start().await;
    let force = async |on: bool| {
        world
            .change(|mut change, project| async move {
                change.routes().force_fallback(&project, ROUTE, on, None, None).await.unwrap();
                change
            })
            .await;
    };
    force(true).await;
    for reply in both(&world, ROUTE).await {
        assert_eq!(reply.header("x-maig-served-by"), "anthropic/claude-3-5-sonnet", "{}", reply.text);
        assert_eq!(reply.header("x-maig-fallback"), "true");
        assert_eq!(reply.header("x-maig-attempts"), "1");
    }
    assert_eq!(world.asked("gpt-4o"), 0);
    force(false).await;
    for reply in both(&world, ROUTE).await {
        assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{}", reply.text);
        assert_eq!(reply.header("x-maig-fallback"), "false");
    }
}

#[tokio::test]
async fn a_change_of_a_route_does_not_touch_a_stream_that_runs() {
    let world = World::start().await;
    let words = "openai/talker+words=30+tps=40";
    world.route(json!({"name": "r", "targets": [{"model": words}, {"model": OTHER}]})).await;
    let running = world.chat(question("r", true));
    let changing = async {
        world.sim.wait_until(std::time::Duration::from_secs(5), |sim| sim.open_streams() > 0).await;
        world
            .route(
                json!({"name": "r", "targets": [{"model": words}, {"model": OTHER}], "force_fallback": true}),
            )
            .await;
        world.chat(question("r", true)).await
    };
    let (before, after) = tokio::join!(running, changing);
    assert!(before.is_done() && before.content().ends_with("word29"), "{}", before.text);
    assert_eq!(after.header("x-maig-served-by"), OTHER, "{}", after.text);
}

#[tokio::test]
async fn a_nested_route_is_walked_flat_and_keeps_its_own_rules() {
    let world = World::start().await;
    let inner = json!([{"model": "openai/a+503"}, {"model": "openai/b+503"}]);
    world.route(json!({"name": "inner", "targets": inner})).await;
    world.route(json!({"name": "outer", "targets": [{"model": "route:inner"}, {"model": OTHER}]})).await;
    for reply in both(&world, "outer").await {
        assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
        assert_eq!(reply.header("x-maig-attempts"), "3");
        assert_eq!(reply.header("x-maig-route"), "outer");
    }
    let row = world.row(2).await;
    let models: Vec<&str> = row.attempts.iter().map(|tried| &*tried.model).collect();
    assert_eq!(models, ["openai/a+503", "openai/b+503", OTHER]);

    // The inner route does not fall over on a limit; the outer one does.
    let inner = json!([{"model": "openai/c+429"}, {"model": "openai/d"}]);
    world.route(json!({"name": "strict", "targets": inner, "retry_on": ["timeout"]})).await;
    world.route(json!({"name": "lenient", "targets": [{"model": "route:strict"}, {"model": OTHER}]})).await;
    let reply = world.chat(question("lenient", true)).await;
    assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
    assert_eq!(world.asked("d"), 0);
}

#[tokio::test]
async fn a_nested_route_keeps_its_force_fallback_and_its_clocks_inside() {
    let world = World::start().await;
    let inner = json!([{"model": "openai/a"}, {"model": "openai/b+hang"}]);
    world
        .route(json!({"name": "inner", "targets": inner, "force_fallback": true, "timeouts": {"first_token_ms": 200, "total_ms": 300}}))
        .await;
    world.route(json!({"name": "outer", "targets": [{"model": "route:inner"}, {"model": OTHER}]})).await;
    let begun = std::time::Instant::now();
    let reply = world.chat(question("outer", true)).await;
    assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
    assert_eq!((world.asked("a"), world.asked("b+hang")), (0, 1));
    assert!(begun.elapsed().as_millis() < 900, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_failure_that_is_not_in_retry_on_ends_the_chain_and_goes_to_the_app_alone() {
    let world = World::start().await;
    for (fault, status, code, kind) in [
        ("429+retry-after=9", 429, "all_targets_rate_limited", "rate_limit"),
        ("503", 502, "all_targets_failed", "server_error"),
        ("reset", 502, "all_targets_failed", "connect"),
        ("malformed", 502, "all_targets_failed", "bad_response"),
        ("hang", 504, "all_targets_timed_out", "timeout"),
        ("408", 504, "all_targets_timed_out", "timeout"),
    ] {
        for stream in [false, true] {
            let model = format!("openai/ends-{stream}+{fault}");
            let timeouts = json!({"first_token_ms": 200, "answer_ms": 200, "total_ms": 400});
            let targets = json!([{"model": model}, {"model": OTHER}]);
            world.route(json!({"name": "r", "targets": targets, "retry_on": [], "timeouts": timeouts})).await;
            let reply = world.chat(question("r", stream)).await;
            assert_eq!(
                (reply.status.as_u16(), reply.error_code().as_str()),
                (status, code),
                "{}",
                reply.text
            );
            assert_eq!(reply.attempts().len(), 1, "{}", reply.text);
            assert_eq!(reply.attempts()[0].1, kind);
            let told = reply.header("retry-after");
            assert_eq!(told, if fault.ends_with("=9") { "9" } else { "" }, "{fault}");
        }
    }
    assert_eq!(world.asked("other"), 0);
}

#[tokio::test]
async fn every_kind_is_accepted_in_retry_on_and_obeyed() {
    let world = World::start().await;
    for (fault, kind) in [
        ("503", "server_error"),
        ("reset", "connect"),
        ("429", "rate_limit"),
        ("408", "timeout"),
        ("malformed", "bad_response"),
        ("context", "context_window"),
        ("policy", "content_policy"),
        ("auth", "provider_auth"),
        ("404", "model_unavailable"),
    ] {
        for wire in ["openai", "anthropic", "gemini"] {
            if matches!((fault, wire), ("policy", "anthropic" | "gemini") | ("408", "gemini")) {
                // Their refusals come inside a 200, and Gemini's own timeout is a 504.
                continue;
            }
            let model = format!("{wire}/{kind}+{fault}");
            let targets = json!([{"model": model}, {"model": OTHER}]);
            world.route(json!({"name": "r", "targets": targets, "retry_on": [kind]})).await;
            for reply in both(&world, "r").await {
                assert_eq!(reply.header("x-maig-served-by"), OTHER, "{model}: {}", reply.text);
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_goes_to_the_next_target_where_the_route_asks_for_it_and_else_to_the_app() {
    let world = World::start().await;
    for wire in ["openai", "anthropic", "gemini"] {
        for fault in ["refusal", "filtered"] {
            let model = format!("{wire}/shy+{fault}");
            let targets = json!([{"model": model}, {"model": OTHER}]);
            world.route(json!({"name": "asks", "targets": targets, "retry_on": ["content_policy"]})).await;
            world.route(json!({"name": "does-not", "targets": targets})).await;
            let reply = world.chat(question("asks", false)).await;
            assert_eq!(reply.header("x-maig-served-by"), OTHER, "{model}: {}", reply.text);
            // In a stream the refusal is content, and content commits.
            let streamed = world.chat(question("asks", true)).await;
            assert!(streamed.is_done(), "{model}: {}", streamed.text);
            let row = world.row_of(&reply).await;
            assert_eq!(row.attempts[0].kind.as_deref(), Some("content_policy"), "{model}: {row:?}");
            let reply = world.chat(question("does-not", false)).await;
            assert_eq!(reply.header("x-maig-served-by"), model, "{}", reply.text);
            // With nobody left to ask, the refusal is the answer.
            world
                .route(
                    json!({"name": "alone", "targets": [{"model": model}], "retry_on": ["content_policy"]}),
                )
                .await;
            let reply = world.chat(question("alone", false)).await;
            assert_eq!((reply.status.as_u16(), reply.header("x-maig-served-by")), (200, model.as_str()));
        }
    }
}

#[tokio::test]
async fn a_prompt_beyond_one_window_goes_to_a_larger_one_if_the_route_asks() {
    let world = World::start().await;
    // gpt-4o has 128k tokens, gpt-4 8k, and gpt-4.1 a million.
    let targets = json!([{"model": "gpt-4o"}, {"model": "gpt-4"}, {"model": "gpt-4.1"}]);
    world.route(json!({"name": "r", "targets": targets, "retry_on": ["context_window"]})).await;
    world.sim.always("gpt-4o", "context").unwrap();
    for reply in both(&world, "r").await {
        assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4.1", "{}", reply.text);
        assert_eq!(reply.header("x-maig-attempts"), "2");
    }
    assert_eq!(world.asked("gpt-4"), 0, "a smaller window is not tried");
    world.sim.always("gpt-4.1", "context").unwrap();
    for reply in both(&world, "r").await {
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (400, "context_length_exceeded"));
        assert_eq!(reply.attempts().len(), 2, "{}", reply.text);
    }
}

#[tokio::test]
async fn a_target_without_an_account_is_skipped_and_named_when_nobody_is_left() {
    let world = World::start().await;
    world.route(json!({"name": "r", "targets": [{"model": "groq/llama-3.3-70b"}, {"model": OTHER}]})).await;
    for reply in both(&world, "r").await {
        assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
        assert_eq!((reply.header("x-maig-attempts"), reply.header("x-maig-fallback")), ("1", "true"));
    }
    world.route(json!({"name": "none", "targets": [{"model": "groq/llama-3.3-70b"}]})).await;
    for reply in both(&world, "none").await {
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (503, "no_target_available"));
        assert!(reply.text.contains("groq/llama-3.3-70b"), "{}", reply.text);
    }
}

#[tokio::test]
async fn what_is_asked_of_all_targets_in_vain_has_one_error_for_each_mixture() {
    let world = World::start().await;
    for (n, (first, second, status, code)) in [
        ("429", "429", 429, "all_targets_rate_limited"),
        ("408", "408", 504, "all_targets_timed_out"),
        ("429", "503", 502, "all_targets_failed"),
        ("408", "429", 502, "all_targets_failed"),
        ("503", "404", 502, "all_targets_failed"),
    ]
    .into_iter()
    .enumerate()
    {
        let (a, b) = (format!("openai/a{n}+{first}"), format!("anthropic/b{n}+{second}"));
        let reply = world.chat(question_with(&a, n % 2 == 0, json!({"fallback_models": [b]}))).await;
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (status, code), "{}", reply.text);
        assert_eq!(reply.attempts().len(), 2);
        assert_eq!(reply.header("x-should-retry"), "false");
    }
}

#[tokio::test]
async fn a_targets_own_parameters_go_before_the_apps() {
    let world = World::start().await;
    let targets = json!([{"model": "gpt-4o", "parameters": {"temperature": 0.1, "max_tokens": 5}}]);
    world.route(json!({"name": "r", "targets": targets})).await;
    let reply = world.chat(question_with("r", false, json!({"temperature": 0.9}))).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let sent = world.sim.requests_for("gpt-4o").remove(0).json();
    assert_eq!((&sent["temperature"], &sent["max_tokens"]), (&json!(0.1), &json!(5)));
}

#[tokio::test]
async fn a_route_shadows_a_model_of_its_name() {
    let world = World::start().await;
    world.route(json!({"name": "gpt-4o", "targets": [{"model": "openai/gpt-4o"}, {"model": OTHER}]})).await;
    world.sim.always("gpt-4o", "503").unwrap();
    for reply in both(&world, "gpt-4o").await {
        assert_eq!(reply.header("x-maig-served-by"), OTHER, "{}", reply.text);
    }
}
