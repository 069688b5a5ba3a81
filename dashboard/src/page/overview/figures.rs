//! The headline figures: what they are now, and against the same length of time before. `figures` is pure.

use leptos::prelude::*;
use maig_api::{Totals, UsageReport};

use crate::chart::Trend;
use crate::chart::series::{lay, steps_of};
use crate::format;
use crate::page::logs::logs_href;
use crate::query::Query;
use crate::ui::{Link, Tone};

/// How a figure differs from before, and whether that is good.
#[derive(Clone, Debug, PartialEq)]
struct Change {
    text: String,
    tone: Tone,
}

#[derive(Clone, Debug, PartialEq)]
struct Figure {
    name: &'static str,
    value: String,
    change: Option<Change>,
    note: String,
    /// The filter of the log that shows what is counted.
    filter: Option<(&'static str, &'static str)>,
}

/// What a rise means.
#[derive(Clone, Copy)]
enum Rise {
    Neutral,
    Bad,
}

fn change(now: Option<f64>, before: Option<f64>, rise: Rise, in_points: bool) -> Option<Change> {
    let (now, before) = (now?, before?);
    let text = match in_points {
        true if (now - before).abs() < 0.05 => "no change".to_owned(),
        true => format::signed(format!("{:+.1} points", now - before)),
        false => format::change(now, before),
    };
    let same = text == "no change";
    let tone = match rise {
        _ if same => Tone::Plain,
        Rise::Neutral => Tone::Plain,
        Rise::Bad if now > before => Tone::Bad,
        Rise::Bad => Tone::Good,
    };
    Some(Change { text, tone })
}

/// A name and its value, which no line's end parts.
fn together(name: &str, ms: Option<u64>) -> String {
    let value = ms.map_or_else(|| format::UNKNOWN.to_owned(), format::duration);
    format!("{name}\u{a0}{value}")
}

/// Percent, unless there was nothing.
fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64 * 100.0)
}

fn figures(now: &Totals, before: &Totals) -> [Figure; 6] {
    let millis = |ms: Option<u64>| ms.map_or_else(|| format::UNKNOWN.to_owned(), format::duration);
    let float = |ms: Option<u64>| ms.map(|ms| ms as f64);
    // The 95th of a hundred is the headline; the middle and the slowest stand beside it.
    let latency = |name, [p50, p95, p99]: [Option<u64>; 3], before: Option<u64>| Figure {
        name,
        value: millis(p95),
        change: change(float(p95), float(before), Rise::Bad, false),
        note: p95
            .map_or_else(String::new, |_| format!("{} · {}", together("p50", p50), together("p99", p99))),
        filter: None,
    };
    // Against nothing there is no change to speak of.
    let counted = |now: f64, then: f64| (before.requests > 0).then_some((now, then)).unzip();
    let (requests, requests_before) = counted(now.requests as f64, before.requests as f64);
    let (spend, spend_before) = counted(now.cost_nano_usd as f64, before.cost_nano_usd as f64);
    let unpriced = match now.unpriced {
        0 => String::new(),
        unpriced => format!("without {}", format::plural(unpriced, "unpriced request", "unpriced requests")),
    };
    let share = |name, part: u64, part_before: u64, noun: (&str, &str), filter| Figure {
        name,
        value: format::share(part, now.requests),
        change: change(percent(part, now.requests), percent(part_before, before.requests), Rise::Bad, true),
        note: format::plural(part, noun.0, noun.1),
        filter: Some(filter),
    };
    [
        Figure {
            name: "Requests",
            value: format::count(now.requests),
            change: change(requests, requests_before, Rise::Neutral, false),
            note: String::new(),
            filter: Some(("status", "")),
        },
        share(
            "Errors",
            now.errors,
            before.errors,
            ("failed request", "failed requests"),
            ("status", "error"),
        ),
        share(
            "Fallback share",
            now.fallbacks,
            before.fallbacks,
            ("by a fallback", "by a fallback"),
            ("fallback", "true"),
        ),
        latency("Latency, p95", [now.p50_ms, now.p95_ms, now.p99_ms], before.p95_ms),
        latency(
            "First token, p95",
            [now.first_token_p50_ms, now.first_token_p95_ms, now.first_token_p99_ms],
            before.first_token_p95_ms,
        ),
        Figure {
            name: "Spend",
            value: format::money(now.cost_nano_usd),
            change: change(spend, spend_before, Rise::Neutral, false),
            note: unpriced,
            filter: None,
        },
    ]
}

