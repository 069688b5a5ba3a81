//! A rehearsal in sentences: each fate as one chooses it, each scene as it happened, and what the app sees. Pure text.

use std::time::Duration;

use maig_core::explain::{Came, End, Event, Fate, Next, Scene};
use maig_core::failure::FailureKind;
use maig_core::plan::SkipReason;

use crate::format;
use crate::page::routes::words::kind;

/// A fate as a choice, with the word that stands for it.
pub fn fate(fate: Fate) -> (&'static str, &'static str) {
    match fate {
        Fate::Answers => ("answers", "answers"),
        Fate::ServerError => ("server-error", "is down (503)"),
        Fate::RateLimit { .. } => ("rate-limit", "is at its limit (429)"),
        Fate::EmptyAccount => ("empty-account", "has no credit left"),
        Fate::Silent => ("silent", "stays silent"),
        Fate::RefusesConnection => ("refuses", "refuses the connection"),
        Fate::Empty => ("empty", "gives an empty answer"),
        Fate::ContextTooSmall => ("context", "finds the prompt too long"),
        Fate::RefusesPrompt => ("policy", "refuses by its policy"),
        Fate::BadKey => ("bad-key", "refuses our key (401)"),
        Fate::UnknownModel => ("unknown", "does not know the model (404)"),
        Fate::BadRequest => ("bad-request", "calls the request wrong (400)"),
        Fate::Cut => ("cut", "breaks off in the middle"),
    }
}

/// The fate of a word.
pub fn fate_of(word: &str) -> Fate {
    Fate::ALL.into_iter().find(|one| fate(*one).0 == word).unwrap_or_default()
}

/// A duration in a sentence.
pub fn took(duration: Duration) -> String {
    format::duration(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

/// How a scene is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    Good,
    Bad,
    Skip,
    Wait,
}

/// A scene: its mark, what happened, and why it goes on as it does.
pub fn scene(scene: &Scene) -> (Mark, String, String) {
    match &scene.event {
        Event::Skipped(reason) => (Mark::Skip, "is skipped".to_owned(), skipped(reason)),
        Event::Waited(wait) => {
            (Mark::Wait, format!("waits {}", took(*wait)), "Then the same target is asked again.".to_owned())
        }
        Event::Tried { attempt, probe, took: time, came } => {
            let again = if *attempt > 1 { format!(", attempt {attempt}") } else { String::new() };
            let why = if *probe {
                "Its breaker is open, as all are: this one request may look whether it is back."
            } else {
                ""
            };
            match came {
                Came::Answered => (Mark::Good, format!("answers after {}{again}", took(*time)), why.to_owned()),
                Came::Cut => (
                    Mark::Bad,
                    format!("breaks off{again}"),
                    "The app already has the first words, so no other target can take over: the stream ends with an error event."
                        .to_owned(),
                ),
                Came::Failed { kind, status, retry_after, next } => {
                    let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
                    let what = format!("{}{status} after {}{again}", failed(*kind), took(*time));
                    (Mark::Bad, what, led_to(*kind, *retry_after, *next))
                }
            }
        }
    }
}

fn failed(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Connect => "cannot be reached",
        FailureKind::ServerError => "fails",
        FailureKind::RateLimit => "is at its limit",
        FailureKind::Timeout => "is given up",
        FailureKind::BadResponse => "gives no usable answer",
        FailureKind::ContextWindow => "finds the prompt too long",
        FailureKind::ContentPolicy => "refuses the prompt",
        FailureKind::ProviderAuth => "refuses our key",
        FailureKind::ModelUnavailable => "does not know the model",
        FailureKind::InvalidRequest => "calls the request wrong",
        FailureKind::StreamCut => "breaks off",
        FailureKind::Truncated | FailureKind::SchemaMismatch | FailureKind::TooShort => {
            "gives an answer that does not pass"
        }
    }
}

fn led_to(failure: FailureKind, retry_after: Option<Duration>, next: Next) -> String {
    let why = match failure {
        FailureKind::ModelUnavailable => "That always goes on to the next target.".to_owned(),
        FailureKind::Connect | FailureKind::BadResponse => {
            format!("{} count as server errors, which this route falls over on.", sentence(kind(failure)))
        }
        _ => format!("This route falls over on {}.", kind(failure)),
    };
    let asked = retry_after
        .map(|wait| format!(" It asks for {} of rest, and its breaker gives it that.", took(wait)))
        .unwrap_or_default();
    match next {
        Next::Again => format!("It has a retry left, so it is asked again.{asked}"),
        Next::Onward => format!("{why}{asked}"),
        Next::NobodyLeft => format!("No target is left that could be asked.{asked}"),
        Next::TheEnd => match failure {
            FailureKind::InvalidRequest => {
                "Every target would refuse the same request, so the app gets the provider's words.".to_owned()
            }
            FailureKind::ContentPolicy => {
                "This route does not fall over on refusals by policy, so the app gets the refusal.".to_owned()
            }
            _ => format!("This route does not fall over on {}, so it ends here.{asked}", kind(failure)),
        },
    }
}

fn skipped(reason: &SkipReason) -> String {
    match reason {
        SkipReason::ForceFallback => "Force Fallback passes over the primary.".to_owned(),
        SkipReason::NoAccount => "No usable provider key serves it.".to_owned(),
        SkipReason::Unsupported(lack) => format!("It cannot do what the request needs: {}.", lack.reason),
        SkipReason::Breaker { because, .. } => {
            format!("Its breaker is open after {}: it is left in peace for a while.", kind(*because))
        }
        SkipReason::SmallWindow => "Its window is no larger than the one that was too small.".to_owned(),
    }
}

/// What the app sees, as a headline.
pub fn ending(end: &End, stream: bool) -> String {
    match (&end.served_by, end.code, end.first_word) {
        (Some(who), None, Some(first)) if stream => {
            format!("Your app reads the first words of {who} after {}.", took(first))
        }
        (Some(who), None, _) => format!("Your app gets the answer of {who} after {}.", took(end.at)),
        (Some(who), Some(code), _) => {
            format!("Your app gets the first words of {who}, then the error {code}.")
        }
        (None, code, _) => {
            let code = code.map_or_else(|| "the provider's own error".to_owned(), str::to_owned);
            // The head went out before anybody knew.
            let within = if end.in_stream { ", as an event of a stream that began with 200" } else { "" };
            format!("Your app gets {code} after {}{within}.", took(end.at))
        }
    }
}

/// The head of the answer.
pub fn headers(end: &End) -> String {
    let mut lines = vec![format!("HTTP/1.1 {}", if end.in_stream { 200 } else { end.status })];
    if let Some(who) = &end.served_by {
        lines.push(format!("x-maig-served-by: {who}"));
        lines.push(format!("x-maig-fallback: {}", end.fallback));
    }
    lines.push(format!("x-maig-attempts: {}", end.attempts));
    if let Some(wait) = end.retry_after {
        lines.push(format!("retry-after: {}", wait.as_secs_f64().ceil()));
    }
    if let Some(again) = end.should_retry.filter(|_| !end.in_stream) {
        lines.push(format!("x-should-retry: {again}"));
    }
    lines.join("\n")
}

fn sentence(text: &str) -> String {
    text.get(..1).map(str::to_uppercase).unwrap_or_default() + text.get(1..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fate_has_a_word_and_is_found_by_it() {
        for one in Fate::ALL {
            let (word, text) = fate(one);
            assert_eq!(fate_of(word), one);
            assert!(!text.is_empty());
        }
    }
}
