//! An answer as it comes: its text, who gave it after how many attempts, its clocks, and its way as the log tells it.

use leptos::prelude::*;
use maig_api::LogDetail;

use super::lane::{Lane, Run};
use crate::api::chat::Fault;
use crate::api::segment;
use crate::format;
use crate::page::logs::Attempts;
use crate::ui::{Badge, Icon, Link, Svg, Tone};

#[component]
pub(super) fn Answer(lane: Lane) -> impl IntoView {
    let shown = Memo::new(move |_| lane.run.with(|run| *run != Run::Idle));
    move || {
        shown.get().then(|| view! {
            <section class="panel playground-lane" aria-label=move || format!("Answer of {}", lane.asked.get())>
                <header class="playground-head">
                    <h2 class="cut">{lane.asked}</h2>
                    <p class="row"><Standing lane/></p>
                </header>
                <Thought lane/>
                // Read out once it is whole, not word by word.
                <div class="playground-text" aria-live="polite" aria-busy=move || lane.is_running().to_string()>
                    {lane.text}
                    {move || lane.is_running().then(|| view! { <span class="playground-caret" aria-hidden="true"></span> })}
                </div>
                {move || lane.run.with(trouble)}
                <Clocks lane/>
                {move || lane.log.get().map(way)}
            </section>
        })
    }
}

/// How it is with the answer, in words.
#[component]
fn Standing(lane: Lane) -> impl IntoView {
    let word = move || {
        lane.run.with(|run| match run {
            Run::Idle => (Tone::Plain, String::new()),
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
        {move || lane.served.with(|served| served.fallback).then(|| view! { <Badge tone=Tone::Accent>"fallback"</Badge> })}
        {move || lane.finish.get().filter(|why| why != "stop").map(|why| view! { <Badge tone=Tone::Warn>{format!("ended by {why}")}</Badge> })}
        {move || lane.served.with(|served| served.served_by.clone()).map(|by| view! { <span class="soft">"by "<strong>{by}</strong></span> })}
        {move || lane.served.with(|served| served.attempts).map(|count| {
            view! { <span class="soft num">{format::plural(u64::from(count), "attempt", "attempts")}</span> }
        })}
    }
}

#[component]
fn Thought(lane: Lane) -> impl IntoView {
    let there = Memo::new(move |_| lane.thought.with(|text| !text.is_empty()));
    move || {
        there.get().then(|| {
            view! {
                <details class="playground-more">
                    <summary>"Thinking"</summary>
                    <div class="playground-text soft">{lane.thought}</div>
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
                <div class="error-body"><p>{message}</p><p class="error-code"><code>{code}</code></p></div>
            </div>
        }
        .into_any(),
    )
}

/// As this browser saw it, and what the log knows besides.
#[component]
fn Clocks(lane: Lane) -> impl IntoView {
    let known = |ms: Option<u64>| ms.map_or_else(|| format::UNKNOWN.to_owned(), format::duration);
    let of_log = move |read: fn(&LogDetail) -> String| {
        lane.log.with(|log| log.as_ref().map_or_else(|| format::UNKNOWN.to_owned(), read))
    };
    view! {
        <dl class="playground-clocks">
            <div><dt>"First token"</dt><dd class="num">{move || known(lane.first_ms.get())}</dd></div>
            <div><dt>"In all"</dt><dd class="num">{move || known(lane.total_ms.get())}</dd></div>
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