/// The trend of each figure, in their order.
fn trends(report: &UsageReport) -> Vec<Vec<Option<f64>>> {
    let laid = lay(&report.series, &steps_of(report));
    let trend = |of: fn(&Totals) -> Option<f64>, otherwise: Option<f64>| {
        laid.iter().map(|point| point.map_or(otherwise, |point| of(&point.totals))).collect()
    };
    vec![
        trend(|totals| Some(totals.requests as f64), Some(0.0)),
        trend(|totals| percent(totals.errors, totals.requests), Some(0.0)),
        trend(|totals| percent(totals.fallbacks, totals.requests), Some(0.0)),
        trend(|totals| totals.p95_ms.map(|ms| ms as f64), None),
        trend(|totals| totals.first_token_p95_ms.map(|ms| ms as f64), None),
        trend(|totals| Some(totals.cost_nano_usd as f64), Some(0.0)),
    ]
}

#[component]
pub(super) fn Figures(report: Signal<UsageReport>, query: Memo<Query>) -> impl IntoView {
    let all = Memo::new(move |_| report.with(|report| figures(&report.totals, &report.before)));
    let trends = Memo::new(move |_| report.with(trends));
    let tiles = (0..6).map(move |index| {
        let figure = Memo::new(move |_| all.with(|all| all.get(index).cloned()));
        let trend =
            Signal::derive(move || trends.with(|trends| trends.get(index).cloned().unwrap_or_default()));
        move || figure.get().map(|figure| view! { <Tile figure trend query/> })
    });
    view! { <div class="figures">{tiles.collect_view()}</div> }
}

#[component]
fn Tile(figure: Figure, trend: Signal<Vec<Option<f64>>>, query: Memo<Query>) -> impl IntoView {
    let name = figure.name;
    let title = match figure.filter {
        Some((field, value)) => {
            let href = Signal::derive(move || logs_href(&query.get(), &[(field, value)]));
            view! { <Link href=href class="figure-link">{name}</Link> }.into_any()
        }
        None => name.into_any(),
    };
    view! {
        <div class="figure">
            <p class="figure-name">{title}</p>
            <div class="figure-main">
                <p class="figure-value">{figure.value}</p>
                <Trend values=trend/>
            </div>
            <p class="figure-note">
                {figure.change.map(|change| view! {
                    <span class=format!("figure-change {}", change.tone.class())>{change.text}<span class="unseen">" against the time before"</span></span>
                })}
                // Each part stays whole; a dot between them could stand alone at a line's end.
                {figure.note.split(" · ").map(|part| view! { <span>{part.to_owned()}</span> }).collect_view()}
            </p>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_says_how_it_differs_and_whether_that_is_good() {
        let now = Totals {
            requests: 200,
            errors: 4,
            fallbacks: 20,
            p50_ms: Some(400),
            p95_ms: Some(900),
            p99_ms: Some(1500),
            cost_nano_usd: 5,
            unpriced: 1,
            ..Totals::default()
        };
        let before =
            Totals { requests: 100, errors: 1, fallbacks: 20, p95_ms: Some(1000), ..Totals::default() };
        let said: Vec<_> = figures(&now, &before)
            .into_iter()
            .map(|figure| (figure.value, figure.change.map(|change| (change.text, change.tone)), figure.note))
            .collect();
        let expect = [
            ("200", Some(("+100\u{a0}%", Tone::Plain)), ""),
            ("2\u{a0}%", Some(("+1.0 points", Tone::Bad)), "4 failed requests"),
            ("10\u{a0}%", Some(("−10.0 points", Tone::Good)), "20 by a fallback"),
            ("900\u{a0}ms", Some(("−10\u{a0}%", Tone::Good)), "p50\u{a0}400\u{a0}ms · p99\u{a0}1.50\u{a0}s"),
            (format::UNKNOWN, None, ""),
            ("< $0.0001", Some(("new", Tone::Plain)), "without 1 unpriced request"),
        ];
        let expect = expect.map(|(value, change, note)| {
            (value.to_owned(), change.map(|(text, tone)| (text.to_owned(), tone)), note.to_owned())
        });
        assert_eq!(said, expect);
    }

    #[test]
    fn against_nothing_there_is_no_change() {
        let now = Totals { requests: 3, p95_ms: Some(5), ..Totals::default() };
        assert!(figures(&now, &Totals::default()).iter().all(|figure| figure.change.is_none()));
        assert_eq!(figures(&Totals::default(), &Totals::default())[1].value, format::UNKNOWN);
    }
}
