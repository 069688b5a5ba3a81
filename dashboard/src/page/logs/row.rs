//! One request as a line.

use std::sync::Arc;

use leptos::prelude::*;
use maig_api::LogEntry;

use super::words;
use crate::browser::{now_ms, utc_offset_min};
use crate::ui::{Badge, Icon, Link, Svg, Tone};
use crate::{format, time};

/// The columns, and whether they are figures.
pub(super) const COLUMNS: &[(&str, bool)] = &[
    ("Time", false),
    ("Status", false),
    ("Route → model that answered", false),
    ("Attempts", false),
    ("Duration", true),
    ("First token", true),
    ("In", true),
    ("Out", true),
    ("Cost", true),
];

/// The app got an error: in place of an answer, or in the middle of one whose status had gone out before.
pub(super) fn failed(entry: &LogEntry) -> bool {
    entry.status >= 400 || entry.error_code.is_some()
}

pub(super) fn tone(entry: &LogEntry) -> Tone {
    match entry.status {
        200..=399 if failed(entry) => Tone::Bad,
        200..=399 => Tone::Good,
        499 => Tone::Plain,
        400..=428 | 430..=498 => Tone::Warn,
        _ => Tone::Bad,
    }
}

/// The cells. `search` is the address's query, which the link keeps.
pub(super) fn cells(
    entry: Arc<LogEntry>,
    search: &str,
    tabbed: impl Fn() -> bool + Send + Sync + 'static,
) -> AnyView {
    let at = time::parse(&entry.at).unwrap_or_default();
    let offset = utc_offset_min(at);
    let id = entry.request_id.clone();
    let href = format!("/logs/{id}{search}");
    let spoken = format!("Request of {}, {}, {}", time::absolute(at, offset), entry.status, entry.route);
    let known = |count: Option<u64>| count.map_or_else(|| format::UNKNOWN.to_owned(), format::count);
    let millis = |ms: Option<u64>| ms.map_or_else(|| format::UNKNOWN.to_owned(), format::duration);
    let cost = entry.cost_nano_usd.map_or_else(|| format::UNKNOWN.to_owned(), format::money);
    let cost_title = entry.cost_nano_usd.is_none().then_some("The price is unknown");
    let estimated = entry.estimated.then_some("Estimated");
    let why = entry.error_code.clone().unwrap_or_else(|| words::status(entry.status).to_owned());
    let (moment, hover, status) = (entry.at.clone(), time::absolute(at, offset), entry.status);
    let (tone, failed) = (tone(&entry), failed(&entry));
    view! {
        <span role="cell" class="log-time">
            <Link
                href=href
                class="log-link"
                attr:data-noscroll="true"
                attr:id=format!("log-{id}")
                attr:aria-label=spoken
                attr:tabindex=move || if tabbed() { "0" } else { "-1" }
            >
                <time datetime=moment title=hover>{clock(at, offset)}</time>
            </Link>
        </span>
        <span role="cell" class="log-status">
            <Badge tone=tone>{status}</Badge>
            {failed.then(|| view! { <span class="log-why cut">{why.replace('_', " ")}</span> })}
        </span>
        <span role="cell" class="log-route">
            <span class="cut log-asked">{entry.route.clone()}</span>
            <Svg of=Icon::Right/>
            <span class="cut log-served">{entry.served_by.clone().unwrap_or_else(|| "nobody".to_owned())}</span>
            {entry.test.then(|| view! { <Badge>"test"</Badge> })}
        </span>
        <span role="cell" class="log-attempts">
            <span class="num">{entry.attempts}</span>
            {entry.fallback.then(|| view! { <Badge tone=Tone::Accent>"fallback"</Badge> })}
        </span>
        <span role="cell" class="log-num log-duration">{format::duration(entry.duration_ms)}</span>
        <span role="cell" class="log-num log-first">{millis(entry.first_token_ms)}</span>
        <span role="cell" class="log-num log-in" title=estimated>{known(entry.prompt_tokens)}</span>
        <span role="cell" class="log-num log-out" title=estimated>{known(entry.completion_tokens)}</span>
        <span role="cell" class="log-num log-cost" title=cost_title>{cost}</span>
    }
    .into_any()
}

/// `15:03:09` today, else with the day.
fn clock(at: i64, offset: i64) -> String {
    let exact = time::absolute(at, offset);
    let (day, clock) = exact.rsplit_once(", ").unwrap_or(("", &exact));
    let today = time::absolute(now_ms(), offset);
    if today.starts_with(day) {
        return clock.to_owned();
    }
    let day = day.rsplit_once(' ').map_or(day, |(day, _)| day);
    format!("{day} {clock}")
}
