//! Project keys: what is wrong with one, what its scope leaves out, and keys for testing.

use maig_core::key::KeyKind;
use maig_store::{KeyLimits, KeyScopes, NewProjectKey, ProjectKeyUpdate};
use serde_json::{Value, json};

use crate::world::{ROUTE, Reply, World, question, question_with};

async fn ask(world: &World, key: &str, model: &str) -> Reply {
    world.send(key, &[], question(model, false)).await
}

fn refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (status, code), "{}", reply.text);
    assert_eq!(reply.header("x-should-retry"), "false", "{}", reply.text);
    assert!(!reply.header("x-maig-request-id").is_empty(), "{:?}", reply.headers);
}

async fn scoped(world: &World, routes: &[&str], routes_only: bool) -> String {
    let routes = routes.iter().map(|name| (*name).to_owned()).collect();
    let scopes = KeyScopes { routes, routes_only, ..KeyScopes::default() };
    world.mint("scoped", KeyKind::Live, scopes, KeyLimits::default()).await
}

#[tokio::test]
async fn a_key_that_is_none_is_told_what_is_wrong_with_it() {
    let world = World::start().await;
    let mut typo = world.key.clone();
    let last = typo.pop().unwrap();
    typo.push(if last == 'a' { 'b' } else { 'a' });
    let unknown = maig_gateway::mint::mint(KeyKind::Live).unwrap().secret.expose().clone();
    let admin = maig_gateway::mint::mint(KeyKind::Admin).unwrap().secret.expose().clone();
    for (key, says) in [
        (typo.as_str(), "typo"),
        (unknown.as_str(), "Unknown or revoked"),
        (admin.as_str(), "no project key"),
        ("sk-proj-abcdef", "no MAIG key"),
        ("", "key"),
    ] {
        let reply = ask(&world, key, ROUTE).await;
        refused(&reply, 401, "invalid_api_key");
        assert!(reply.text.contains(says), "{says}: {}", reply.text);
        assert!(key.is_empty() || !reply.text.contains(key), "a key is never repeated: {}", reply.text);
    }
    assert!(world.sim.requests().is_empty());
}

#[tokio::test]
async fn a_key_may_also_come_in_anthropics_header() {
    let world = World::start().await;
    let body = bytes::Bytes::from(question(ROUTE, false).to_string());
    let request = http::Request::post(format!("{}/v1/chat/completions", world.base))
        .header("x-api-key", &world.key)
        .body(http_body_util::Full::new(body))
        .unwrap();
    assert_eq!(world.exchange(request).await.status, 200);
}

#[tokio::test]
async fn a_revoked_key_ends_within_a_second() {
    let world = World::start().await;
    assert_eq!(world.ask(false).await.status, 200);
    world
        .change(|mut change, project| async move {
            let key = change.project_keys().by_name(&project, "ios-app").await.unwrap().unwrap();
            change.project_keys().revoke(&project, &key.id, None).await.unwrap();
            change
        })
        .await;
    refused(&world.ask(false).await, 401, "invalid_api_key");
}

#[tokio::test]
async fn an_expired_key_is_told_so() {
    let world = World::start().await;
    world
        .change(|mut change, project| async move {
            let key = change.project_keys().by_name(&project, "ios-app").await.unwrap().unwrap();
            let update =
                ProjectKeyUpdate { expires_at: Some(Some(1_700_000_000_000_000)), ..Default::default() };
            change.project_keys().update(&project, &key.id, None, update).await.unwrap();
            change
        })
        .await;
    let reply = world.ask(false).await;
    refused(&reply, 401, "invalid_api_key");
    assert!(reply.text.contains("expired"), "{}", reply.text);
}

#[tokio::test]
async fn a_rolled_keys_old_form_is_good_for_its_grace_and_no_longer() {
    for (grace, good) in [(3_600_000_000, true), (0, false)] {
        let world = World::start().await;
        let new = maig_gateway::mint::mint(KeyKind::Live).unwrap();
        let digest = new.new_digest();
        world
            .change(|mut change, project| async move {
                let key = change.project_keys().by_name(&project, "ios-app").await.unwrap().unwrap();
                change.project_keys().roll(&project, &key.id, digest, grace, None).await.unwrap();
                change
            })
            .await;
        assert_eq!(ask(&world, new.secret.expose(), ROUTE).await.status, 200);
        assert_eq!(world.ask(false).await.status == 200, good);
    }
}

