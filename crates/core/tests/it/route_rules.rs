//! What a route is refused for, and what an operator is warned of; every message says what to do.

use maig_core::catalog::Catalog;
use maig_core::provider::Provider::{self, *};
use maig_core::route::{Context, KeyFacts, RouteSpec, lint};
use serde_json::{Value, json};

fn route(json: Value) -> RouteSpec {
    serde_json::from_value(json).unwrap()
}

fn key(name: &str, provider: Provider) -> KeyFacts {
    KeyFacts { name: name.to_owned(), provider, usable: true }
}

fn keys() -> Vec<KeyFacts> {
    vec![
        key("openai-main", OpenAi),
        key("anthropic-main", Anthropic),
        key("azure-eu", Azure),
        key("groq-main", Groq),
        key("lab-a", OpenAiCompatible),
        key("lab-b", OpenAiCompatible),
        KeyFacts { usable: false, ..key("openai-old", OpenAi) },
    ]
}

fn others() -> Vec<RouteSpec> {
    [
        json!({"name": "production-chat", "targets": [{"model": "gpt-4o"}, {"model": "claude-haiku-4-5"}]}),
        json!({"name": "back", "targets": [{"model": "route:forth"}]}),
        json!({"name": "forth", "targets": [{"model": "gpt-4o"}, {"model": "route:mine"}]}),
        json!({"name": "mine", "targets": [{"model": "gpt-4o"}]}),
    ]
    .map(route)
    .to_vec()
}

/// `expect`: the path of each fault and a word of its message, in order.
fn faults(json: Value, expect: &[(&str, &str)]) {
    let (keys, routes) = (keys(), others());
    let context = Context { catalog: Catalog::built_in(), routes: &routes, keys: &keys };
    let got = route(json.clone()).validate(&context);
    let paths: Vec<&str> = got.iter().map(|fault| fault.path.as_str()).collect();
    assert_eq!(paths, expect.iter().map(|(path, _)| *path).collect::<Vec<_>>(), "{json}: {got:#?}");
    for (fault, (_, word)) in got.iter().zip(expect) {
        assert!(fault.message.contains(word), "{}: {} lacks {word}", fault.path, fault.message);
    }
}

fn with_target(target: Value, expect: &[(&str, &str)]) {
    faults(json!({"name": "mine", "targets": [target]}), expect);
}

#[test]
fn a_name_that_no_model_can_have_is_refused_without_a_search() {
    let long = "m".repeat(2_000_000);
    with_target(json!({"model": long}), &[("targets[0].model", "512 bytes")]);
    with_target(json!({"model": format!("route:{long}")}), &[("targets[0].model", "512 bytes")]);
    with_target(
        json!({"model": "gpt-4o", "provider_key": long}),
        &[("targets[0].provider_key", "there are")],
    );
}

#[test]
fn sound_routes_are_taken() {
    faults(json!({"name": "chat", "targets": [{"model": "gpt-4o"}, {"model": "claude-3-5-sonnet"}]}), &[]);
    faults(
        json!({
            "name": "summarize", "force_fallback": true, "force_fallback_until": "2027-01-31T12:00:00Z", "retry_on": ["server_error", "context_window", "invalid_request"],
            "timeouts": {"connect_ms": 5000, "first_token_ms": 8000, "idle_ms": 15000, "answer_ms": 30000, "total_ms": 120000},
            "targets": [
                {"model": "claude-3-5-sonnet", "provider_key": "anthropic-main", "retries": 5},
                {"model": "route:production-chat"},
                {"model": "gpt-4o", "parameters": {"temperature": 0}},
                {"model": "gpt-4o", "parameters": {"temperature": 1}},
                {"model": "gpt-4o", "provider_key": "azure-eu"},
                {"model": "groq/openai/gpt-oss-120b"},
                {"model": "my-tuned", "provider_key": "lab-b"},
                {"model": "meta-llama/llama-3", "provider_key": "groq-main"},
                {"model": "gpt-4o-mini"}, {"model": "gemini-2.5-flash"},
            ],
        }),
        &[],
    );
}

#[test]
fn a_bad_name_is_refused() {
    let named = |name: &str, word: &str| {
        faults(json!({"name": name, "targets": [{"model": "gpt-4o"}]}), &[("name", word)]);
    };
    named("", "cannot be");
    named("auto", "reserved");
    named("two words", "cannot be");
    named("a/b", "cannot be");
    named(&"x".repeat(65), "64");
}

