//! A conversation with one route or model, turn by turn: what was asked, its answer as it comes, who gave it after how
//! many attempts, its clocks, and its way as the log tells it.

use leptos::prelude::*;
use maig_api::LogDetail;

use super::lane::Lane;
use super::turn::{Run, Turn};
use crate::api::chat::Fault;
use crate::api::segment;
use crate::format;
use crate::page::logs::Attempts;
use crate::ui::{Badge, Icon, Link, Svg, Tone, said};

#[component]
pub(super) fn Talk(lane: Lane) -> impl IntoView {
    let with = Memo::new(move |_| lane.turns.with(|turns| turns.last().map(|turn| turn.asked.get_value())));
    let label = move || format!("Conversation with {}", with.get().unwrap_or_default());
    let last = Memo::new(move |_| lane.turns.with(Vec::len));
    let there = Memo::new(move |_| with.with(Option::is_some));
    move || {
        there.get().then(|| {
            view! {
                <section class="panel playground-lane" aria-label=label>
                    <h2 class="cut">{with}</h2>
                    <ol class="playground-turns">
                        <For each=move || lane.turns.get() key=|turn| turn.number let:turn>
                            <OneTurn turn last with/>
                        </For>
                    </ol>
                </section>
            }
        })
    }
}

#[component]
fn OneTurn(turn: Turn, last: Memo<usize>, with: Memo<Option<String>>) -> impl IntoView {
    let asked = turn.asked.get_value();
    // Only where somebody has gone on with another model.
    let other = {
        let asked = asked.clone();
        move || {
            with.with(|with| with.as_ref() != Some(&asked))
                .then(|| view! { <span class="soft small">{asked.clone()}</span> })
        }
    };
    view! {
        <li class="playground-turn" aria-label=format!("Turn {}", turn.number)>
            <div class="playground-asked"><span class="unseen">"You: "</span>{turn.message.get_value()}</div>
            <p class="row">{other}<Standing turn/></p>
            <Thought turn/>
            // Read out once it is whole, not word by word.
            <div class="playground-text" aria-live="polite" aria-busy=move || turn.is_running().to_string()>
                {turn.text}
                {move || turn.is_running().then(|| view! { <span class="playground-caret" aria-hidden="true"></span> })}
            </div>
            {move || turn.run.with(trouble)}
            <details class="playground-more" open=move || last.get() == turn.number>
                <summary>"How it went"</summary>
                <div class="stack">
                    <Clocks turn/>
                    {move || turn.log.get().map(way)}
                </div>
            </details>
        </li>
    }
}

/// How it is with the answer, in words.
#[component]
fn Standing(turn: Turn) -> impl IntoView {
    let word = move || {
        turn.run.with(|run| match run {
            Run::Running => (Tone::Info, "answering".to_owned()),
            Run::Done => (Tone::Good, "answered".to_owned()),
            Run::Failed(Fault::Stopped) => (Tone::Plain, "stopped".to_owned()),
            Run::Failed(Fault::Offline) => (Tone::Bad, "connection lost".to_owned()),
            Run::Failed(Fault::Refused { status: 0, .. }) => (Tone::Bad, "broke off".to_owned()),
            Run::Failed(Fault::Refused { status, .. }) => (Tone::Bad, status.to_string()),
        })
    };
    view! {
        {move || { let (tone, word) = word(); view! { <Badge tone>{word}</Badge> } }}
        {move || turn.served.with(|served| served.fallback).then(|| view! { <Badge tone=Tone::Accent>"fallback"</Badge> })}
        {move || turn.finish.get().filter(|why| why != "stop").map(|why| view! { <Badge tone=Tone::Warn>{format!("ended by {why}")}</Badge> })}
        {move || turn.served.with(|served| served.served_by.clone()).map(|by| view! { <span class="soft">"by "<strong>{by}</strong></span> })}
        {move || turn.served.with(|served| served.attempts).map(|count| {
            view! { <span class="soft num">{format::plural(u64::from(count), "attempt", "attempts")}</span> }
        })}
        {move || turn.run.with(|run| matches!(run, Run::Failed(_))).then(|| view! {
            <span class="soft small">"The next message goes without this one."</span>
        })}
    }
}

#[component]
fn Thought(turn: Turn) -> impl IntoView {
    let there = Memo::new(move |_| turn.thought.with(|text| !text.is_empty()));
    move || {
        there.get().then(|| {
            view! {
                <details class="playground-more">
                    <summary>"Thinking"</summary>
                    <div class="playground-text soft">{turn.thought}</div>
                </details>
            }
        })
    }
}

fn trouble(run: &Run) -> Option<AnyView> {
    let (message, code) = match run {
        Run::Failed(Fault::Refused { message, code, .. }) => (message.clone(), code.clone()),
        Run::Failed(Fault::Offline) => {
            ("The connection ended before the answer did. Send it again.".to_owned(), "offline".to_owned())
        }
        _ => return None,
    };
    Some(
        view! {
            <div class="error" role="alert">
                <Svg of=Icon::Warning/>
                <div class="error-body"><p>{said(&message)}</p><p class="error-code"><code>{code}</code></p></div>
            </div>
        }
        .into_any(),
    )
}

/// As this browser saw it, and what the log knows besides.
#[component]
fn Clocks(turn: Turn) -> impl IntoView {
    let known = |ms: Option<u64>| ms.map_or_else(|| format::UNKNOWN.to_owned(), format::duration);
    let of_log = move |read: fn(&LogDetail) -> String| {
        turn.log.with(|log| log.as_ref().map_or_else(|| format::UNKNOWN.to_owned(), read))
    };
    view! {
        <dl class="playground-clocks">
            <div><dt>"First token"</dt><dd class="num">{move || known(turn.first_ms.get())}</dd></div>
            <div><dt>"In all"</dt><dd class="num">{move || known(turn.total_ms.get())}</dd></div>
            <div><dt>"Tokens"</dt><dd class="num">{move || of_log(tokens)}</dd></div>
            <div><dt>"Cost"</dt><dd class="num">{move || of_log(|log| log.entry.cost_nano_usd.map_or_else(|| "unknown".to_owned(), format::money))}</dd></div>
        </dl>
    }
}

/// `12 in, 140 out`.
fn tokens(log: &LogDetail) -> String {
    let count = |tokens: Option<u64>| tokens.map_or_else(|| format::UNKNOWN.to_owned(), format::count);
    format!("{} in, {} out", count(log.entry.prompt_tokens), count(log.entry.completion_tokens))
}

/// The attempts, one by one.
fn way(log: LogDetail) -> impl IntoView {
    let LogDetail { entry, attempt_log, skipped, dropped, .. } = log;
    view! {
        <Attempts attempts=attempt_log skipped duration_ms=entry.duration_ms/>
        {(!dropped.is_empty()).then(|| view! {
            <p class="small soft">"Could not be told to the model, and was left out: " {dropped.join(", ")}</p>
        })}
        <p><Link href=format!("/logs/{}", segment(&entry.request_id)) class="link">"Open in Logs"</Link></p>
    }
}
