//! The mirror of a whole answer, read at the scanner's speed. It must find what a parser finds: where there is the least
//! doubt, a parser reads it.

use serde::Deserialize;

use super::scan::Scan;
use crate::wire::openai::{Completion, CompletionChoice, Delta, Raw, Usage};

/// A whole answer.
pub(super) fn completion(text: &str) -> serde_json::Result<Completion<'_>> {
    or_parsed(text, scanned_completion(text))
}

/// An answer's message.
pub(super) fn message(raw: Raw<'_>) -> serde_json::Result<Delta<'_>> {
    or_parsed(raw.get(), scanned_message(raw.get()))
}

/// Its counts.
pub(super) fn usage(text: &str) -> serde_json::Result<Usage> {
    or_parsed(text, scanned_usage(text))
}

fn or_parsed<'t, T: Deserialize<'t>>(text: &'t str, scanned: Option<T>) -> serde_json::Result<T> {
    scanned.map_or_else(|| serde_json::from_str(text), Ok)
}

fn scanned_completion(text: &str) -> Option<Completion<'_>> {
    let mut read = Completion::default();
    let mut has_choices = false;
    let mut scan = Scan::new(text);
    scan.members(|scan, name| match name {
        "id" => keep(&mut read.id, scan),
        "object" => keep(&mut read.object, scan),
        "created" => keep(&mut read.created, scan),
        "model" => keep(&mut read.model, scan),
        "choices" if std::mem::replace(&mut has_choices, true) => None,
        "choices" if scan.is_null() => scan.raw().map(drop),
        "choices" => {
            let choices = read.choices.insert(Vec::with_capacity(1));
            scan.list(|scan| {
                choices.push(scanned_choice(scan)?);
                Some(())
            })
        }
        "usage" => keep(&mut read.usage, scan),
        "x_groq" => keep(&mut read.x_groq, scan),
        "error" => keep(&mut read.error, scan),
        _ => scan.raw().map(drop),
    })?;
    scan.is_over()?;
    read.x_groq = said(read.x_groq);
    read.error = said(read.error);
    Some(read)
}

fn scanned_choice<'t>(scan: &mut Scan<'t>) -> Option<CompletionChoice<'t>> {
    let mut read = CompletionChoice::default();
    let mut index = None;
    scan.members(|scan, name| match name {
        "index" => keep(&mut index, scan),
        "message" => keep(&mut read.message, scan),
        "finish_reason" => keep(&mut read.finish_reason, scan),
        _ => scan.raw().map(drop),
    })?;
    read.message = said(read.message);
    if let Some(index) = said(index) {
        read.index = Some(index.get().parse().ok()?);
    }
    Some(read)
}

fn scanned_message(text: &str) -> Option<Delta<'_>> {
    let mut read = Delta::default();
    let mut scan = Scan::new(text);
    scan.members(|scan, name| match name {
        "role" => keep(&mut read.role, scan),
        "content" => keep(&mut read.content, scan),
        "refusal" => keep(&mut read.refusal, scan),
        "reasoning_content" => keep(&mut read.reasoning_content, scan),
        "reasoning" => keep(&mut read.reasoning, scan),
        "reasoning_details" => keep(&mut read.reasoning_details, scan),
        "tool_calls" => keep(&mut read.tool_calls, scan),
        "function_call" => keep(&mut read.function_call, scan),
        "audio" => keep(&mut read.audio, scan),
        "extra_content" => keep(&mut read.extra_content, scan),
        _ => scan.raw().map(drop),
    })?;
    scan.is_over()?;
    for place in [
        &mut read.role,
        &mut read.content,
        &mut read.refusal,
        &mut read.reasoning_content,
        &mut read.reasoning,
        &mut read.reasoning_details,
        &mut read.tool_calls,
        &mut read.function_call,
        &mut read.audio,
        &mut read.extra_content,
    ] {
        *place = said(*place);
    }
    Some(read)
}

fn scanned_usage(text: &str) -> Option<Usage> {
    let mut read = Usage::default();
    let mut scan = Scan::new(text);
    scan.members(|scan, name| match name {
        "prompt_tokens" => count(&mut read.prompt_tokens, scan),
        "completion_tokens" => count(&mut read.completion_tokens, scan),
        "total_tokens" => count(&mut read.total_tokens, scan),
        "prompt_tokens_details" => {
            let details = fresh(&mut read.prompt_tokens_details)?;
            scan.members(|scan, name| match name {
                "cached_tokens" => count(&mut details.cached_tokens, scan),
                "cache_write_tokens" => count(&mut details.cache_write_tokens, scan),
                _ => scan.raw().map(drop),
            })
        }
        "completion_tokens_details" => {
            let details = fresh(&mut read.completion_tokens_details)?;
            scan.members(|scan, name| match name {
                "reasoning_tokens" => count(&mut details.reasoning_tokens, scan),
                _ => scan.raw().map(drop),
            })
        }
        "prompt_cache_hit_tokens" => count(&mut read.prompt_cache_hit_tokens, scan),
        "cached_tokens" => count(&mut read.cached_tokens, scan),
        "num_cached_tokens" => count(&mut read.num_cached_tokens, scan),
        "prompt_audio_seconds" => count(&mut read.prompt_audio_seconds, scan),
        "cache_creation_input_tokens" => count(&mut read.cache_creation_input_tokens, scan),
        _ => scan.raw().map(drop),
    })?;
    scan.is_over()?;
    Some(read)
}

