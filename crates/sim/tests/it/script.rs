//! Scripts and records, from Rust and over HTTP.

use maig_sim::Sim;
use serde_json::json;

use crate::client::{Wire, send, send_as};

#[tokio::test]
async fn a_script_is_played_in_its_order_and_then_always() {
    let sim = Sim::start().await.unwrap();
    sim.script("gpt-4o", ["503", "ok", "429"]).unwrap();
    sim.always("gpt-4o", "404").unwrap();
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(Wire::OpenAi.ask(&sim, "", false).await.status.unwrap());
    }
    assert_eq!(statuses, [503, 200, 429, 404, 404]);
    assert_eq!(Wire::Anthropic.ask(&sim, "", false).await.status, Some(200));
    sim.clear();
    assert_eq!(Wire::OpenAi.ask(&sim, "", false).await.status, Some(200));
    assert!(sim.script("gpt-4o", ["nonsense"]).is_err());
}

#[tokio::test]
async fn what_arrived_can_be_looked_at() {
    let sim = Sim::start().await.unwrap();
    Wire::OpenAi.ask(&sim, "", false).await;
    Wire::Gemini.ask(&sim, "503", true).await;
    let requests = sim.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].header("authorization"), Some("Bearer sk-any"));
    assert_eq!(requests[0].json()["messages"][0]["content"], "Hello there");
    assert_eq!(requests[1].model.as_deref(), Some("gemini-2.5-pro+503"));
    assert_eq!(requests[1].query, "alt=sse");
    assert_eq!(sim.requests_for("gpt-4o").len(), 1);
}

#[tokio::test]
async fn other_programs_script_over_http() {
    let sim = Sim::start().await.unwrap();
    let put = |body: serde_json::Value| {
        let address = sim.address();
        async move { send_as("PUT", address, "/_sim/script", &[], body.to_string().as_bytes()).await.status }
    };
    assert_eq!(put(json!({ "gpt-4o": { "next": ["503"], "always": "429" } })).await, Some(200));
    assert_eq!(put(json!({ "gpt-4o": ["nonsense"] })).await, Some(400));
    assert_eq!(Wire::OpenAi.ask(&sim, "", false).await.status, Some(503));
    assert_eq!(Wire::OpenAi.ask(&sim, "", false).await.status, Some(429));
    send_as("DELETE", sim.address(), "/_sim/script", &[], b"").await;
    assert_eq!(Wire::OpenAi.ask(&sim, "", false).await.status, Some(200));
    let requests = send(sim.address(), "/_sim/requests", &[], b"").await.json();
    assert_eq!(requests["requests"].as_array().unwrap().len(), 3);
    assert_eq!(requests["requests"][0]["body"]["model"], "gpt-4o");
    let faults = send(sim.address(), "/_sim/faults", &[], b"").await;
    assert!(faults.text().contains("cut-before-content"));
}

#[tokio::test]
async fn a_private_simulator_is_found_only_by_its_url_and_keeps_nothing() {
    let sim = Sim::start_private().await.unwrap();
    let body = Wire::OpenAi.body("anything+words=2", false, "secret prompt").to_string();
    let base = sim.openai_base();
    let path = base.split_once(&sim.address().to_string()).unwrap().1;
    let found = send(sim.address(), &format!("{path}/chat/completions"), &[], body.as_bytes()).await;
    assert_eq!(Wire::OpenAi.said(&found), "word0 word1");
    let lost = send(sim.address(), "/simulator/v1/chat/completions", &[], body.as_bytes()).await;
    assert_eq!(lost.status, Some(404));
    assert!(sim.requests().is_empty());
}

#[tokio::test]
async fn a_required_key_is_the_only_one() {
    let sim = Sim::start().await.unwrap();
    sim.require_key("sk-other");
    assert_eq!(Wire::OpenAi.ask(&sim, "", false).await.status, Some(401));
    sim.require_key("sk-any");
    assert_eq!(Wire::OpenAi.ask(&sim, "", false).await.status, Some(200));
}
