//! What targets can be told (CONTRACT §4, "What a target cannot do"): hints that are dropped by name, needs that rule a
//! target out, and usage that is counted or estimated.

use serde_json::{Value, json};

use crate::world::{ROUTE, Reply, World, question, question_with};

const OTHER: &str = "deepseek/other";

async fn ask(world: &World, model: &str, stream: bool, more: Value) -> Reply {
    world.chat(question_with(model, stream, more)).await
}

fn dropped(reply: &Reply) -> Vec<&str> {
    let mut names: Vec<&str> =
        reply.header("x-maig-dropped").split(',').filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names
}

fn unsupported(reply: &Reply, param: &str) {
    assert_eq!(
        (reply.status.as_u16(), reply.error_code().as_str()),
        (400, "unsupported_parameter"),
        "{}",
        reply.text
    );
    assert_eq!(reply.json()["error"]["param"], param, "{}", reply.text);
    assert_eq!(reply.json()["error"]["attempts"], json!([]), "nothing was sent");
    assert_eq!((reply.header("x-should-retry"), reply.header("x-maig-attempts")), ("false", "0"));
}

#[tokio::test]
async fn hints_that_a_target_does_not_know_are_dropped_and_named() {
    let world = World::start().await;
    let hints = json!({
        "seed": 7, "frequency_penalty": 0.5, "presence_penalty": 0.5, "logit_bias": {"50256": -100},
        "logprobs": true, "top_logprobs": 2, "user": "ann", "metadata": {"a": "b"}, "service_tier": "auto",
    });
    for stream in [false, true] {
        let reply = ask(&world, "gpt-4o", stream, hints.clone()).await;
        assert_eq!((reply.status.as_u16(), dropped(&reply)), (200, vec![]), "{}", reply.text);

        let reply = ask(&world, "claude-3-5-sonnet", stream, hints.clone()).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        let names = dropped(&reply);
        for hint in ["seed", "frequency_penalty", "presence_penalty", "logit_bias", "logprobs"] {
            assert!(names.contains(&hint), "{hint}: {names:?}");
        }
        let row = world.row_of(&reply).await;
        let mut logged = row.dropped.clone();
        logged.sort();
        assert_eq!(logged, names, "{row:?}");

        let reply = ask(&world, "gemini/gemini-2.5-flash", stream, hints.clone()).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(dropped(&reply).contains(&"logit_bias"), "{:?}", dropped(&reply));
    }
}

#[tokio::test]
async fn what_is_dropped_is_what_the_target_that_answered_could_not_be_told() {
    let world = World::start().await;
    world.sim.always("gpt-4o", "503").unwrap();
    let reply = ask(&world, ROUTE, true, json!({"seed": 7})).await;
    assert_eq!(reply.header("x-maig-served-by"), "anthropic/claude-3-5-sonnet");
    assert_eq!(dropped(&reply), ["seed"]);
    world.sim.clear();
    world
        .route(
            json!({"name": "turned", "targets": [{"model": "anthropic/down+503"}, {"model": "gpt-4o-mini"}]}),
        )
        .await;
    let reply = ask(&world, "turned", true, json!({"seed": 7})).await;
    assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o-mini", "{}", reply.text);
    assert_eq!(dropped(&reply), [""; 0]);
}

#[tokio::test]
async fn a_target_that_cannot_give_several_answers_is_skipped_without_an_attempt() {
    let world = World::start().await;
    for stream in [false, true] {
        let several = json!({"n": 2, "fallback_models": ["gpt-4o"]});
        let reply = ask(&world, "claude-3-5-sonnet", stream, several).await;
        assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{}", reply.text);
        assert_eq!((reply.header("x-maig-attempts"), reply.header("x-maig-fallback")), ("1", "true"));
        assert!(!dropped(&reply).contains(&"n"));
        unsupported(&ask(&world, "claude-3-5-sonnet", stream, json!({"n": 2})).await, "n");
    }
    assert_eq!(world.asked("claude-3-5-sonnet"), 0);
}

