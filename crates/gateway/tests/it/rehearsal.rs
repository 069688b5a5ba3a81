//! Explain tells the truth: the same scripts, played to core's rehearsal and to a gateway before a simulator that fails in
//! just that way, come to the same attempts, the same status and the same code.

use std::sync::Arc;
use std::time::Duration;

use maig_core::catalog::Catalog;
use maig_core::explain::{Came, Event, Fare, Fate, Script, Story, cast, rehearse};
use maig_core::provider::Provider;
use maig_core::route::{Context, KeyFacts, RouteSpec};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::world::{Reply, World, question};

/// How one target fares, in the simulator's words and in the rehearsal's.
#[derive(Clone, Copy, Debug)]
struct Same(&'static str, Fate);

const OK: Same = Same("ok", Fate::Answers);
const DOWN: Same = Same("503", Fate::ServerError);
const BUSY: Same = Same("429+retry-after=3", Fate::RateLimit { retry_after: Some(Duration::from_secs(3)) });
const BROKE: Same = Same("quota", Fate::EmptyAccount);
const SILENT: Same = Same("hang", Fate::Silent);
const RESET: Same = Same("reset", Fate::RefusesConnection);
const EMPTY: Same = Same("empty", Fate::Empty);
const LONG: Same = Same("context", Fate::ContextTooSmall);
const POLICY: Same = Same("policy", Fate::RefusesPrompt);
const AUTH: Same = Same("auth", Fate::BadKey);
const GONE: Same = Same("404", Fate::UnknownModel);
const WRONG: Same = Same("400", Fate::BadRequest);
const CUT: Same = Same("cut-after=1", Fate::Cut);

/// The targets' fates, and fields of the route.
fn scripts() -> Vec<(Vec<Same>, Value)> {
    let plain = |fates: &[Same]| (fates.to_vec(), json!({}));
    let listed = |fates: &[Same], kinds: &[&str]| (fates.to_vec(), json!({"retry_on": kinds}));
    let mut scripts = Vec::new();
    for fate in [OK, DOWN, BUSY, BROKE, SILENT, RESET, EMPTY, LONG, POLICY, AUTH, GONE, WRONG, CUT] {
        scripts.push(plain(&[fate]));
        scripts.push(plain(&[fate, OK]));
        scripts.push(plain(&[fate, fate]));
        scripts.push(listed(&[fate, OK], &["context_window", "content_policy", "provider_auth"]));
        scripts.push(listed(&[fate, fate], &["context_window", "content_policy", "provider_auth"]));
    }
    scripts.push(plain(&[DOWN, SILENT, BUSY]));
    scripts.push(plain(&[BUSY, DOWN, OK]));
    scripts.push((vec![DOWN, OK], json!({"force_fallback": true})));
    scripts.push((vec![OK, WRONG], json!({"force_fallback": true})));
    scripts
}

#[tokio::test]
async fn a_rehearsal_tells_what_the_gateway_does() {
    let world = Arc::new(World::start().await);
    let asked = scripts().into_iter().flat_map(|script| [(false, script.clone()), (true, script)]);
    let asked: Vec<_> = asked
        .enumerate()
        .map(|(n, (stream, (fates, fields)))| (route(n, &fates, &fields), fates, stream))
        .collect();
    world
        .change(async |mut change, project| {
            for (route, ..) in &asked {
                change.routes().save(&project, route, None).await.unwrap();
            }
            change
        })
        .await;
    let mut stories = JoinSet::new();
    for (route, fates, stream) in asked {
        stories.spawn(compare(Arc::clone(&world), route, fates, stream));
    }
    while let Some(told) = stories.join_next().await {
        told.unwrap();
    }
}

/// A model's name carries how it fares, and no two stories share a breaker.
fn route(n: usize, fates: &[Same], fields: &Value) -> RouteSpec {
    let vendors = ["openai", "deepseek", "mistral"];
    let targets = fates.iter().zip(vendors).map(|(Same(words, _), vendor)| {
        json!({"model": format!("{vendor}/m{n}+{words}"), "retries": u8::from(*words == "503")})
    });
    // The last target may take all of the total.
    let total = if fates.len() == 1 { 3000 } else { 8000 };
    let clocks = json!({"first_token_ms": 3000, "answer_ms": 3000, "total_ms": total});
    let mut route =
        json!({"name": format!("r{n}"), "targets": targets.collect::<Vec<_>>(), "timeouts": clocks});
    for (field, value) in fields.as_object().unwrap() {
        route[field] = value.clone();
    }
    serde_json::from_value(route).unwrap()
}

async fn compare(world: Arc<World>, route: RouteSpec, fates: Vec<Same>, stream: bool) {
    let reply = world.chat(question(&route.name, stream)).await;
    let keys = [
        ("openai-main", Provider::OpenAi),
        ("deepseek-main", Provider::DeepSeek),
        ("mistral-main", Provider::Mistral),
    ];
    let keys = keys.map(|(name, provider)| KeyFacts { name: name.into(), provider, usable: true });
    let context = Context { catalog: Catalog::built_in(), routes: &[], keys: &keys };
    let fares = cast(&route, &context).into_iter().zip(&fates);
    let fares = fares.map(|(who, Same(_, fate))| (who, Fare { fate: *fate, held_back: None })).collect();
    let story = rehearse(&route, &context, &Script { stream, fares, ..Script::default() });
    same(&story, &reply, &format!("{fates:?} {stream}"));
}

fn same(story: &Story, reply: &Reply, what: &str) {
    let end = &story.end;
    assert_eq!(reply.status, end.status, "{what}: {story:?} {}", reply.text);
    assert_eq!(reply.header("x-maig-attempts"), end.attempts.to_string(), "{what}: {story:?}");
    assert_eq!(
        reply.header("x-maig-served-by"),
        end.served_by.as_deref().unwrap_or_default(),
        "{what}: {story:?}"
    );
    if end.status == 200 {
        assert_eq!(reply.header("x-maig-fallback"), end.fallback.to_string(), "{what}: {story:?}");
        let is_stream = reply.header("content-type").starts_with("text/event-stream");
        let error = if is_stream { reply.stream_error() } else { None };
        assert_eq!(error.as_deref(), end.code, "{what}: {}", reply.text);
        return;
    }
    if let Some(code) = end.code {
        assert_eq!(reply.error_code(), code, "{what}: {story:?}");
    }
    let should_retry = end.should_retry.map(|again| again.to_string()).unwrap_or_default();
    assert_eq!(reply.header("x-should-retry"), should_retry, "{what}: {story:?}");
    assert_eq!(reply.headers.contains_key("retry-after"), end.retry_after.is_some(), "{what}: {story:?}");
    let tried = story.scenes.iter().filter_map(|scene| match &scene.event {
        Event::Tried { came: Came::Failed { kind, status, .. }, .. } => {
            Some((scene.target.clone(), kind.to_string(), status.map(u64::from)))
        }
        _ => None,
    });
    assert_eq!(reply.attempts(), tried.collect::<Vec<_>>(), "{what}");
}
