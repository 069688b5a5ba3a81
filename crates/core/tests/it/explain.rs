//! Rehearsals: what is told of a route when its targets fail. That the gateway does the same is proved beside the
//! gateway, with the same scripts.

use std::collections::BTreeMap;
use std::time::Duration;

use maig_core::catalog::Catalog;
use maig_core::chat::Needs;
use maig_core::explain::{Came, Event, Fare, Fate, Script, Story, Who, cast, rehearse};
use maig_core::failure::FailureKind as K;
use maig_core::plan::SkipReason;
use maig_core::provider::Provider;
use maig_core::route::{Context, KeyFacts, RouteSpec};
use proptest::prelude::*;
use serde_json::{Value, json};

fn keys() -> Vec<KeyFacts> {
    [
        ("openai-main", Provider::OpenAi),
        ("anthropic-main", Provider::Anthropic),
        ("mistral-main", Provider::Mistral),
    ]
    .map(|(name, provider)| KeyFacts { name: name.into(), provider, usable: true })
    .to_vec()
}

fn spec(spec: Value) -> RouteSpec {
    serde_json::from_value(spec).unwrap()
}

fn who(label: &str) -> Who {
    let provider = label.split('/').next().unwrap();
    Who { label: label.into(), key: Some(format!("{provider}-main")) }
}

fn fares<const N: usize>(fates: [(&str, Fate); N]) -> BTreeMap<Who, Fare> {
    fates.into_iter().map(|(label, fate)| (who(label), Fare { fate, held_back: None })).collect()
}

/// A story as one line: `openai/gpt-4o server_error, anthropic/… answers, 200`.
fn line(story: &Story) -> String {
    let scenes = story.scenes.iter().map(|scene| {
        let what = match &scene.event {
            Event::Skipped(SkipReason::ForceFallback) => "forced".to_owned(),
            Event::Skipped(SkipReason::NoAccount) => "no key".to_owned(),
            Event::Skipped(SkipReason::Unsupported(lack)) => format!("cannot {}", lack.param),
            Event::Skipped(SkipReason::Breaker { .. }) => "held back".to_owned(),
            Event::Skipped(_) => "skipped".to_owned(),
            Event::Waited(_) => "waits".to_owned(),
            Event::Tried { came: Came::Answered, probe: true, .. } => "answers a probe".to_owned(),
            Event::Tried { came: Came::Answered, .. } => "answers".to_owned(),
            Event::Tried { came: Came::Cut, .. } => "is cut".to_owned(),
            Event::Tried { came: Came::Failed { kind, next, .. }, .. } => format!("{kind} {next:?}"),
        };
        format!("{} {what}", scene.target.rsplit('/').next().unwrap())
    });
    let mut parts: Vec<String> = scenes.collect();
    parts.push(format!("{} {}", story.end.status, story.end.code.unwrap_or("-")));
    parts.join("; ")
}

#[track_caller]
fn check(route: Value, script: Script, expect: &str) {
    let (route, keys) = (spec(route), keys());
    let context = Context { catalog: Catalog::built_in(), routes: &[], keys: &keys };
    assert_eq!(line(&rehearse(&route, &context, &script)), expect);
}

fn two() -> Value {
    json!({"name": "chat", "targets": [{"model": "gpt-4o"}, {"model": "claude-3-5-sonnet"}]})
}

fn with(fares: BTreeMap<Who, Fare>) -> Script {
    Script { fares, ..Script::default() }
}

const GPT: &str = "openai/gpt-4o";
const CLAUDE: &str = "anthropic/claude-3-5-sonnet";

#[test]
fn each_fate_leads_where_the_plan_leads() {
    let both = |fate| with(fares([(GPT, fate), (CLAUDE, fate)]));
    let first = |fate| with(fares([(GPT, fate)]));
    let limited = Fate::RateLimit { retry_after: Some(Duration::from_secs(2)) };
    for (script, expect) in [
        (Script::default(), "gpt-4o answers; 200 -"),
        (first(Fate::ServerError), "gpt-4o server_error Onward; claude-3-5-sonnet answers; 200 -"),
        (first(Fate::Silent), "gpt-4o timeout Onward; claude-3-5-sonnet answers; 200 -"),
        (first(Fate::UnknownModel), "gpt-4o model_unavailable Onward; claude-3-5-sonnet answers; 200 -"),
        (first(Fate::BadRequest), "gpt-4o invalid_request TheEnd; 400 -"),
        (first(Fate::RefusesPrompt), "gpt-4o content_policy TheEnd; 400 -"),
        (first(Fate::BadKey), "gpt-4o provider_auth TheEnd; 502 provider_auth_failed"),
        (first(Fate::ContextTooSmall), "gpt-4o context_window TheEnd; 400 context_length_exceeded"),
        (first(Fate::Empty), "gpt-4o bad_response Onward; claude-3-5-sonnet answers; 200 -"),
        (both(Fate::Empty), "gpt-4o bad_response Onward; claude-3-5-sonnet answers; 200 -"),
        (
            both(Fate::ServerError),
            "gpt-4o server_error Onward; claude-3-5-sonnet server_error NobodyLeft; 502 all_targets_failed",
        ),
        (
            both(limited),
            "gpt-4o rate_limit Onward; claude-3-5-sonnet rate_limit NobodyLeft; 429 all_targets_rate_limited",
        ),
        (
            both(Fate::Silent),
            "gpt-4o timeout Onward; claude-3-5-sonnet timeout NobodyLeft; 504 all_targets_timed_out",
        ),
        (Script { stream: true, ..first(Fate::Cut) }, "gpt-4o is cut; 200 stream_interrupted"),
    ] {
        check(two(), script, expect);
    }
}