/// Keeps a count that is a whole number; every other is a parser's to judge.
fn count(place: &mut Option<u64>, scan: &mut Scan<'_>) -> Option<()> {
    place.replace(scan.raw()?.parse().ok()?).is_none().then_some(())
}

/// A place for details that were not there before.
fn fresh<T: Default>(place: &mut Option<T>) -> Option<&mut T> {
    place.is_none().then(|| place.insert(T::default()))
}

/// Keeps a member's value. `None`: the member was there before, which a parser may judge.
fn keep<'t>(place: &mut Option<Raw<'t>>, scan: &mut Scan<'t>) -> Option<()> {
    place.replace(Raw::of(scan.raw()?)).is_none().then_some(())
}

/// `null` says nothing.
fn said(raw: Option<Raw<'_>>) -> Option<Raw<'_>> {
    raw.filter(|raw| !raw.is_null())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANSWER: &str = r#" {"id":"c","object":"chat.completion","created":1,"model":null,"system_fingerprint":"f",
        "choices":[{"index":0,"message":{"role":"assistant","content":"a \"b\" \u00e9 日","refusal":null,"tool_calls":[
        {"id":"t","type":"function","function":{"name":"f","arguments":"{}"}}],"annotations":[]},"logprobs":null,
        "finish_reason":"stop"},{"message":null,"finish_reason":null}],"usage":{"prompt_tokens":1},"x_groq":null,"error":{}}"#;

    fn agree(text: &str) -> bool {
        let scanned = scanned_completion(text);
        if let Some(scanned) = &scanned {
            assert_eq!(Some(scanned), serde_json::from_str(text).ok().as_ref(), "{text}");
            for choice in scanned.choices.iter().flatten() {
                if let Some(message) = choice.message
                    && let Some(read) = scanned_message(message.get())
                {
                    assert_eq!(Some(read), serde_json::from_str(message.get()).ok(), "{text}");
                }
            }
        }
        scanned.is_some()
    }

    const USAGE: &str = r#" {"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":0,
        "audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":5,"x":null},"cached_tokens":7} "#;

    fn agree_on_counts(text: &str) -> bool {
        let scanned = scanned_usage(text);
        if let Some(scanned) = &scanned {
            assert_eq!(Some(scanned), serde_json::from_str(text).ok().as_ref(), "{text}");
        }
        scanned.is_some()
    }

    #[test]
    fn a_usual_answer_is_scanned_and_not_parsed() {
        assert!(agree(ANSWER));
        assert!(agree_on_counts(USAGE));
        let message = completion(ANSWER).unwrap().choices.unwrap()[0].message.unwrap();
        assert_eq!(scanned_message(message.get()), serde_json::from_str(message.get()).ok());
    }

    #[test]
    fn what_only_a_parser_may_judge_is_not_scanned() {
        for text in [
            "",
            "[]",
            r#"{"id":1,"id":2}"#,
            r#"{"m\u006fdel":"m"}"#,
            r#"{"choices":{}}"#,
            r#"{"choices":[null]}"#,
            r#"{"choices":[{"index":-1}]}"#,
            r#"{"choices":[{"index":1.0}]}"#,
            r#"{"error":null,"error":{}}"#,
        ] {
            assert!(!agree(text), "{text}");
        }
        for text in [
            "null",
            r#"{"prompt_tokens":1.0}"#,
            r#"{"prompt_tokens":null}"#,
            r#"{"prompt_tokens_details":null}"#,
        ] {
            assert!(!agree_on_counts(text), "{text}");
        }
    }

    fn edited(text: &str, edits: &[(prop::sample::Index, bool, char)]) -> String {
        let mut text: Vec<char> = text.chars().collect();
        for (place, insert, character) in edits {
            let at = place.index(text.len());
            if *insert { text.insert(at, *character) } else { text[at] = *character }
        }
        text.into_iter().collect()
    }

    fn edits() -> impl Strategy<Value = Vec<(prop::sample::Index, bool, char)>> {
        let character = prop::sample::select("{}[]\",:\\u0e-.\n\t tnix".chars().collect::<Vec<_>>());
        prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), character), 0..4)
    }

    proptest! {
        #[test]
        fn what_is_scanned_is_what_a_parser_finds(edits in edits()) {
            agree(&edited(ANSWER, &edits));
            agree_on_counts(&edited(USAGE, &edits));
        }
    }
}
