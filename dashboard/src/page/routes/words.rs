//! A route in plain words: what failing means, who takes over, and what a whole route does. Pure text; it must never
//! decide anything.

use maig_core::failure::FailureKind;
use maig_core::route::spec::nested_route;
use maig_core::route::{RouteSpec, Timeouts};

/// A failure that a route may list, as a checkbox says it.
#[derive(Clone, Copy, Debug)]
pub struct KindWords {
    pub kind: FailureKind,
    /// "After …".
    pub name: &'static str,
    pub hint: &'static str,
}

/// What `retry_on` may usefully list, the usual first.
pub const KINDS: &[KindWords] = &[
    KindWords {
        kind: FailureKind::ServerError,
        name: "server errors",
        hint: "5xx, overloaded, no connection, or an answer that is none.",
    },
    KindWords {
        kind: FailureKind::RateLimit,
        name: "rate limits",
        hint: "429, and accounts without credit.",
    },
    KindWords {
        kind: FailureKind::Timeout,
        name: "timeouts",
        hint: "Silence, or an answer that comes too late.",
    },
    KindWords {
        kind: FailureKind::ContextWindow,
        name: "prompts that are too long",
        hint: "Goes on to the next target with a larger window.",
    },
    KindWords {
        kind: FailureKind::ContentPolicy,
        name: "refusals by policy",
        hint: "Another vendor may answer what this one refuses.",
    },
    KindWords {
        kind: FailureKind::ProviderAuth,
        name: "bad provider keys",
        hint: "Otherwise the app gets an error, so that somebody notices.",
    },
];

/// For who may look and not make.
pub const NOBODY_MAY: &str = "Somebody with the role of an editor can make one.";

