//! What a resumable stream looks like: its head, its ids, its comments.

use std::time::{Duration, Instant};

use serde_json::json;

use super::ask;
use super::phone::{Phone, open, text};
use crate::world::{ROUTE, World, question_with, read};

#[tokio::test]
async fn every_event_has_an_id_that_counts_from_one_and_says_what_a_plain_stream_says() {
    let world = World::start().await;
    for wire in ["openai", "anthropic", "gemini"] {
        let model = format!("{wire}/whole+words=9");
        let plain = world.chat(question_with(&model, true, json!({}))).await;
        assert!(!plain.text.contains("id: "), "{}", plain.text);
        assert_eq!(plain.header("x-maig-resumable"), "");
        let mut phone = ask(&world, &model).await;
        phone.read_all().await;
        assert_eq!(phone.text(), plain.content(), "{wire}");
        assert!(phone.is_done(), "{:?}", phone.data);
        assert_eq!(phone.data.len(), plain.frames().len(), "{wire}");
        assert_eq!(phone.last, phone.data.len() as u64);
        assert!(phone.beside.iter().all(|beside| beside == ": keep-alive"), "{:?}", phone.beside);
    }
}

#[tokio::test]
async fn the_heads_say_the_same_at_the_beginning_and_after_coming_back() {
    let world = World::start().await;
    let first = open(&world, &world.key, ROUTE).await;
    let head = first.headers().clone();
    drop(first);
    for (name, expect) in [
        ("content-type", "text/event-stream; charset=utf-8"),
        ("cache-control", "no-cache"),
        ("x-accel-buffering", "no"),
        ("x-maig-route", ROUTE),
        ("x-maig-served-by", "openai/gpt-4o"),
        ("x-maig-attempts", "1"),
        ("x-maig-fallback", "false"),
        ("x-maig-resumable", "true"),
    ] {
        assert_eq!(text(&head, name), expect, "{name}");
    }
    let path = super::phone::path(&text(&head, "x-maig-stream-id"));
    let again = read(world.get_open(&world.key, &path, &[]).await).await;
    for (name, value) in &head {
        if name != "date" && name != "transfer-encoding" {
            assert_eq!(again.headers.get(name), Some(value), "{name}");
        }
    }
    assert!(again.text.ends_with("data: [DONE]\n\n"), "{}", again.text);
}

#[tokio::test]
async fn a_phone_has_the_streams_id_after_a_second_and_can_come_back_before_the_first_event() {
    let world = World::start().await;
    let targets = json!([{"model": "openai/down+slow=1500ms+503"}, {"model": "anthropic/other+slow=500ms"}]);
    world.route(json!({"name": "slow", "targets": targets})).await;
    let begun = Instant::now();
    let mut phone = ask(&world, "slow").await;
    assert!((900..1450).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    phone.lose();
    tokio::time::sleep(Duration::from_millis(100)).await;
    phone.come_back().await;
    phone.read_all().await;
    assert!(phone.is_done(), "{:?}", phone.data);
    assert_eq!(phone.beside[0], ": keep-alive", "a reader without anything to read hears so at once");
    let comment = json!({"served_by": "anthropic/other+slow=500ms", "attempts": 2, "fallback": true});
    assert_eq!(phone.beside[1], format!(": maig {comment}"));
    // The comment belongs to the first event, and comes again with it.
    let mut twin = phone.twin();
    twin.come_back().await;
    twin.read_all().await;
    assert_eq!((&twin.data, &twin.beside[0]), (&phone.data, &phone.beside[1]));
}

#[tokio::test]
async fn what_fails_within_the_first_second_has_its_status_and_later_errors_are_events_with_ids() {
    let world = World::start().await;
    let reply = read(open(&world, &world.key, "openai/down+503").await).await;
    assert_eq!((reply.status.as_u16(), reply.error_code().as_str()), (502, "all_targets_failed"));
    assert_eq!((reply.header("x-maig-stream-id"), reply.header("x-maig-resumable")), ("", ""));

    let late = "openai/late+slow=1200ms+429+retry-after=7";
    let mut phone = ask(&world, late).await;
    phone.lose();
    phone.come_back().await;
    phone.read_all().await;
    let error = phone.error();
    assert_eq!(error["code"], "all_targets_rate_limited", "{error}");
    assert_eq!((&error["status"], &error["retry_after"]), (&json!(429), &json!(7)), "{error}");
    assert_eq!(phone.last, 1);
    let row = world.rows(2).await.remove(0);
    assert_eq!((row.status, row.error_code.as_deref()), (429, Some("all_targets_rate_limited")));
}

#[tokio::test]
async fn leaving_before_the_head_cancels_the_request_at_once() {
    let world = World::start().await;
    let asked = open(&world, &world.key, "openai/mute+hang");
    assert!(tokio::time::timeout(Duration::from_millis(300), asked).await.is_err());
    assert!(world.sim.wait_until(Duration::from_millis(200), |sim| sim.departures().len() == 1).await);
    let row = world.row(1).await;
    assert_eq!((row.status, row.error_code.as_deref()), (499, None), "{row:?}");
}

#[tokio::test]
async fn pages_of_named_origins_may_read_the_streams_id_and_come_back() {
    let world = World::with(|settings| settings.cors_origins = vec!["https://app.example".into()]).await;
    let mut phone = Phone::ask(&world, &world.key, "openai/whole+words=3").await;
    let origin = ("origin", "https://app.example");
    let answer = world.get_open(&world.key, &super::phone::path(&phone.stream), &[origin]).await;
    assert_eq!(text(answer.headers(), "access-control-allow-origin"), "https://app.example");
    let exposed = text(answer.headers(), "access-control-expose-headers");
    for name in ["x-maig-stream-id", "x-maig-resumable", "x-maig-request-id"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    drop(answer);
    phone.come_back().await;
    phone.read_all().await;
    assert!(phone.is_done());
}
