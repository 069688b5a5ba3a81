//! An app that leaves for good: the provider knows at once, and the stream is gone.

use std::time::{Duration, Instant};

use http::{Method, Request};
use http_body_util::Full;
use maig_core::key::KeyKind;
use maig_store::{KeyLimits, KeyScopes};

use super::ask;
use super::phone::path;
use crate::world::{Reply, World};

async fn delete(world: &World, key: &str, stream: &str) -> Reply {
    let request = Request::builder().method(Method::DELETE).uri(format!("{}{}", world.base, path(stream)));
    let request = request.header("authorization", format!("Bearer {key}")).body(Full::default()).unwrap();
    world.exchange(request).await
}

#[tokio::test]
async fn leaving_for_good_cancels_the_provider_at_once() {
    let world = World::start().await;
    let mut phone = ask(&world, "openai/talker+words=400+tps=40").await;
    assert!(phone.read_events(3).await);
    let other = world.mint("other", KeyKind::Live, KeyScopes::default(), KeyLimits::default()).await;
    assert_eq!(delete(&world, &other, &phone.stream).await.error_code(), "stream_not_found");
    assert_eq!(world.sim.departures().len(), 0, "another key ends nothing");

    phone.lose();
    let left = Instant::now();
    assert_eq!(delete(&world, &world.key, &phone.stream).await.status.as_u16(), 204);
    let known = world.sim.wait_until(Duration::from_secs(5), |sim| sim.departures().len() == 1).await;
    assert!(known && left.elapsed() < Duration::from_millis(100), "known after {:?}", left.elapsed());
    let row = world.row(1).await;
    assert_eq!((row.status, row.client_gone, row.error_code.as_deref()), (499, true, None), "{row:?}");

    assert_eq!(phone.refused().await.error_code(), "stream_expired");
    assert_eq!(delete(&world, &world.key, &phone.stream).await.status.as_u16(), 204, "it is over already");
}