#[tokio::test]
async fn a_scope_lists_every_name_allowed_inline_names_too() {
    let world = World::start().await;
    let key = scoped(&world, &[ROUTE, "gpt-4o"], false).await;
    for model in [ROUTE, "gpt-4o"] {
        assert_eq!(ask(&world, &key, model).await.status, 200, "{model}");
    }
    refused(&ask(&world, &key, "claude-3-5-sonnet").await, 403, "route_not_allowed");
    for field in ["fallback_models", "models"] {
        let allowed = question_with(ROUTE, false, json!({field: ["gpt-4o"]}));
        assert_eq!(world.send(&key, &[], allowed).await.status, 200, "{field}");
        let beyond = question_with(ROUTE, false, json!({field: ["gpt-4o", "claude-3-5-sonnet"]}));
        refused(&world.send(&key, &[], beyond).await, 403, "route_not_allowed");
    }
}

#[tokio::test]
async fn a_name_outside_the_scope_is_refused_the_same_whether_it_exists_or_not() {
    let world = World::start().await;
    world.route(json!({"name": "secret-plans", "targets": [{"model": "gpt-4o"}]})).await;
    let key = scoped(&world, &[ROUTE], false).await;
    let mut told = Vec::new();
    for name in ["secret-plans", "secret-plant"] {
        let reply = ask(&world, &key, name).await;
        refused(&reply, 403, "route_not_allowed");
        told.push(reply.json()["error"]["message"].as_str().unwrap().replace(name, "NAME"));
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn routes_only_refuses_models_and_every_inline_field() {
    let world = World::start().await;
    let key = scoped(&world, &[], true).await;
    assert_eq!(ask(&world, &key, ROUTE).await.status, 200);
    refused(&ask(&world, &key, "gpt-4o").await, 403, "route_not_allowed");
    for inline in [
        json!({"fallback_models": ["gpt-4o"]}),
        json!({"models": [ROUTE]}),
        json!({"fallback_on": ["timeout"]}),
        json!({"fallback_conditions": {"timeout_ms": 5000}}),
        json!({"fallback_conditions": {"status_codes": [500]}}),
    ] {
        let reply = world.send(&key, &[], question_with(ROUTE, false, inline.clone())).await;
        refused(&reply, 403, "route_not_allowed");
    }
}

#[tokio::test]
async fn a_key_bound_to_platforms_and_bundles_refuses_others() {
    let world = World::start().await;
    let scopes = KeyScopes {
        platforms: vec!["ios".into()],
        bundle_ids: vec!["com.example.shop".into()],
        ..KeyScopes::default()
    };
    let key = world.mint("bound", KeyKind::Live, scopes, KeyLimits::default()).await;
    let body = || question(ROUTE, false);
    let ours = [("x-maig-platform", "iOS"), ("x-maig-bundle-id", "com.example.shop")];
    assert_eq!(world.send(&key, &ours, body()).await.status, 200);
    for wrong in [
        &[("x-maig-platform", "android"), ("x-maig-bundle-id", "com.example.shop")][..],
        &[("x-maig-platform", "ios"), ("x-maig-bundle-id", "com.example.other")],
        &[("x-maig-platform", "ios")],
        &[],
    ] {
        refused(&world.send(&key, wrong, body()).await, 403, "route_not_allowed");
    }
}

#[tokio::test]
async fn an_unknown_name_is_answered_with_the_nearest_of_the_scope() {
    let world = World::start().await;
    world.route(json!({"name": "production-chat-eu", "targets": [{"model": "gpt-4o"}]})).await;
    let reply = ask(&world, &world.key, "production-caht").await;
    refused(&reply, 404, "route_not_found");
    assert!(reply.text.contains("`production-chat`"), "{}", reply.text);
    assert!(reply.text.contains("`production-chat-eu`"), "{}", reply.text);

    let reply = ask(&world, &world.key, "gtp-4o").await;
    refused(&reply, 404, "route_not_found");
    assert!(reply.text.contains("`gpt-4o`"), "{}", reply.text);

    let reply =
        world.chat(question_with(ROUTE, false, json!({"fallback_models": ["nothing-like-it"]}))).await;
    refused(&reply, 404, "route_not_found");
    refused(&ask(&world, &world.key, "auto").await, 404, "route_not_found");
    // As in a file, or in another case.
    for (asked, meant) in [("route:production-chat", "`production-chat`"), ("GPT-4O", "`gpt-4o`")] {
        let reply = ask(&world, &world.key, asked).await;
        refused(&reply, 404, "route_not_found");
        assert!(reply.text.contains(meant), "{}", reply.text);
    }
    assert!(world.sim.requests().is_empty());
}

#[tokio::test]
async fn the_list_of_models_is_the_keys_routes_and_models() {
    let world = World::start().await;
    let ids = |reply: &Reply| -> Vec<String> {
        let list = reply.json();
        assert_eq!(list["object"], "list");
        let text = |model: &Value| model["id"].as_str().unwrap().to_owned();
        list["data"].as_array().unwrap().iter().map(text).collect()
    };
    let all = ids(&world.get("/v1/models").await);
    for name in [ROUTE, "gpt-4o", "claude-3-5-sonnet"] {
        assert!(all.iter().any(|id| id == name), "{name}: {all:?}");
    }
    assert!(!all.iter().any(|id| id.starts_with("grok")), "no account serves these: {all:?}");

    let key = scoped(&world, &[ROUTE, "gpt-4o"], false).await;
    let mut some = ids(&world.get_with(&key, "/v1/models").await);
    some.sort();
    assert_eq!(some, ["gpt-4o", ROUTE]);

    let key = world
        .mint(
            "routes",
            KeyKind::Live,
            KeyScopes { routes_only: true, ..KeyScopes::default() },
            KeyLimits::default(),
        )
        .await;
    assert_eq!(ids(&world.get_with(&key, "/v1/models").await), [ROUTE]);
    refused(&world.get_with("maig_live_none", "/v1/models").await, 401, "invalid_api_key");
}

#[tokio::test]
async fn a_test_key_never_reaches_a_provider() {
    let world = World::start().await;
    for stream in [false, true] {
        let reply = world.send(&world.test_key, &[], question(ROUTE, stream)).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!(reply.header("x-maig-served-by"), "simulator/gpt-4o");
        assert_eq!(reply.header("x-maig-fallback"), "false");
        assert!(reply.content().contains("tallest hill"), "{}", reply.text);
    }
    assert!(world.sim.requests().is_empty(), "the stand-ins of the real providers were not asked");
    assert!(world.rows(2).await.iter().all(|row| row.test));
}

#[tokio::test]
async fn a_test_key_sees_faults_by_a_models_name_and_the_failover() {
    let world = World::start().await;
    let targets = json!([{"model": "openai/gpt-4o+503"}, {"model": "claude-3-5-sonnet"}]);
    world.route(json!({"name": "trouble", "targets": targets})).await;
    for stream in [false, true] {
        let reply = world.send(&world.test_key, &[], question("trouble", stream)).await;
        assert_eq!(reply.header("x-maig-served-by"), "simulator/claude-3-5-sonnet", "{}", reply.text);
        assert_eq!(reply.header("x-maig-attempts"), "2");
        assert_eq!(reply.header("x-maig-fallback"), "true");
        let reply = world.send(&world.test_key, &[], question("openai/gpt-4o+429", stream)).await;
        assert_eq!(reply.error_code(), "all_targets_rate_limited", "{}", reply.text);
        assert!(reply.text.contains("simulator/gpt-4o+429") || reply.attempts().is_empty(), "{}", reply.text);
    }
}

#[tokio::test]
async fn an_outage_that_a_test_key_plays_is_none_for_live_keys() {
    let world = World::start().await;
    for _ in 0..5 {
        let reply = world.send(&world.test_key, &[], question("openai/played+503", false)).await;
        assert_ne!(reply.status, 200);
    }
    world.sim.always("played+503", "ok").unwrap();
    assert_eq!(ask(&world, &world.key, "openai/played+503").await.status, 200);
}

#[tokio::test]
async fn limits_apply_to_test_keys_and_quotas_do_not() {
    let world = World::start().await;
    let limits = KeyLimits { rate: Some("3/hour".into()), monthly_requests: Some(1), ..KeyLimits::default() };
    let key = world.mint("limited", KeyKind::Test, KeyScopes::default(), limits).await;
    for _ in 0..3 {
        assert_eq!(ask(&world, &key, ROUTE).await.status, 200);
    }
    let reply = ask(&world, &key, ROUTE).await;
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (429, "rate_limited"));
}

#[tokio::test]
async fn a_new_key_works_as_soon_as_it_is_in_force() {
    let world = World::start().await;
    let minted = maig_gateway::mint::mint(KeyKind::Live).unwrap();
    let new = NewProjectKey {
        name: "android".into(),
        kind: maig_store::KeyKind::Live,
        digest: minted.new_digest(),
        scopes: KeyScopes::default(),
        limits: KeyLimits::default(),
        expires_at: None,
    };
    assert_eq!(ask(&world, minted.secret.expose(), ROUTE).await.status, 401);
    let begun = std::time::Instant::now();
    world
        .change(|mut change, project| async move {
            change.project_keys().create(&project, new).await.unwrap();
            change
        })
        .await;
    assert!(begun.elapsed().as_millis() < 1500, "a second is what is promised: {:?}", begun.elapsed());
    assert_eq!(ask(&world, minted.secret.expose(), ROUTE).await.status, 200);
}
