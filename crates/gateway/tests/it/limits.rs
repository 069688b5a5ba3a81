//! Limits and quotas (CONTRACT §6), as an app meets them.

use std::time::{Duration, Instant};

use maig_core::key::KeyKind;
use maig_store::{KeyLimits, KeyScopes, ProjectLimits, ProjectUpdate};
use serde_json::json;

use crate::world::{ROUTE, Reply, World, question, question_with};

async fn key(world: &World, kind: KeyKind, limits: KeyLimits) -> String {
    world.mint("limited", kind, KeyScopes::default(), limits).await
}

async fn ask(world: &World, key: &str, headers: &[(&str, &str)]) -> Reply {
    world.send(key, headers, question(ROUTE, false)).await
}

fn rate(rate: &str) -> KeyLimits {
    KeyLimits { rate: Some(rate.into()), ..KeyLimits::default() }
}

fn refused(reply: &Reply, code: &str, retry: &str) {
    assert_eq!(reply.status, 429, "{}", reply.text);
    assert_eq!(reply.error_code(), code, "{}", reply.text);
    assert_eq!(reply.header("x-should-retry"), retry, "{}", reply.text);
    assert!(reply.header("retry-after").parse::<u64>().unwrap() >= 1, "{:?}", reply.headers);
    assert!(!reply.header("x-maig-request-id").is_empty());
    assert!(reply.json()["error"].get("attempts").is_none(), "nothing was dispatched: {}", reply.text);
}

#[tokio::test]
async fn a_rate_is_a_bucket_that_refuses_with_the_wait() {
    let world = World::start().await;
    let key = key(&world, KeyKind::Live, rate("3/hour")).await;
    for _ in 0..3 {
        assert_eq!(ask(&world, &key, &[]).await.status, 200);
    }
    let reply = ask(&world, &key, &[]).await;
    refused(&reply, "rate_limited", "true");
    assert!((1..=1200).contains(&reply.header("retry-after").parse::<u64>().unwrap()), "a third of an hour");
    assert_eq!(world.asked("gpt-4o"), 3);
    let row = world.row(4).await;
    assert_eq!((row.status, row.error_code.as_deref()), (429, Some("rate_limited")));
}

#[tokio::test]
async fn a_bucket_fills_again() {
    let world = World::start().await;
    let key = key(&world, KeyKind::Live, rate("60/min")).await;
    for _ in 0..60 {
        assert_eq!(ask(&world, &key, &[]).await.status, 200);
    }
    // While those sixty were asked, a few may have come back.
    let begun = Instant::now();
    while ask(&world, &key, &[]).await.status == 200 {
        assert!(begun.elapsed() < Duration::from_secs(5), "one a second comes back, and no more");
    }
    tokio::time::sleep(Duration::from_millis(1050)).await;
    assert_eq!(ask(&world, &key, &[]).await.status, 200);
}

#[tokio::test]
async fn one_request_counts_once_however_many_attempts() {
    let world = World::start().await;
    world.sim.always("gpt-4o", "503").unwrap();
    let key = key(&world, KeyKind::Live, rate("2/hour")).await;
    for stream in [false, true] {
        let reply = world.send(&key, &[], question(ROUTE, stream)).await;
        assert_eq!(reply.header("x-maig-attempts"), "2", "{}", reply.text);
    }
    refused(&ask(&world, &key, &[]).await, "rate_limited", "true");
}

#[tokio::test]
async fn a_request_that_no_target_answered_is_handed_back() {
    let world = World::start().await;
    let limits =
        KeyLimits { rate: Some("1/hour".into()), monthly_requests: Some(1), per_user: Some("1/hour".into()) };
    let key = key(&world, KeyKind::Live, limits).await;
    for n in 0..4 {
        for stream in [false, true] {
            let body =
                question_with(&format!("openai/down-{n}-{stream}+503"), stream, json!({"user": "ann"}));
            assert_eq!(world.send(&key, &[], body).await.status, 502, "each is handed back");
        }
    }
    let body = question_with(ROUTE, true, json!({"user": "ann"}));
    assert_eq!(world.send(&key, &[], body.clone()).await.status, 200);
    refused(&world.send(&key, &[], body).await, "rate_limited", "true");
}

