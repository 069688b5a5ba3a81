//! The mirror of a whole answer, read at the scanner's speed. It must find what a parser finds: where there is the least
//! doubt, a parser reads it.

use serde::Deserialize;

use super::scan;
use crate::wire::openai::{Completion, CompletionChoice, Delta, Raw};

/// A whole answer.
pub(super) fn completion(text: &str) -> serde_json::Result<Completion<'_>> {
    or_parsed(text, scanned_completion(text))
}

/// An answer's message.
pub(super) fn message(raw: Raw<'_>) -> serde_json::Result<Delta<'_>> {
    or_parsed(raw.get(), scanned_message(raw.get()))
}

fn or_parsed<'t, T: Deserialize<'t>>(text: &'t str, scanned: Option<T>) -> serde_json::Result<T> {
    scanned.map_or_else(|| serde_json::from_str(text), Ok)
}

fn scanned_completion(text: &str) -> Option<Completion<'_>> {
    let mut read = Completion::default();
    let mut choices = None;
    scan::object(text, |key, value| match key {
        "id" => keep(&mut read.id, value),
        "object" => keep(&mut read.object, value),
        "created" => keep(&mut read.created, value),
        "model" => keep(&mut read.model, value),
        "choices" => keep(&mut choices, value),
        "usage" => keep(&mut read.usage, value),
        "x_groq" => keep(&mut read.x_groq, value),
        "error" => keep(&mut read.error, value),
        _ => Some(()),
    })?;
    read.x_groq = said(read.x_groq);
    read.error = said(read.error);
    if let Some(list) = said(choices) {
        let mut choices = Vec::with_capacity(1);
        scan::list(list.get(), |choice| {
            choices.push(scanned_choice(choice)?);
            Some(())
        })?;
        read.choices = Some(choices);
    }
    Some(read)
}

fn scanned_choice(text: &str) -> Option<CompletionChoice<'_>> {
    let mut read = CompletionChoice::default();
    let mut index = None;
    scan::object(text, |key, value| match key {
        "index" => keep(&mut index, value),
        "message" => keep(&mut read.message, value),
        "finish_reason" => keep(&mut read.finish_reason, value),
        _ => Some(()),
    })?;
    read.message = said(read.message);
    if let Some(index) = said(index) {
        read.index = Some(index.get().parse().ok()?);
    }
    Some(read)
}

fn scanned_message(text: &str) -> Option<Delta<'_>> {
    let mut read = Delta::default();
    scan::object(text, |key, value| match key {
        "role" => keep(&mut read.role, value),
        "content" => keep(&mut read.content, value),
        "refusal" => keep(&mut read.refusal, value),
        "reasoning_content" => keep(&mut read.reasoning_content, value),
        "reasoning" => keep(&mut read.reasoning, value),
        "reasoning_details" => keep(&mut read.reasoning_details, value),
        "tool_calls" => keep(&mut read.tool_calls, value),
        "function_call" => keep(&mut read.function_call, value),
        "audio" => keep(&mut read.audio, value),
        "extra_content" => keep(&mut read.extra_content, value),
        _ => Some(()),
    })?;
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

/// Keeps a member's value. `None`: the member was there before, which a parser may judge.
fn keep<'t>(place: &mut Option<Raw<'t>>, value: &'t str) -> Option<()> {
    place.replace(Raw::of(value)).is_none().then_some(())
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

    #[test]
    fn a_usual_answer_is_scanned_and_not_parsed() {
        assert!(agree(ANSWER));
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
    }

    proptest! {
        #[test]
        fn what_is_scanned_is_what_a_parser_finds(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), prop::sample::select("{}[]\",:\\u0e-.\n\t tnix".chars().collect::<Vec<_>>())), 0..4)) {
            let mut text: Vec<char> = ANSWER.chars().collect();
            for (place, insert, character) in edits {
                let at = place.index(text.len());
                if insert { text.insert(at, character) } else { text[at] = character }
            }
            agree(&text.iter().collect::<String>());
        }
    }
}