#[test]
fn every_fault_is_told_at_once() {
    faults(
        json!({
            "name": "auto", "force_fallback": true, "timeouts": {"total_ms": 0},
            "targets": [{"model": "gtp-4o", "retries": 6, "timeouts": {"connect_ms": 60001}}],
        }),
        &[
            ("name", "reserved"),
            ("targets[0].model", "`gpt-4o`"),
            ("targets[0].retries", "at most 5"),
            ("targets[0].timeouts.connect_ms", "60000"),
            ("force_fallback", "second target"),
            ("timeouts.total_ms", "from 1"),
        ],
    );
    faults(
        json!({"name": "mine", "targets": [{"model": "gpt-4o"}], "force_fallback_until": "2027-01-31T12:00:00Z"}),
        &[("force_fallback_until", "force_fallback to true")],
    );
    faults(json!({"name": "mine", "targets": []}), &[("targets", "at least one")]);
}

#[test]
fn a_model_that_nobody_has_is_refused() {
    with_target(json!({"model": ""}), &[("targets[0].model", "names no model")]);
    with_target(json!({"model": "openai/"}), &[("targets[0].model", "names no model")]);
    with_target(json!({"model": "gpt 4o"}), &[("targets[0].model", "without spaces")]);
    with_target(json!({"model": "claude-3.5-sonet"}), &[]);
    with_target(json!({"model": "cluade-3-5-sonnet"}), &[("targets[0].model", "`claude-3-5-sonnet`")]);
    with_target(json!({"model": "meta-llama/llama-3"}), &[("targets[0].model", "provider_key")]);
    with_target(json!({"model": "production-chat"}), &[("targets[0].model", "`route:production-chat`")]);
    with_target(json!({"model": "opnai/gpt-4o"}), &[("targets[0].model", "provider/model")]);
}

#[test]
fn a_key_that_cannot_be_asked_is_refused() {
    with_target(
        json!({"model": "gpt-4o", "provider_key": "openai-mian"}),
        &[("targets[0].provider_key", "`openai-main`")],
    );
    with_target(
        json!({"model": "gpt-4o", "provider_key": "anthropic-main"}),
        &[("targets[0].provider_key", "OpenAI's")],
    );
    with_target(
        json!({"model": "openai/gpt-4o", "provider_key": "azure-eu"}),
        &[("targets[0].provider_key", "`azure/gpt-4o`")],
    );
    with_target(
        json!({"model": "openai/gpt-oss-120b", "provider_key": "groq-main"}),
        &[("targets[0].provider_key", "`groq/openai/gpt-oss-120b`")],
    );
    with_target(json!({"model": "openai-compatible/acme"}), &[("targets[0].provider_key", "lab-a, lab-b")]);
    // Disabled is a warning, not a fault.
    with_target(json!({"model": "gpt-4o", "provider_key": "openai-old"}), &[]);
}

#[test]
fn a_target_may_not_set_what_is_not_its_own() {
    with_target(
        json!({"model": "gpt-4o", "parameters": {"model": "x"}}),
        &[("targets[0].parameters.model", "remove")],
    );
    with_target(
        json!({"model": "route:production-chat", "retries": 1, "provider_key": "openai-main", "parameters": {"seed": 1}}),
        &[
            ("targets[0].provider_key", "production-chat"),
            ("targets[0].retries", "production-chat"),
            ("targets[0].parameters", "production-chat"),
        ],
    );
    faults(
        json!({"name": "mine", "targets": [{"model": "gpt-4o"}, {"model": "claude-opus-5"}, {"model": "gpt-4o", "retries": 2}]}),
        &[("targets[2]", "targets[0]")],
    );
}

#[test]
fn nested_routes_must_exist_and_end() {
    with_target(json!({"model": "route:"}), &[("targets[0].model", "no route")]);
    with_target(
        json!({"model": "route:production-chta"}),
        &[("targets[0].model", "`route:production-chat`")],
    );
    with_target(json!({"model": "route:mine"}), &[("targets[0].model", "mine → mine")]);
    with_target(json!({"model": "route:back"}), &[("targets[0].model", "mine → back → forth → mine")]);
    // A new route may lead into a circle that is not its own; that circle's routes are refused, not this one.
    faults(json!({"name": "new", "targets": [{"model": "route:back"}]}), &[]);
}

/// `expect`: the path of each warning and a word of its message, in order.
fn warnings(json: Value, expect: &[(&str, &str)]) {
    let (keys, routes) = (keys(), others());
    let context = Context { catalog: Catalog::built_in(), routes: &routes, keys: &keys };
    let got = lint(&route(json.clone()), &context, "2026-11-21".parse().unwrap());
    let paths: Vec<&str> = got.iter().map(|warning| warning.path.as_str()).collect();
    assert_eq!(paths, expect.iter().map(|(path, _)| *path).collect::<Vec<_>>(), "{json}: {got:#?}");
    for (warning, (_, word)) in got.iter().zip(expect) {
        assert!(warning.message.contains(word), "{}: {} lacks {word}", warning.path, warning.message);
    }
}

