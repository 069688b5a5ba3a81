//! Every word of the table, as a client sees it: once a row, whole and streamed where both say something.

use std::time::Duration;

use maig_sim::{Sim, WORDS};

use crate::client::{End, Seen, WIRES, Wire};

const HEARD: &str = "gpt-4o heard: Hello there";

struct Row {
    words: &'static str,
    stream: bool,
    what: &'static str,
    holds: fn(&Seen) -> bool,
}

macro_rules! rows {
    ($($words:literal $mode:ident $what:literal $holds:expr;)*) => {
        &[$(Row { words: $words, stream: stringify!($mode).len() == "stream".len(), what: $what, holds: $holds },)*]
    };
}

fn said(seen: &Seen) -> String {
    Wire::OpenAi.said(seen)
}

fn done(seen: &Seen) -> bool {
    seen.text().ends_with("data: [DONE]\n\n")
}

fn finishes(seen: &Seen) -> bool {
    seen.text().contains("\"finish_reason\":\"")
}

/// On OpenAI's wire.
const ROWS: &[Row] = rows! {
    "slow=300ms" whole "a late head" |s| s.first.unwrap() >= Duration::from_millis(300) && said(s) == HEARD;
    "reset" whole "a reset without a byte" |s| s.end == End::Reset && s.raw.is_empty();
    "close" whole "an end without a byte" |s| s.end == End::Eof && s.raw.is_empty();
    "hang" stream "nothing" |s| s.end == End::Silent && s.raw.is_empty();
    "slow-head-forever" whole "header lines, no head" |s| s.status.is_none() && s.reads > 10 && s.raw.len() < 10_000;
    "flood-head" whole "header lines without end" |s| s.status.is_none() && s.raw.len() > 1 << 20;
    "bad-head" whole "no HTTP" |s| s.status.is_none() && s.end == End::Eof && !s.raw.is_empty();
    "503" whole "503" |s| s.status == Some(503) && s.json()["error"]["message"].is_string();
    "status=404" stream "404" |s| s.status == Some(404) && s.json()["error"]["code"] == "model_not_found";
    "408" whole "408" |s| s.status == Some(408);
    "529" whole "529" |s| s.status == Some(529);
    "429+retry-after=2" whole "429 and a wait" |s| s.status == Some(429) && s.header("retry-after") == Some("2");
    "quota" whole "an empty account" |s| s.status == Some(429) && s.json()["error"]["code"] == "insufficient_quota";
    "auth" whole "a bad key" |s| s.status == Some(401) && s.json()["error"]["code"] == "invalid_api_key";
    "context" whole "too long" |s| s.status == Some(400) && s.json()["error"]["code"] == "context_length_exceeded";
    "policy" whole "refused" |s| s.status == Some(400) && s.json()["error"]["code"] == "content_policy_violation";
    "html" whole "a page" |s| s.status == Some(502) && s.text().starts_with("<html>");
    "503+html" whole "a page with a status" |s| s.status == Some(503) && s.text().starts_with("<html>");
    "error-in-200" whole "an error under 200" |s| s.status == Some(200) && s.json()["error"]["type"] == "server_error";
    "error-in-stream" stream "an error first" |s| said(s).is_empty() && s.frames().last().unwrap()["error"].is_object() && !done(s) && s.end == End::Complete;
    "error-in-stream=2" stream "an error after content" |s| said(s) == "gpt-4o heard:" && s.frames().last().unwrap()["error"].is_object() && !done(s);
    "error-in-stream=2" whole "the HTTP error" |s| s.status == Some(503);
    "quota+error-in-stream=1" stream "its own error" |s| s.frames().last().unwrap()["error"]["code"] == "insufficient_quota";
    "hang-after-head" stream "a head" |s| s.status == Some(200) && s.body.is_empty() && s.end == End::Silent;
    "hang-after-head" whole "a head" |s| s.status == Some(200) && s.body.is_empty() && s.end == End::Silent;
    "empty-body" whole "no byte" |s| s.status == Some(200) && s.body.is_empty() && s.end == End::Complete;
    "empty-body" stream "no byte" |s| s.status == Some(200) && s.body.is_empty() && s.end == End::Complete;
    "malformed" whole "half of the JSON" |s| s.status == Some(200) && s.json().is_null() && s.end == End::Complete;
    "malformed" stream "no frame that parses" |s| s.frames().is_empty() && s.text().matches("data: ").count() > 3;
    "no-choices" whole "an empty list" |s| s.json()["choices"].as_array().unwrap().is_empty();
    "no-choices" stream "no choice" |s| !s.text().contains("delta") && done(s);
    "empty" whole "no text" |s| s.json()["choices"][0]["message"]["content"] == "" && finishes(s);
    "empty" stream "no text" |s| said(s).is_empty() && finishes(s) && done(s);
    "refusal" whole "a refusal" |s| s.json()["choices"][0]["message"]["refusal"].is_string();
    "refusal" stream "a refusal" |s| s.text().contains("\"delta\":{\"refusal\":\"I\"}");
    "filtered" whole "half" |s| s.json()["choices"][0]["finish_reason"] == "content_filter" && HEARD.starts_with(&said(s));
    "length" stream "half" |s| s.text().contains("\"finish_reason\":\"length\"") && said(s).len() < HEARD.len();
    "pings=300ms" stream "comments, then the answer" |s| s.text().matches(": keep-alive\n\n").count() == 3 && s.took >= Duration::from_millis(300) && said(s) == HEARD;
    "stall=2" stream "two chunks" |s| said(s) == "gpt-4o heard:" && s.end == End::Silent;
    "stall=2" whole "half a body" |s| s.end == End::Silent && !s.body.is_empty();
    "cut=100" stream "100 bytes" |s| s.body.len() == 100 && s.end == End::Eof;
    "cut=100" whole "100 bytes" |s| s.body.len() == 100 && s.end == End::Eof;
    "cut=0" stream "a head" |s| s.status == Some(200) && s.body.is_empty() && s.end == End::Eof;
    "cut-before-content" stream "frames, no content" |s| said(s).is_empty() && s.frames().len() == 1 && s.end == End::Eof;
    "cut-after=2" stream "two chunks" |s| said(s) == "gpt-4o heard:" && s.end == End::Eof;
    "cut-after=1+rst" stream "one chunk and a reset" |s| said(s) == "gpt-4o" && s.end == End::Reset;
    "no-done" stream "no end mark" |s| s.end == End::Complete && finishes(s) && !s.text().contains("[DONE]");
    "no-finish" stream "no finish" |s| s.end == End::Complete && said(s) == HEARD && !finishes(s) && !s.text().contains("[DONE]");
    "no-usage" whole "no counts" |s| s.json()["usage"].is_null() && said(s) == HEARD;
    "no-usage" stream "no counts" |s| !s.text().contains("prompt_tokens") && done(s);
    "bad-frame=1" stream "one frame is rubbish" |s| s.text().contains("not json") && said(s) == HEARD && done(s);
    "big-frame=20MB" stream "20 MB before content" |s| s.body.len() > 20 << 20 && s.body.len() < 21 << 20 && done(s);
    "big-frame=20MB" whole "20 MB" |s| s.body.len() > 20 << 20 && said(s) == HEARD;
    "invalid-utf8" stream "bytes" |s| std::str::from_utf8(&s.body).is_err() && done(s);
    "invalid-utf8" whole "bytes" |s| std::str::from_utf8(&s.body).is_err();
    "tps=20" stream "50 ms a chunk" |s| s.took >= Duration::from_millis(200) && said(s) == HEARD;
    "chunks=2" stream "two chunks" |s| s.text().matches("\"content\":\"").count() == 3 && said(s) == HEARD;
    "words=30" whole "30 words" |s| said(s).split(' ').count() == 30;
    "split=7" stream "many small reads" |s| said(s) == HEARD && done(s);
    "tools=0" whole "no calls" |s| said(s) == HEARD;
    "reasoning" whole "reasoning" |s| s.json()["choices"][0]["message"]["reasoning_content"].is_string();
    "reasoning" stream "reasoning" |s| s.text().contains("reasoning_content") && said(s) == HEARD;
    "rand=1+seed=7" whole "some fault" |s| said(s) != HEARD || s.status != Some(200);
    "rand=0+seed=7" whole "none" |s| said(s) == HEARD;
};