#[test]
fn what_the_route_says_is_rehearsed_too() {
    let retried = json!({"name": "chat", "targets": [{"model": "gpt-4o", "retries": 1}, {"model": "claude-3-5-sonnet"}]});
    check(
        retried,
        with(fares([(GPT, Fate::ServerError)])),
        "gpt-4o server_error Again; gpt-4o waits; gpt-4o server_error Onward; claude-3-5-sonnet answers; 200 -",
    );
    let mut forced = two();
    forced["force_fallback"] = json!(true);
    check(forced, Script::default(), "gpt-4o forced; claude-3-5-sonnet answers; 200 -");
    let keyless = json!({"name": "chat", "targets": [{"model": "gemini-2.5-pro"}, {"model": "gpt-4o"}]});
    check(keyless, Script::default(), "gemini-2.5-pro no key; gpt-4o answers; 200 -");
    let alone = json!({"name": "chat", "targets": [{"model": "gemini-2.5-pro"}]});
    check(alone, Script::default(), "gemini-2.5-pro no key; 503 no_target_available");
}

#[test]
fn a_prompt_that_is_too_long_is_refused_by_whom_it_does_not_fit() {
    let mut route = json!({"name": "chat", "targets": [{"model": "gpt-4o"}, {"model": "claude-3-5-sonnet"}]});
    let long = || Script { prompt_tokens: Some(150_000), ..Script::default() };
    check(route.clone(), long(), "gpt-4o context_window TheEnd; 400 context_length_exceeded");
    route["retry_on"] = json!(["context_window"]);
    check(route, long(), "gpt-4o context_window Onward; claude-3-5-sonnet answers; 200 -");
}

#[test]
fn needs_and_breakers_pass_targets_over() {
    let needs = Needs { audio: true, ..Needs::default() };
    let audio = Script { needs, ..Script::default() };
    check(
        two(),
        audio,
        "gpt-4o cannot messages; claude-3-5-sonnet cannot messages; 400 unsupported_parameter",
    );
    let held = |label: &str, kind| (who(label), Fare { fate: Fate::Answers, held_back: Some(kind) });
    check(
        two(),
        with([held(GPT, K::RateLimit)].into()),
        "gpt-4o held back; claude-3-5-sonnet answers; 200 -",
    );
    check(
        two(),
        with([held(GPT, K::RateLimit), held(CLAUDE, K::RateLimit)].into()),
        "gpt-4o held back; claude-3-5-sonnet held back; 429 all_targets_rate_limited",
    );
    check(
        two(),
        with([held(GPT, K::Timeout), held(CLAUDE, K::Timeout)].into()),
        "gpt-4o answers a probe; 200 -",
    );
}

#[test]
fn nested_routes_are_followed_and_their_targets_are_cast_once() {
    let keys = keys();
    let inner =
        spec(json!({"name": "inner", "targets": [{"model": "gpt-4o"}, {"model": "mistral-large-latest"}]}));
    let outer = spec(json!({"name": "outer", "targets": [{"model": "route:inner"}, {"model": "gpt-4o"}]}));
    let context = Context { catalog: Catalog::built_in(), routes: &[inner], keys: &keys };
    let names: Vec<_> = cast(&outer, &context).into_iter().map(|who| who.label).collect();
    assert_eq!(names, ["openai/gpt-4o", "mistral/mistral-large-latest"]);
    let script = with(fares([(GPT, Fate::ServerError)]));
    assert_eq!(
        line(&rehearse(&outer, &context, &script)),
        "gpt-4o server_error Onward; mistral-large-latest answers; 200 -"
    );
}

fn any_fate() -> impl Strategy<Value = Fate> {
    proptest::sample::select(Fate::ALL.to_vec())
}

proptest! {
    /// Whatever happens, a rehearsal ends, in time, and its scenes follow one another.
    #[test]
    fn any_rehearsal_ends_within_the_total(
        fates in proptest::collection::vec((any_fate(), proptest::option::of(Just(K::Timeout))), 3),
        retries in 0u8..=5,
        stream: bool,
        total in 1u64..200_000,
        tokens in proptest::option::of(0u64..3_000_000),
    ) {
        let route = spec(json!({
            "name": "chat", "timeouts": {"total_ms": total},
            "retry_on": ["server_error", "rate_limit", "timeout", "context_window"],
            "targets": [{"model": "gpt-4o", "retries": retries}, {"model": "claude-3-5-sonnet"}, {"model": "mistral-large-latest"}],
        }));
        let keys = keys();
        let context = Context { catalog: Catalog::built_in(), routes: &[], keys: &keys };
        let whom = cast(&route, &context);
        let fares = whom.into_iter().zip(fates).map(|(who, (fate, held_back))| (who, Fare { fate, held_back })).collect();
        let story = rehearse(&route, &context, &Script { stream, prompt_tokens: tokens, fares, ..Script::default() });
        let before_the_answer = story.end.first_word.unwrap_or(story.end.at);
        let slack = if story.end.code == Some("stream_interrupted") { Duration::from_secs(1) } else { Duration::ZERO };
        prop_assert!(before_the_answer <= Duration::from_millis(total) + slack, "{story:?}");
        let tried = story.scenes.iter().filter(|scene| matches!(scene.event, Event::Tried { .. })).count();
        prop_assert_eq!(u32::try_from(tried).unwrap(), story.end.attempts);
        prop_assert!(story.scenes.is_sorted_by_key(|scene| scene.at));
    }
}
