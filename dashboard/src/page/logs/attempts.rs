//! The attempts of a request as a waterfall: when each began, how long it waited for its first token, how it ended, and
//! why it failed, in words. A list for who listens; the bars only repeat what it says.

use leptos::prelude::*;
use maig_api::{AttemptLog, SkipLog};

use super::words;
use crate::chart::waterfall::{Bar, Outcome, ROOM, waterfall};
use crate::format;
use crate::ui::{Badge, Icon, Svg, Tone};

#[component]
pub fn Attempts(attempts: Vec<AttemptLog>, skipped: Vec<SkipLog>, duration_ms: u64) -> impl IntoView {
    let fall = waterfall(&attempts, duration_ms);
    let marks = fall.marks.clone();
    let none = attempts.is_empty();
    // Hatching needs a word only where it stops before the bar's end.
    let parted = attempts.iter().any(|attempt| attempt.first_token_ms.is_some());
    view! {
        <section class="log-part">
            <h3>"Attempts"</h3>
            {none.then(|| view! { <p class="soft">"No provider was asked."</p> })}
            <div class="fall">
                {parted.then(|| view! {
                    <p class="fall-key small faint" aria-hidden="true">
                        <span class="fall-key-wait"></span>"until the first token"
                        <span class="fall-key-rest"></span>"the answer"
                    </p>
                })}
                {(!none).then(|| view! {
                    <div class="fall-marks" aria-hidden="true">
                        {marks
                            .into_iter()
                            .map(|mark| view! {
                                <span class="fall-mark" class:fall-mark-end=(mark.left > ROOM) style:left=format!("{}%", mark.left)>
                                    {mark.label}
                                </span>
                            })
                            .collect_view()}
                    </div>
                })}
                <ol class="fall-list">
                    {attempts.into_iter().zip(fall.bars).enumerate().map(|(index, (attempt, bar))| one(index, attempt, bar)).collect_view()}
                </ol>
            </div>
            <Skipped skipped/>
        </section>
    }
}

fn one(index: usize, attempt: AttemptLog, bar: Bar) -> impl IntoView {
    let (word, tone, class) = match bar.outcome {
        Outcome::Answered => ("answered".to_owned(), Tone::Good, "fall-bar fall-good"),
        Outcome::Cancelled => ("given up".to_owned(), Tone::Plain, "fall-bar fall-left"),
        Outcome::Failed => {
            let kind = attempt.kind.clone().unwrap_or_default().replace('_', " ");
            (
                attempt.status.map_or(kind.clone(), |status| format!("{status} {kind}")),
                Tone::Bad,
                "fall-bar fall-bad",
            )
        }
    };
    let clock = |name: &str, ms: u64| view! { <span>{format!("{name} {}", format::duration(ms))}</span> };
    view! {
        <li class="fall-one">
            <p class="fall-name">
                <span class="fall-number" aria-hidden="true">{index + 1}</span>
                <strong>{attempt.model.clone()}</strong>
                <Badge tone>{word}</Badge>
            </p>
            <div class="fall-track" aria-hidden="true">
                <span class=class style:left=format!("{}%", bar.left) style:width=format!("{}%", bar.width)>
                    <span class="fall-wait" style:width=format!("{}%", 100.0 * bar.wait / bar.width)></span>
                </span>
            </div>
            <p class="fall-clocks small faint num">
                {clock("began at", attempt.start_ms)} " "
                {attempt.first_token_ms.map(|first| clock("first token", first))} " "
                {clock("total", attempt.ms)}
            </p>
            {words::why(&attempt).map(|why| view! { <p class="fall-why">{why}</p> })}
            {attempt.message.clone().map(|message| view! { <p class="fall-message"><code>{message}</code></p> })}
        </li>
    }
}

/// Targets that were not asked at all.
#[component]
fn Skipped(skipped: Vec<SkipLog>) -> impl IntoView {
    (!skipped.is_empty()).then(|| view! {
        <div class="fall-skipped">
            <h4>"Passed over without a request"</h4>
            <ul>
                {skipped
                    .into_iter()
                    .map(|skip| view! {
                        <li>
                            <Svg of=Icon::Fallback/>
                            <span><strong>{skip.model.clone()}</strong>" "<span class="soft">{words::passed_over(&skip)}</span></span>
                        </li>
                    })
                    .collect_view()}
            </ul>
        </div>
    })
}