#[tokio::test(flavor = "multi_thread")]
async fn every_word_does_what_the_table_says() {
    let sim = Sim::start().await.unwrap();
    let mut asked = tokio::task::JoinSet::new();
    let sim = std::sync::Arc::new(sim);
    for row in ROWS {
        let sim = sim.clone();
        asked.spawn(async move { (row, Wire::OpenAi.ask(&sim, row.words, row.stream).await) });
    }
    let mut wrong = Vec::new();
    while let Some(answered) = asked.join_next().await {
        let (row, seen) = answered.unwrap();
        if !(row.holds)(&seen) {
            let start = seen.text().chars().take(300).collect::<String>();
            wrong.push(format!(
                "{} (stream {}): not {}: {:?} {:?} {start}",
                row.words, row.stream, row.what, seen.status, seen.end
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_word_is_without_a_row() {
    let covered = |word: &str| {
        ROWS.iter().any(|row| row.words.split('+').any(|part| part.split('=').next() == Some(word)))
    };
    let missing: Vec<&str> = WORDS.iter().map(|word| word.word).filter(|word| !covered(word)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_has_each_wires_own_shape() {
    let sim = Sim::start().await.unwrap();
    let rows: &[(&str, [(u16, &str); 3])] = &[
        ("500", [(500, "server_error"), (500, "api_error"), (500, "INTERNAL")]),
        ("503", [(503, "server_is_overloaded"), (503, "overloaded_error"), (503, "UNAVAILABLE")]),
        ("529", [(529, "server_is_overloaded"), (529, "overloaded_error"), (529, "UNAVAILABLE")]),
        ("429", [(429, "rate_limit_exceeded"), (429, "rate_limit_error"), (429, "RESOURCE_EXHAUSTED")]),
        ("404", [(404, "model_not_found"), (404, "not_found_error"), (404, "NOT_FOUND")]),
        ("408", [(408, "timeout_error"), (408, "timeout_error"), (408, "DEADLINE_EXCEEDED")]),
        ("quota", [(429, "insufficient_quota"), (400, "credit balance is too low"), (429, "PerDay")]),
        ("auth", [(401, "invalid_api_key"), (401, "authentication_error"), (400, "API_KEY_INVALID")]),
        (
            "context",
            [
                (400, "context_length_exceeded"),
                (400, "prompt is too long"),
                (400, "exceeds the maximum number of tokens"),
            ],
        ),
    ];
    for (words, expected) in rows {
        for (wire, (status, evidence)) in WIRES.into_iter().zip(expected) {
            let seen = wire.ask(&sim, words, false).await;
            assert_eq!(seen.status, Some(*status), "{words} on {wire:?}");
            assert!(seen.text().contains(evidence), "{words} on {wire:?}: {}", seen.text());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_stream_breaks_alike_on_every_wire() {
    let sim = Sim::start().await.unwrap();
    for wire in WIRES {
        let whole = wire.ask(&sim, "", true).await;
        assert_eq!(wire.said(&whole), format!("{} heard: Hello there", wire.model()), "{wire:?}");
        let before = wire.ask(&sim, "cut-before-content", true).await;
        assert_eq!((wire.said(&before), before.end), (String::new(), End::Eof), "{wire:?}");
        let after = wire.ask(&sim, "cut-after=2", true).await;
        assert_eq!(
            (wire.said(&after), after.end),
            (format!("{} heard:", wire.model()), End::Eof),
            "{wire:?}"
        );
        let error = wire.ask(&sim, "error-in-stream=1", true).await;
        assert!(error.frames().last().unwrap()["error"].is_object(), "{wire:?}");
        for at in [0, 1, 57, whole.body.len() - 1] {
            let cut = wire.ask(&sim, &format!("cut={at}+rst"), true).await;
            assert_eq!((cut.body.len(), cut.end), (at, End::Reset), "{wire:?}");
        }
    }
}