#[tokio::test]
async fn a_refusal_by_one_limit_takes_nothing_from_another() {
    let world = World::start().await;
    let limits =
        KeyLimits { rate: Some("2/hour".into()), per_user: Some("1/hour".into()), ..KeyLimits::default() };
    let key = key(&world, KeyKind::Live, limits).await;
    let ann = [("x-maig-user", "ann")];
    assert_eq!(ask(&world, &key, &ann).await.status, 200);
    for _ in 0..3 {
        refused(&ask(&world, &key, &ann).await, "rate_limited", "true");
    }
    assert_eq!(ask(&world, &key, &[("x-maig-user", "bob")]).await.status, 200, "the key has one left");
}

#[tokio::test]
async fn a_monthly_quota_ends_until_the_first() {
    let world = World::start().await;
    let limits = KeyLimits { monthly_requests: Some(2), ..KeyLimits::default() };
    let key = key(&world, KeyKind::Live, limits).await;
    for stream in [false, true] {
        assert_eq!(world.send(&key, &[], question(ROUTE, stream)).await.status, 200);
    }
    let reply = ask(&world, &key, &[]).await;
    refused(&reply, "quota_exhausted", "false");
    assert!(reply.header("retry-after").parse::<u64>().unwrap() <= 31 * 24 * 3600);
}

#[tokio::test]
async fn each_end_user_has_a_limit_of_their_own_and_must_be_named() {
    let world = World::start().await;
    let limits = KeyLimits { per_user: Some("1/hour".into()), ..KeyLimits::default() };
    let key = key(&world, KeyKind::Live, limits).await;
    let reply = ask(&world, &key, &[]).await;
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (400, "invalid_request"));
    assert!(reply.text.contains("x-maig-user"), "the header is named: {}", reply.text);

    assert_eq!(ask(&world, &key, &[("x-maig-user", "ann")]).await.status, 200);
    refused(&ask(&world, &key, &[("x-maig-user", "ann")]).await, "rate_limited", "true");
    assert_eq!(ask(&world, &key, &[("x-maig-user", "bob")]).await.status, 200);
    let body = question_with(ROUTE, false, json!({"user": "cleo"}));
    assert_eq!(world.send(&key, &[], body.clone()).await.status, 200, "the body's user counts too");
    refused(&world.send(&key, &[], body.clone()).await, "rate_limited", "true");
    assert_eq!(
        world.send(&key, &[("x-maig-user", "dan")], body).await.status,
        200,
        "the header goes before the body"
    );
}

#[tokio::test]
async fn a_projects_limits_stand_above_its_keys() {
    for (limits, code, retry) in [
        (ProjectLimits { rate: Some("2/hour".into()), monthly_requests: None }, "rate_limited", "true"),
        (ProjectLimits { rate: None, monthly_requests: Some(2) }, "quota_exhausted", "false"),
    ] {
        let world = World::start().await;
        let other = key(&world, KeyKind::Live, KeyLimits::default()).await;
        world
            .change(|mut change, project| async move {
                let update = ProjectUpdate { limits: Some(limits), ..ProjectUpdate::default() };
                change.projects().update(&project, None, update).await.unwrap();
                change
            })
            .await;
        assert_eq!(ask(&world, &other, &[]).await.status, 200);
        assert_eq!(world.ask(true).await.status, 200);
        refused(&world.ask(false).await, code, retry);
        refused(&ask(&world, &other, &[]).await, code, retry);
    }
}

#[tokio::test]
async fn a_suspended_project_is_told_so_and_can_be_resumed() {
    let world = World::start().await;
    let suspend = async |on: bool| {
        world
            .change(|mut change, project| async move {
                let mut projects = change.projects();
                match on {
                    true => projects.suspend(&project).await.unwrap(),
                    false => projects.resume(&project).await.unwrap(),
                };
                change
            })
            .await;
    };
    suspend(true).await;
    for key in [&world.key, &world.test_key] {
        let reply = ask(&world, key, &[]).await;
        assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (402, "project_suspended"));
        assert_eq!(reply.header("x-should-retry"), "false");
    }
    suspend(false).await;
    assert_eq!(world.ask(false).await.status, 200);
}

#[tokio::test]
async fn a_change_of_configuration_hands_nobody_a_fresh_bucket() {
    let world = World::start().await;
    let limits = KeyLimits { rate: Some("1/hour".into()), monthly_requests: Some(1), ..KeyLimits::default() };
    let key = key(&world, KeyKind::Live, limits).await;
    assert_eq!(ask(&world, &key, &[]).await.status, 200);
    world.route(json!({"name": "unrelated", "targets": [{"model": "gpt-4o"}]})).await;
    refused(&ask(&world, &key, &[]).await, "rate_limited", "true");
}
