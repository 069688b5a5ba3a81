//! The main promise: an app's request is answered while its primary is down, and the app sees an ordinary answer.

use crate::world::{ROUTE, World};

#[tokio::test]
async fn an_ordinary_request_is_answered_by_the_primary() {
    let world = World::start().await;
    for stream in [false, true] {
        let reply = world.ask(stream).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(reply.content().contains("tallest hill"), "{}", reply.text);
        assert_eq!(reply.header("x-maig-served-by"), "openai/gpt-4o");
        assert_eq!(reply.header("x-maig-fallback"), "false");
        assert_eq!(reply.header("x-maig-attempts"), "1");
        assert_eq!(reply.header("x-maig-route"), ROUTE);
        assert_eq!(reply.header("x-maig-request-id"), reply.header("x-request-id"));
        assert_eq!(stream, reply.is_done());
    }
    let rows = world.rows(2).await;
    assert!(
        rows.iter().all(|row| row.status == 200 && row.served_by.as_deref() == Some("openai/gpt-4o")),
        "{rows:?}"
    );
}

#[tokio::test]
async fn an_outage_of_the_primary_is_answered_by_the_fallback() {
    let world = World::start().await;
    for fault in
        ["503", "429", "500", "529", "reset", "error-in-stream", "cut-before-content", "empty", "malformed"]
    {
        for stream in [false, true] {
            world.sim.always("gpt-4o", fault).unwrap();
            let reply = world.ask(stream).await;
            assert_eq!(reply.status, 200, "{fault} {stream}: {}", reply.text);
            assert!(reply.content().contains("tallest hill"), "{fault} {stream}: {}", reply.text);
            assert_eq!(reply.header("x-maig-served-by"), "anthropic/claude-3-5-sonnet", "{fault} {stream}");
            assert_eq!(reply.header("x-maig-fallback"), "true", "{fault} {stream}");
        }
    }
}
