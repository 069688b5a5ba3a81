//! CONTRACT §5, row by row: what each way of failing becomes for a request whose target stands alone, and for one that
//! has another target behind it. Every row runs streamed and not, on each wire that can fail that way.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinSet;

use crate::world::{Reply, World, question_with};

/// What a fault of the first target leads to.
#[derive(Clone, Copy)]
struct Row {
    /// In the simulator's words.
    fault: &'static str,
    kind: &'static str,
    /// The provider's status, as the attempt tells it.
    tried: Option<u64>,
    /// What the app is told when nobody else can answer.
    status: u16,
    code: &'static str,
    /// Whether the next target is asked, with the default `retry_on`.
    falls_over: bool,
}

const fn row(
    fault: &'static str,
    kind: &'static str,
    tried: Option<u64>,
    status: u16,
    code: &'static str,
    falls_over: bool,
) -> Row {
    Row { fault, kind, tried, status, code, falls_over }
}

const FAILED: &str = "all_targets_failed";
const LIMITED: &str = "all_targets_rate_limited";
const LATE: &str = "all_targets_timed_out";

/// Tells each row on each wire, all at once, with breakers of its own: a model's name is used once.
async fn check(wires: &[&'static str], rows: &[Row], streamed: &[bool]) {
    let world = Arc::new(World::start().await);
    let mut stories = JoinSet::new();
    for (n, row) in rows.iter().enumerate() {
        for wire in wires {
            for stream in streamed {
                stories.spawn(tell(Arc::clone(&world), *row, wire, n, *stream));
            }
        }
    }
    while let Some(told) = stories.join_next().await {
        told.unwrap();
    }
}

async fn tell(world: Arc<World>, row: Row, wire: &str, n: usize, stream: bool) {
    let model = format!("{wire}/alone-{n}-{stream}+{}", row.fault);
    let reply = world.chat(question_with(&model, stream, short_clock())).await;
    refused(&reply, &model, &row);

    let model = format!("{wire}/first-{n}-{stream}+{}", row.fault);
    let other = format!("other-{wire}-{n}-{stream}");
    let fallback = format!("deepseek/{other}");
    let mut more = short_clock();
    more["fallback_models"] = json!([fallback]);
    let reply = world.chat(question_with(&model, stream, more)).await;
    if !row.falls_over {
        refused(&reply, &model, &row);
        assert_eq!(world.asked(&other), 0, "{model}: the next target was asked");
        return;
    }
    assert_eq!(reply.status, 200, "{model}: {}", reply.text);
    assert_eq!(reply.header("x-maig-served-by"), fallback, "{model}");
    assert_eq!(reply.header("x-maig-attempts"), "2", "{model}");
    assert_eq!(reply.header("x-maig-fallback"), "true", "{model}");
    assert_eq!(reply.content(), format!("{other} heard: What is the tallest hill?"), "{model}");
    assert_eq!(stream, reply.is_done(), "{model}");
}

fn refused(reply: &Reply, model: &str, row: &Row) {
    assert_eq!(reply.status, row.status, "{model}: {}", reply.text);
    assert_eq!(reply.error_code(), row.code, "{model}: {}", reply.text);
    assert_eq!(reply.header("x-maig-attempts"), "1", "{model}: {}", reply.text);
    assert_eq!(
        reply.attempts(),
        [(model.to_owned(), row.kind.to_owned(), row.tried)],
        "{model}: {}",
        reply.text
    );
    let error = &reply.json()["error"];
    assert!(error["message"].as_str().is_some_and(|message| message.len() > 10), "{model}: {error}");
    assert!(
        error["type"].is_string() && error.as_object().unwrap().contains_key("param"),
        "{model}: {error}"
    );
    let shown = format!("{} {:?}", reply.text, reply.headers);
    assert!(!shown.contains("secret-of") && !shown.contains("127.0.0.1"), "{model}: {shown}");
    assert_eq!(reply.header("x-should-retry"), "false", "{model}: {}", reply.text);
    assert_eq!(row.code == LIMITED, reply.headers.contains_key("retry-after"), "{model}");
}

/// Silence is given up soon; everything else answers sooner than that.
fn short_clock() -> serde_json::Value {
    json!({"fallback_conditions": {"timeout_ms": 400}})
}

const ALL: [&str; 3] = ["openai", "anthropic", "gemini"];
const BOTH: [bool; 2] = [false, true];

#[tokio::test]
async fn a_connection_that_dies_before_the_head_is_answered_by_the_next_target() {
    let rows =
        [row("reset", "connect", None, 502, FAILED, true), row("close", "connect", None, 502, FAILED, true)];
    check(&ALL, &rows, &BOTH).await;
}

#[tokio::test]
async fn a_providers_5xx_is_answered_by_the_next_target() {
    let rows = [
        row("500", "server_error", Some(500), 502, FAILED, true),
        row("502", "server_error", Some(502), 502, FAILED, true),
        row("503", "server_error", Some(503), 502, FAILED, true),
        row("529", "server_error", Some(529), 502, FAILED, true),
        row("504+html", "server_error", Some(504), 502, FAILED, true),
        row("html", "server_error", Some(502), 502, FAILED, true),
        row("error-in-200", "server_error", Some(500), 502, FAILED, true),
    ];
    check(&ALL, &rows, &BOTH).await;
}

#[tokio::test]
async fn an_error_event_before_content_is_answered_by_the_next_target() {
    for (wire, status) in [("openai", 503), ("anthropic", 529), ("gemini", 503)] {
        let rows = [row("error-in-stream=0", "server_error", Some(status), 502, FAILED, true)];
        check(&[wire], &rows, &[true]).await;
    }
}

#[tokio::test]
async fn a_rate_limit_is_answered_by_the_next_target() {
    let rows = [
        row("429", "rate_limit", Some(429), 429, LIMITED, true),
        row("429+retry-after=7", "rate_limit", Some(429), 429, LIMITED, true),
        row("402", "rate_limit", Some(402), 429, LIMITED, true),
    ];
    check(&ALL, &rows, &BOTH).await;
}

#[tokio::test]
async fn silence_is_answered_by_the_next_target() {
    let rows = [
        row("hang", "timeout", None, 504, LATE, true),
        row("hang-after-head", "timeout", None, 504, LATE, true),
        row("stall=0", "timeout", None, 504, LATE, true),
        row("slow=5s", "timeout", None, 504, LATE, true),
        row("408", "timeout", Some(408), 504, LATE, true),
        row("slow-head-forever", "timeout", None, 504, LATE, true),
    ];
    check(&ALL[..2], &rows, &BOTH).await;
}

#[tokio::test]
async fn rubbish_is_answered_by_the_next_target() {
    let rows = [
        row("malformed", "bad_response", None, 502, FAILED, true),
        row("empty-body", "bad_response", None, 502, FAILED, true),
        row("cut-before-content", "bad_response", None, 502, FAILED, true),
        row("cut=9+rst", "bad_response", None, 502, FAILED, true),
        row("bad-head", "bad_response", None, 502, FAILED, true),
        row("flood-head", "bad_response", None, 502, FAILED, true),
    ];
    check(&ALL, &rows, &BOTH).await;
}

#[tokio::test]
async fn an_answer_without_choices_is_answered_by_the_next_target() {
    // Anthropic's wire has none: its like is an empty answer.
    check(&["openai", "gemini"], &[row("no-choices", "bad_response", None, 502, FAILED, true)], &BOTH).await;
}

#[tokio::test]
async fn an_empty_answer_is_answered_by_the_next_target_and_given_as_it_is_by_the_last() {
    let world = World::start().await;
    for wire in ALL {
        for stream in BOTH {
            let model = format!("{wire}/silent-{stream}+empty");
            let reply = world
                .chat(question_with(&model, stream, json!({"fallback_models": ["deepseek/other"]})))
                .await;
            assert_eq!(reply.header("x-maig-served-by"), "deepseek/other", "{model}: {}", reply.text);

            let reply = world.chat(question_with(&model, stream, json!({}))).await;
            assert_eq!(reply.status, 200, "{model}: {}", reply.text);
            assert_eq!(reply.header("x-maig-served-by"), model, "{model}: {}", reply.text);
            assert_eq!(reply.content(), "", "{model}: {}", reply.text);
            assert_eq!(reply.is_done(), stream, "{model}: {}", reply.text);
        }
    }
}

#[tokio::test]
async fn an_answer_cut_by_length_or_by_a_filter_is_an_answer() {
    let world = World::start().await;
    for wire in ALL {
        for (fault, finish) in [("length", "length"), ("filtered", "content_filter")] {
            for stream in BOTH {
                let model = format!("{wire}/some-{stream}+{fault}");
                let more = json!({"fallback_models": ["deepseek/other"]});
                let reply = world.chat(question_with(&model, stream, more)).await;
                assert_eq!(reply.header("x-maig-served-by"), model, "{}", reply.text);
                let said = format!("\"finish_reason\":\"{finish}\"");
                assert!(reply.text.contains(&said), "{model}: {}", reply.text);
            }
        }
    }
}

#[tokio::test]
async fn a_prompt_beyond_the_window_is_told_to_the_app() {
    let rows = [row("context", "context_window", Some(400), 400, "context_length_exceeded", false)];
    check(&ALL, &rows, &BOTH).await;
}

#[tokio::test]
async fn a_refusal_by_policy_is_told_to_the_app() {
    let rows = [row("policy", "content_policy", Some(400), 400, "content_policy_violation", false)];
    check(&ALL[..1], &rows, &BOTH).await;
}

#[tokio::test]
async fn a_bad_provider_key_is_the_gateways_fault_and_not_the_apps() {
    let openai = [row("auth", "provider_auth", Some(401), 502, "provider_auth_failed", false)];
    check(&ALL[..2], &openai, &BOTH).await;
    let gemini = [row("auth", "provider_auth", Some(400), 502, "provider_auth_failed", false)];
    check(&ALL[2..], &gemini, &BOTH).await;
}

#[tokio::test]
async fn a_model_that_is_gone_is_answered_by_the_next_target() {
    let rows = [row("404", "model_unavailable", Some(404), 502, FAILED, true)];
    check(&ALL, &rows, &BOTH).await;
}

#[tokio::test]
async fn any_other_4xx_goes_to_the_app_as_it_is() {
    let world = World::start().await;
    for (fault, status) in [("400", 400), ("409", 409), ("422", 422)] {
        for wire in ALL {
            for stream in BOTH {
                let model = format!("{wire}/wrong-{stream}+{fault}");
                let body = question_with(&model, stream, json!({"fallback_models": ["deepseek/stand-in"]}));
                let reply = world.chat(body).await;
                assert_eq!(reply.status, status, "{model}: {}", reply.text);
                assert_eq!(
                    reply.attempts(),
                    [(model.clone(), "invalid_request".to_owned(), Some(status.into()))],
                    "{model}"
                );
                assert_eq!(reply.header("x-should-retry"), "false");
            }
        }
    }
    assert_eq!(world.asked("stand-in"), 0);
}