#[tokio::test]
async fn tools_reach_every_wire_and_are_never_dropped() {
    let world = World::start().await;
    let tool = json!({"type": "function", "function": {"name": "weather", "parameters": {
        "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}});
    let forced = json!({"type": "function", "function": {"name": "weather"}});
    for model in ["openai/a+503", "anthropic/b+503", "gemini/c+503"] {
        for fallback in ["gpt-4o", "claude-3-5-sonnet", "gemini/gemini-2.5-flash"] {
            for stream in [false, true] {
                let more = json!({"tools": [tool], "tool_choice": forced, "fallback_models": [fallback]});
                let reply = ask(&world, model, stream, more).await;
                assert_eq!(reply.status, 200, "{model} {fallback}: {}", reply.text);
                assert!(dropped(&reply).is_empty(), "{model} {fallback}: {:?}", reply.headers);
                assert!(reply.text.contains("\"weather\""), "{model} {fallback}: {}", reply.text);
                assert!(reply.text.contains("\"tool_calls\""), "{model} {fallback}: {}", reply.text);
            }
        }
    }
}

#[tokio::test]
async fn a_json_schema_goes_to_targets_that_can_be_held_to_it() {
    let world = World::start().await;
    let schema = json!({"type": "json_schema", "json_schema": {"name": "place", "strict": true, "schema": {
        "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"],
        "additionalProperties": false}}});
    for stream in [false, true] {
        // DeepSeek knows no schemas.
        let more = json!({"response_format": schema, "fallback_models": ["gpt-4o"]});
        let reply = ask(&world, "deepseek-chat", stream, more).await;
        assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{}", reply.text);
        assert_eq!(reply.header("x-maig-attempts"), "1");
        for model in ["claude-3-5-sonnet", "gemini/gemini-2.5-flash"] {
            let reply = ask(&world, model, stream, json!({"response_format": schema})).await;
            let said: Value = serde_json::from_str(&reply.content()).expect(&reply.text);
            assert!(said["city"].is_string(), "{model}: {}", reply.text);
        }
        unsupported(
            &ask(&world, "deepseek-chat", stream, json!({"response_format": schema})).await,
            "response_format",
        );
    }
    assert_eq!(world.asked("deepseek-chat"), 0);
}

#[tokio::test]
async fn an_image_goes_to_targets_that_see() {
    let world = World::start().await;
    let picture = json!({"messages": [{"role": "user", "content": [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}]}]});
    for stream in [false, true] {
        for model in ["gpt-4o", "claude-3-5-sonnet", "gemini/gemini-2.5-flash"] {
            let reply = ask(&world, model, stream, picture.clone()).await;
            assert!(reply.content().contains("(and 1 image)"), "{model}: {}", reply.text);
        }
        let mut more = picture.clone();
        more["fallback_models"] = json!(["gpt-4o"]);
        let reply = ask(&world, "deepseek-chat", stream, more).await;
        assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o", "{}", reply.text);
        unsupported(&ask(&world, "deepseek-chat", stream, picture.clone()).await, "messages");
    }
    assert_eq!(world.asked("deepseek-chat"), 0);
}

#[tokio::test]
async fn usage_is_in_every_whole_answer_and_in_streams_that_ask_for_it() {
    let world = World::start().await;
    for model in
        ["gpt-4o", "claude-3-5-sonnet", "gemini/gemini-2.5-flash", "mistral/mistral-large-latest", OTHER]
    {
        let reply = ask(&world, model, false, json!({})).await;
        counted(&reply.json()["usage"], model, false);

        let reply = ask(&world, model, true, json!({})).await;
        assert!(!reply.text.contains("\"total_tokens\""), "nobody asked: {}", reply.text);
        assert!(reply.is_done(), "{model}");
        let row = world.row_of(&reply).await;
        assert!(
            row.completion_tokens.is_some_and(|n| n > 0) && !row.estimated,
            "logged all the same: {row:?}"
        );

        let reply = ask(&world, model, true, json!({"stream_options": {"include_usage": true}})).await;
        let frames = reply.frames();
        let last: Value = serde_json::from_str(frames[frames.len() - 2]).unwrap();
        assert_eq!(last["choices"], json!([]), "{model}: {}", reply.text);
        counted(&last["usage"], model, false);
    }
}

#[tokio::test]
async fn what_a_provider_does_not_count_is_estimated_and_said_to_be() {
    let world = World::start().await;
    for wire in ["openai", "anthropic", "gemini"] {
        let model = format!("{wire}/mute+no-usage");
        let reply = ask(&world, &model, false, json!({})).await;
        counted(&reply.json()["usage"], &model, true);
        let reply = ask(&world, &model, true, json!({"stream_options": {"include_usage": true}})).await;
        let frames = reply.frames();
        let last: Value = serde_json::from_str(frames[frames.len() - 2]).unwrap();
        counted(&last["usage"], &model, true);
        assert!(world.row_of(&reply).await.estimated);
    }
}

fn counted(usage: &Value, model: &str, estimated: bool) {
    let count = |field: &str| usage[field].as_u64().unwrap_or_default();
    assert!(count("prompt_tokens") > 0 && count("completion_tokens") > 0, "{model}: {usage}");
    assert_eq!(
        count("prompt_tokens") + count("completion_tokens"),
        count("total_tokens"),
        "{model}: {usage}"
    );
    assert_eq!(usage["estimated"] == true, estimated, "{model}: {usage}");
}

#[tokio::test]
async fn the_answers_model_is_the_providers_own_string() {
    let world = World::start().await;
    for (asked, said) in
        [("gpt-4o", "gpt-4o"), ("openai/gpt-4o-mini", "gpt-4o-mini"), ("deepseek/other", "other")]
    {
        for stream in [false, true] {
            let reply = ask(&world, asked, stream, json!({})).await;
            assert!(reply.text.contains(&format!("\"model\":\"{said}\"")), "{asked}: {}", reply.text);
        }
    }
    let reply = world.chat(question(ROUTE, false)).await;
    assert_eq!(reply.json()["model"], "gpt-4o", "not the route's name");
}

#[tokio::test]
async fn the_same_question_has_the_same_answer_streamed_and_not() {
    let world = World::start().await;
    for wire in ["openai", "anthropic"] {
        let model = format!("{wire}/plain");
        let streamed = ask(&world, &model, true, json!({})).await;
        let whole = ask(&world, &model, false, json!({})).await;
        assert_eq!(streamed.content(), whole.content(), "{model}");
        assert_eq!(streamed.header("content-type"), "text/event-stream; charset=utf-8");
        assert_eq!(
            (streamed.header("cache-control"), streamed.header("x-accel-buffering")),
            ("no-cache", "no")
        );
        assert_eq!(whole.header("content-type"), "application/json");
    }
}

#[tokio::test]
async fn reasoning_that_is_relayed_commits() {
    let world = World::start().await;
    // It thinks, and falls silent before it speaks: the app has seen its thoughts, so nobody else may answer.
    let targets = json!([{"model": "deepseek/thinker+reasoning+stall=1"}, {"model": "gpt-4o"}]);
    world.route(json!({"name": "r", "targets": targets, "timeouts": {"idle_ms": 300}})).await;
    let reply = ask(&world, "r", true, json!({})).await;
    assert_eq!(reply.header("x-maig-served-by"), "deepseek/thinker+reasoning+stall=1", "{}", reply.text);
    assert!(reply.text.contains("reasoning_content"), "{}", reply.text);
    assert_eq!(reply.stream_error().as_deref(), Some("stream_interrupted"), "{}", reply.text);
}

#[tokio::test]
async fn errors_carry_the_headers_that_answers_carry() {
    let world = World::start().await;
    for model in ["gpt-4o", "claude-3-5-sonnet"] {
        world.sim.always(model, "503").unwrap();
    }
    for stream in [false, true] {
        let reply = world.ask(stream).await;
        assert_eq!(reply.status, 502, "{}", reply.text);
        assert_eq!(reply.header("x-maig-route"), ROUTE);
        assert_eq!(reply.header("x-maig-attempts"), "2");
        assert_eq!(reply.header("x-maig-request-id"), reply.header("x-request-id"));
        assert_eq!(reply.header("content-type"), "application/json");
        let row = world.row_of(&reply).await;
        assert_eq!((row.status, row.attempt_count, row.served_by), (502, 2, None));
    }
}

#[tokio::test]
async fn a_trace_is_continued() {
    let world = World::start().await;
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let reply = world.send(&world.key, &[("traceparent", parent)], question(ROUTE, false)).await;
    assert_eq!(reply.status, 200);
    let sent = world.sim.requests().pop().unwrap();
    let told = sent.header("traceparent").expect("the provider is told the trace");
    assert!(told.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"), "{told}");
    assert!(!told.contains("00f067aa0ba902b7"), "with a span of our own: {told}");
}
