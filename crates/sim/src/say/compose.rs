//! From what was asked to what is said. Deterministic: the same request gets the same words, and they repeat enough
//! of the request that a test can see what arrived.

use serde_json::json;

use super::{Asked, Call, End, Format, Said, schema, tokens};
use crate::behaviour::{Behaviour, Mood};

/// How much of a prompt is repeated, in characters.
const ECHO: usize = 400;

pub(crate) fn compose(asked: &Asked, model: &str, behaviour: &Behaviour, serial: u64) -> Said {
    let reasoning = if behaviour.reasoning { tokens::pieces("I think before I speak.") } else { Vec::new() };
    let calls = calls(asked, behaviour);
    let (text, end, stopped_by) =
        if calls.is_empty() { words(asked, model, behaviour) } else { (String::new(), End::Calls, None) };
    let mut pieces = tokens::pieces(&text);
    let mut end = end;
    if let Some(limit) = asked.max_tokens
        && pieces.len() > limit
    {
        pieces.truncate(limit);
        end = End::Length;
    }
    let call_tokens: usize = calls.iter().map(|call| 2 + tokens::count(&call.arguments.to_string())).sum();
    Said {
        serial,
        model: model.to_owned(),
        reasoning_tokens: reasoning.len(),
        reasoning,
        answer_tokens: pieces.len() + call_tokens,
        text: behaviour.chunks.map_or_else(|| pieces.clone(), |chunks| regroup(&pieces, chunks)),
        calls,
        end,
        stopped_by,
        prompt_tokens: asked.prompt_tokens,
    }
}

fn calls(asked: &Asked, behaviour: &Behaviour) -> Vec<Call> {
    let unwanted = asked.tools_off || behaviour.mood != Mood::Plain;
    if asked.tools.is_empty() || !asked.results.is_empty() || unwanted {
        return Vec::new();
    }
    let count = match behaviour.tools {
        Some(count) if asked.parallel_off => count.min(1),
        Some(count) => count,
        None => 1,
    };
    let usable: Vec<_> = asked
        .tools
        .iter()
        .filter(|tool| asked.forced_tool.as_ref().is_none_or(|name| *name == tool.name))
        .collect();
    (0..count)
        .filter_map(|index| usable.get(index % usable.len().max(1)).map(|tool| (index, tool)))
        .map(|(index, tool)| Call {
            name: tool.name.clone(),
            arguments: schema::instance(&tool.schema, index),
        })
        .collect()
}

fn words(asked: &Asked, model: &str, behaviour: &Behaviour) -> (String, End, Option<String>) {
    let text = match (behaviour.mood, &asked.format) {
        (Mood::Empty, _) => return (String::new(), End::Stop, None),
        (Mood::Refusal, _) => return ("I cannot help with that.".to_owned(), End::Refusal, None),
        (_, Format::Schema(wanted)) => return (schema::instance(wanted, 0).to_string(), End::Stop, None),
        (_, Format::Json) => return (json!({ "answer": plain(asked, model) }).to_string(), End::Stop, None),
        (_, Format::Text) => match behaviour.words {
            Some(count) => (0..count).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" "),
            None => plain(asked, model),
        },
    };
    match behaviour.mood {
        Mood::Filtered => (half(&text), End::Filtered, None),
        Mood::Length => (half(&text), End::Length, None),
        _ => {
            let first = asked.stop.iter().filter_map(|stop| text.find(stop).map(|at| (at, stop))).min();
            match first {
                Some((at, stop)) => (text[..at].to_owned(), End::Stop, Some(stop.clone())),
                None => (text, End::Stop, None),
            }
        }
    }
}

fn plain(asked: &Asked, model: &str) -> String {
    let images = match asked.images {
        0 => String::new(),
        1 => " (and 1 image)".to_owned(),
        n => format!(" (and {n} images)"),
    };
    if asked.results.is_empty() {
        format!("{model} heard: {}{images}", clip(&asked.prompt))
    } else {
        format!("{model} was told: {}{images}", clip(&asked.results.join("; ")))
    }
}

fn clip(text: &str) -> String {
    text.chars().take(ECHO).collect()
}

fn half(text: &str) -> String {
    text.chars().take(text.chars().count().div_ceil(2)).collect()
}

/// The same text in exactly `chunks` pieces, or in as many as it has characters.
fn regroup(pieces: &[String], chunks: usize) -> Vec<String> {
    let text: Vec<char> = pieces.concat().chars().collect();
    let chunks = chunks.min(text.len());
    (0..chunks)
        .map(|n| text[n * text.len() / chunks..(n + 1) * text.len() / chunks].iter().collect())
        .collect()
}