/// A kind as it stands in the middle of a sentence.
pub fn kind(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Connect => "failed connections",
        FailureKind::BadResponse => "answers that are none",
        FailureKind::ModelUnavailable => "unknown models",
        FailureKind::InvalidRequest => "wrong requests",
        FailureKind::StreamCut => "cut streams",
        FailureKind::Truncated => "truncated answers",
        FailureKind::SchemaMismatch => "answers against the schema",
        FailureKind::TooShort => "answers that are too short",
        listed => KINDS.iter().find(|words| words.kind == listed).map_or("failures", |words| words.name),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A target's name as people say it.
pub fn target(model: &str) -> String {
    match nested_route(model) {
        Some(route) => format!("the route {route}"),
        None if model.trim().is_empty() => "a target without a model".to_owned(),
        None => model.to_owned(),
    }
}

/// What stands at a target's place: "Primary", "Fallback 2".
pub fn place(index: usize) -> String {
    if index == 0 { "Primary".to_owned() } else { format!("Fallback {index}") }
}

/// The whole route in a sentence or two.
pub fn summary(route: &RouteSpec) -> String {
    let named = route.targets.iter().filter(|one| !one.model.trim().is_empty());
    let names: Vec<String> = named.map(|one| target(&one.model)).collect();
    let Some((primary, fallbacks)) = names.split_first() else {
        let next = if route.targets.is_empty() { "add a target" } else { "choose a model" };
        return format!("Nobody answers yet: {next}.");
    };
    let mut text = match route.targets.first().map_or(0, |first| first.retries) {
        0 => format!("{primary} answers."),
        1 => format!("{primary} answers, and is asked once more when it fails."),
        times => format!("{primary} answers, and is asked up to {times} times more when it fails."),
    };
    let kinds: Vec<String> = route.retry_on.iter().map(|one| kind(*one).to_owned()).collect();
    match fallbacks {
        [] => text += " Nobody takes over when it fails.",
        _ if kinds.is_empty() => {
            text += &format!(" Only when it does not know the model {} takes over.", then(fallbacks));
        }
        _ => text += &format!(" After {} {} takes over.", list(&kinds), then(fallbacks)),
    }
    if route.force_fallback && !fallbacks.is_empty() {
        text += &format!(" Force Fallback is on, so {primary} is skipped.");
    }
    // A model's name keeps its letters; the words around one begin a sentence.
    match text.strip_prefix("the route ") {
        Some(rest) => format!("The route {rest}"),
        None => text,
    }
}

/// A clock as it was set: `900 ms`, `4 s`, `2 min`, `1 min 30 s`.
pub fn clock(ms: u64) -> String {
    let (minutes, rest) = (ms / 60_000, ms % 60_000);
    let seconds = match (rest / 1000, rest % 1000) {
        (_, 0) => format!("{} s", rest / 1000),
        (0, few) => format!("{few} ms"),
        (whole, few) => format!("{whole}.{} s", format!("{few:03}").trim_end_matches('0')),
    };
    match (minutes, rest) {
        (0, _) => seconds,
        (_, 0) => format!("{minutes} min"),
        _ => format!("{minutes} min {seconds}"),
    }
}

/// All clocks that are set, in sentences.
pub fn patience(clocks: &Timeouts) -> String {
    let told = |ms: Option<u64>| ms.map_or_else(|| "no limit".to_owned(), clock);
    format!(
        "A target has {} to connect and, in a stream, {} for the first words; then it may pause for {}. A whole answer may \
         take {} while another target remains. In all, a request has {}, a stream {}.",
        told(clocks.connect_ms),
        told(clocks.first_token_ms),
        told(clocks.idle_ms),
        told(clocks.answer_ms),
        told(clocks.total_ms),
        told(clocks.stream_ms),
    )
}

fn then(fallbacks: &[String]) -> String {
    fallbacks.join(", then ")
}

/// A message as a sentence: the same words, with a capital letter and a full stop.
pub fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    // A model's name or a piece of code keeps its letters.
    let plain = message
        .split_whitespace()
        .next()
        .is_some_and(|word| word.chars().all(|c| c.is_ascii_lowercase() || c == ','));
    let text = match letters.next().filter(|_| plain) {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => message.to_owned(),
    };
    if text.ends_with(['.', '?', '!']) { text } else { text + "." }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(route: serde_json::Value, expect: &str) {
        let route: RouteSpec = serde_json::from_value(route).unwrap();
        assert_eq!(summary(&route), expect);
    }

    #[test]
    fn a_route_is_told_in_plain_words() {
        use serde_json::json;
        check(json!({"name": "r", "targets": []}), "Nobody answers yet: add a target.");
        check(json!({"name": "r", "targets": [{"model": ""}]}), "Nobody answers yet: choose a model.");
        check(
            json!({"name": "r", "targets": [{"model": "gpt-4o"}]}),
            "gpt-4o answers. Nobody takes over when it fails.",
        );
        check(
            json!({"name": "r", "targets": [{"model": "gpt-4o", "retries": 1}, {"model": "o3"}], "force_fallback": true}),
            "gpt-4o answers, and is asked once more when it fails. After server errors, rate limits and timeouts o3 takes \
             over. Force Fallback is on, so gpt-4o is skipped.",
        );
        check(
            json!({"name": "r", "targets": [{"model": "route:cheap", "retries": 0}, {"model": "o3"}, {"model": "o1"}], "retry_on": ["timeout"]}),
            "The route cheap answers. After timeouts o3, then o1 takes over.",
        );
    }

    #[test]
    fn a_clock_is_read_as_it_was_set() {
        for (ms, expect) in [
            (0, "0 s"),
            (900, "900 ms"),
            (1500, "1.5 s"),
            (4000, "4 s"),
            (1_001, "1.001 s"),
            (60_000, "1 min"),
            (90_000, "1 min 30 s"),
            (900_000, "15 min"),
        ] {
            assert_eq!(clock(ms), expect);
        }
    }

    #[test]
    fn every_kind_has_words_of_its_own() {
        let words: std::collections::BTreeSet<_> = FailureKind::ALL.iter().map(|one| kind(*one)).collect();
        assert_eq!(words.len(), FailureKind::ALL.len());
        assert!(!words.contains("failures"));
    }

    #[test]
    fn a_message_reads_as_a_sentence_and_names_keep_their_letters() {
        for (message, expect) in [
            ("a route needs a target; add one", "A route needs a target; add one."),
            ("gpt-4o is retired", "gpt-4o is retired."),
            ("`a b` is no name; did you mean `a`?", "`a b` is no name; did you mean `a`?"),
            ("all targets are with OpenAI", "All targets are with OpenAI."),
        ] {
            assert_eq!(sentence(message), expect);
        }
    }
}