#[test]
fn a_route_of_living_equals_has_no_warning() {
    warnings(
        json!({"name": "x", "targets": [{"model": "gpt-5.4-mini"}, {"model": "claude-opus-4-8"}], "retry_on": ["server_error", "context_window"]}),
        &[],
    );
    warnings(json!({"name": "x", "targets": [{"model": "gpt-5.4-mini"}]}), &[]);
    warnings(json!({"name": "x", "targets": [{"model": "simulator/gpt-4o"}]}), &[]);
    warnings(
        json!({"name": "x", "targets": [{"model": "my-tuned", "provider_key": "lab-a"}, {"model": "gpt-5.4-mini"}], "retry_on": ["context_window"]}),
        &[],
    );
}

#[test]
fn a_target_that_would_be_skipped_or_is_ending_is_told() {
    warnings(
        json!({"name": "x", "targets": [{"model": "gpt-4o"}, {"model": "claude-3-5-sonnet"}]}),
        &[("targets[0]", "in 54 days"), ("targets[1]", "was retired by its provider on 2025-10-28")],
    );
    warnings(
        json!({"name": "x", "targets": [{"model": "gpt-5.4-mini", "provider_key": "openai-old"}, {"model": "kimi-k3"}]}),
        &[("targets[0]", "`openai-old` is disabled"), ("targets[1]", "no usable provider key for Moonshot")],
    );
}

#[test]
fn a_fallback_that_falls_short_is_told() {
    warnings(
        json!({"name": "x", "targets": [{"model": "gpt-5.4-mini"}, {"model": "groq/openai/gpt-oss-120b"}]}),
        &[("targets[1]", "takes prompts of 131,072 tokens")],
    );
    let keys = [keys(), vec![key("d", DeepSeek), key("p", Perplexity)]].concat();
    let context = Context { catalog: Catalog::built_in(), routes: &[], keys: &keys };
    let messages = |primary: &str, fallback: &str| -> Vec<String> {
        let spec = route(json!({"name": "x", "targets": [{"model": primary}, {"model": fallback}]}));
        lint(&spec, &context, "2026-01-01".parse().unwrap())
            .into_iter()
            .map(|warning| warning.message)
            .collect()
    };
    let deepseek = messages("gpt-4o", "deepseek-v4-pro");
    assert!(
        deepseek.iter().any(|m| m.contains("deepseek-v4-pro does not take images, as gpt-4o does")),
        "{deepseek:?}"
    );
    assert!(deepseek.iter().any(|m| m.contains("JSON schema")), "{deepseek:?}");
    let sonar = messages("gpt-4o", "sonar");
    assert!(sonar.iter().any(|m| m.contains("does not take tools")), "{sonar:?}");
    let opus = messages("claude-haiku-4-5", "claude-opus-5-5");
    assert!(opus.iter().any(|m| m.contains("last assistant message")), "{opus:?}");
    assert!(opus.iter().any(|m| m.contains("temperature")), "{opus:?}");
    assert!(opus.iter().any(|m| m.contains("all targets are with Anthropic")), "{opus:?}");
    // A schema that the model does not know is asked for another way on this wire.
    let older = messages("gpt-4o", "claude-3-5-sonnet");
    assert!(!older.iter().any(|m| m.contains("schema")), "{older:?}");
}

#[test]
fn nested_routes_are_looked_into() {
    warnings(
        json!({"name": "x", "targets": [{"model": "gpt-5.4-mini"}, {"model": "route:production-chat"}]}),
        &[
            ("targets[1]", "gpt-4o is retired"),
            ("targets[1]", "gpt-4o takes prompts"),
            ("targets[1]", "claude-haiku-4-5 takes prompts"),
        ],
    );
    // A circle elsewhere does not hang it.
    for spec in others() {
        let context = Context { catalog: Catalog::built_in(), routes: &others(), keys: &[] };
        assert!(!lint(&spec, &context, "2026-11-21".parse().unwrap()).is_empty(), "{}", spec.name);
    }
}

#[test]
fn what_has_no_effect_is_told() {
    warnings(
        json!({
            "name": "x", "targets": [{"model": "gpt-5.4"}, {"model": "claude-opus-4-8"}],
            "retry_on": ["server_error", "invalid_request", "too_short", "stream_cut", "context_window"],
            "timeouts": {"first_token_ms": 9000, "total_ms": 9000},
        }),
        &[
            ("targets[1]", "takes prompts of 1,000,000 tokens, gpt-5.4 of 1,050,000"),
            ("retry_on", "`invalid_request` has no effect"),
            ("retry_on", "`too_short` has no effect"),
            ("retry_on", "`stream_cut` has no effect"),
            ("retry_on", "`context_window` has no effect"),
            ("timeouts.first_token_ms", "not shorter"),
        ],
    );
}
