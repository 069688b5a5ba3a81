//! Who is refused, and what is said: each error names the mistake and what to do.

use std::time::Duration;

use http::Request;
use http_body_util::Full;
use maig_core::key::KeyKind;
use maig_store::{KeyLimits, KeyScopes};

use super::phone::{Phone, path, text};
use super::{ask, with_grace};
use crate::world::{Reply, World, question, read};

fn refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (status, code), "{}", reply.text);
    assert_eq!(reply.header("x-should-retry"), "false");
    assert!(!reply.header("x-maig-request-id").is_empty());
    assert_eq!(reply.header("x-maig-stream-id"), "");
}

#[tokio::test]
async fn only_a_stream_can_be_resumable_and_the_header_is_true_or_false() {
    let world = World::start().await;
    for (wish, stream, says) in
        [("true", false, "\"stream\": true"), ("yes", true, "`true` or `false`"), ("1", false, "`true` or")]
    {
        let reply = world.send(&world.key, &[("x-maig-resumable", wish)], question("gpt-4o", stream)).await;
        refused(&reply, 400, "invalid_request");
        assert_eq!(reply.json()["error"]["param"], "x-maig-resumable");
        assert!(reply.json()["error"]["message"].as_str().unwrap().contains(says), "{}", reply.text);
    }
    assert_eq!(world.sim.requests().len(), 0, "nothing was asked of a provider");
    for stream in [false, true] {
        let reply =
            world.send(&world.key, &[("x-maig-resumable", "false")], question("gpt-4o", stream)).await;
        assert_eq!((reply.status.as_u16(), reply.header("x-maig-resumable")), (200, ""));
        assert!(!reply.text.contains("id: "), "{}", reply.text);
    }
}

#[tokio::test]
async fn a_gateway_without_grace_serves_streams_as_they_are_and_says_so() {
    let world = with_grace(Duration::ZERO).await;
    let headers = [("x-maig-resumable", "true")];
    let reply = world.send(&world.key, &headers, question("openai/talker+words=4", true)).await;
    assert_eq!((reply.header("x-maig-resumable"), reply.header("x-maig-stream-id")), ("false", ""));
    assert!(reply.is_done() && reply.content() == "word0 word1 word2 word3", "{}", reply.text);
}

#[tokio::test]
async fn a_stream_of_another_key_or_of_nobody_is_not_found() {
    let world = World::start().await;
    let other = world.mint("other", KeyKind::Live, KeyScopes::default(), KeyLimits::default()).await;
    let phone = ask(&world, "openai/talker+words=400+tps=40").await;
    for key in [&other, &world.test_key] {
        refused(&read(world.get_open(key, &path(&phone.stream), &[]).await).await, 404, "stream_not_found");
    }
    for id in ["5f0c8a3e9b7d4c21a6e0f3b2d1c49e87", "x", "..", "%00"] {
        refused(&world.get(&path(id)).await, 404, "stream_not_found");
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_continued_is_named_as_the_mistake() {
    let world = World::start().await;
    let mut phone = ask(&world, "openai/talker+words=4").await;
    phone.read_all().await;
    let beyond = format!("{}:{}", phone.stream, phone.last + 1);
    let other = "5f0c8a3e9b7d4c21a6e0f3b2d1c49e87:1";
    for event in ["1", "x", other, &format!("{}:", phone.stream), &format!("{}:-1", phone.stream), &beyond] {
        let headers = [("last-event-id", event)];
        let reply = read(world.get_open(&world.key, &path(&phone.stream), &headers).await).await;
        refused(&reply, 400, "invalid_request");
        assert_eq!(reply.json()["error"]["param"], "Last-Event-ID");
    }
}

#[tokio::test]
async fn a_rolled_key_may_come_back_with_either_secret_and_a_revoked_one_not() {
    let world = World::start().await;
    let mut phone = ask(&world, "openai/talker+words=400+tps=40").await;
    assert!(phone.read_events(2).await);
    let new = maig_gateway::mint::mint(KeyKind::Live).unwrap();
    let digest = new.new_digest();
    world
        .change(|mut change, project| async move {
            let key = change.project_keys().by_name(&project, "ios-app").await.unwrap().unwrap();
            change.project_keys().roll(&project, &key.id, digest, 3_600_000_000, None).await.unwrap();
            change
        })
        .await;
    phone.come_back().await;
    let with_new = world.get_open(new.secret.expose(), &path(&phone.stream), &[]).await;
    assert_eq!(with_new.status(), 200);
    drop(with_new);
    world
        .change(|mut change, project| async move {
            let key = change.project_keys().by_name(&project, "ios-app").await.unwrap().unwrap();
            change.project_keys().revoke(&project, &key.id, None).await.unwrap();
            change
        })
        .await;
    refused(&phone.refused().await, 401, "invalid_api_key");
    let with_new = read(world.get_open(new.secret.expose(), &path(&phone.stream), &[]).await).await;
    refused(&with_new, 401, "invalid_api_key");
}

#[tokio::test]
async fn a_suspended_project_is_told_so_when_its_phones_come_back() {
    let world = World::start().await;
    let mut phone = ask(&world, "openai/talker+words=400+tps=40").await;
    assert!(phone.read_events(2).await);
    world
        .change(|mut change, project| async move {
            change.projects().suspend(&project).await.unwrap();
            change
        })
        .await;
    refused(&phone.refused().await, 402, "project_suspended");
}

#[tokio::test]
async fn an_expired_stream_is_gone_and_to_others_was_never_there() {
    let world = with_grace(Duration::from_millis(200)).await;
    let other = world.mint("other", KeyKind::Live, KeyScopes::default(), KeyLimits::default()).await;
    let mut phone = ask(&world, "openai/talker+words=400+tps=40").await;
    assert!(phone.read_events(2).await);
    phone.lose();
    world.row(1).await;
    refused(&phone.refused().await, 410, "stream_expired");
    refused(&read(world.get_open(&other, &path(&phone.stream), &[]).await).await, 404, "stream_not_found");
}

#[tokio::test]
async fn a_head_request_does_not_take_the_stream_from_its_reader() {
    let world = World::start().await;
    let mut phone: Phone<'_> = ask(&world, "openai/talker+words=20+tps=60").await;
    let head = Request::head(format!("{}{}", world.base, path(&phone.stream)))
        .header("authorization", format!("Bearer {}", world.key))
        .body(Full::default())
        .unwrap();
    let reply = world.exchange(head).await;
    assert_eq!((reply.status.as_u16(), text(&reply.headers, "x-maig-stream-id").as_str()), (405, ""));
    phone.read_all().await;
    assert!(phone.is_done(), "{:?}", phone.beside);
}
