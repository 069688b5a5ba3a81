//! The groups as a table: each leads to its requests in the log.

use leptos::prelude::*;
use maig_api::UsageReport;

use super::measure::{Grouping, Measure};
use super::shares::{Rank, spend};
use crate::chart::{Swatch, SwatchMark, Trend};
use crate::format;
use crate::page::logs::logs_href;
use crate::query::Query;
use crate::ui::{Button, Cell, Head, Icon, Kind, Row, Table};

/// So many groups are shown until more are asked for.
const FIRST: usize = 25;

/// What the table shows beside the ranks themselves.
#[derive(Clone, Copy)]
struct Shown {
    measure: Measure,
    grouping: Grouping,
    /// What a bar of the whole width stands for.
    whole: u64,
    trends: bool,
}

#[component]
pub(super) fn Ranked(
    report: Signal<UsageReport>,
    ranked: Memo<Vec<Rank>>,
    measure: Memo<Measure>,
    grouping: Memo<Grouping>,
    time: Memo<Query>,
) -> impl IntoView {
    let others = Memo::new(move |_| report.with(|report| report.others.clone()));
    let trends = Memo::new(move |_| ranked.with(|ranked| ranked.iter().any(|rank| !rank.trend.is_empty())));
    let whole = move |measure: Measure| {
        let largest =
            || ranked.with(|ranked| ranked.iter().filter_map(|rank| measure.value(&rank.totals)).max());
        match measure.adds_up() {
            true => report.with(|report| measure.value(&report.totals)),
            false => largest(),
        }
        .unwrap_or(0)
    };
    let all = RwSignal::new(false);
    let hidden = Memo::new(move |_| match all.get() {
        true => 0,
        false => ranked.with(Vec::len).saturating_sub(FIRST),
    });
    let table = move || {
        let (measure, grouping, trends) = (measure.get(), grouping.get(), trends.get());
        view! {
            <Table label=format!("{} by {}", measure.title(), grouping.label.to_lowercase()) heads=heads(measure, grouping, trends)>
                {move || {
                    let shown = Shown { measure, grouping, whole: whole(measure), trends };
                    let others = others.get().map(|totals| Rank {
                        name: String::new(),
                        shown: "others".to_owned(),
                        totals,
                        look: None,
                        trend: Vec::new(),
                    });
                    let named = ranked.with(|ranked| ranked.iter().take(ranked.len() - hidden.get().min(ranked.len())).cloned().collect::<Vec<_>>());
                    let ranks = named.into_iter().chain(others.filter(|_| hidden.get() == 0));
                    ranks.map(|rank| line(rank, shown, &time.get())).collect_view()
                }}
            </Table>
        }
    };
    view! {
        {table}
        {move || (hidden.get() > 0).then(|| view! {
            <p class="usage-more">
                <Button kind=Kind::Quiet icon=Icon::Down on_click=move || all.set(true)>{format!("{} more", hidden.get())}</Button>
            </p>
        })}
    }
}

fn heads(measure: Measure, grouping: Grouping, trends: bool) -> Vec<Head> {
    let mut heads = vec![Head::text(grouping.label)];
    heads.extend(trends.then(|| Head::text("Trend")));
    heads.push(Head::text(measured(measure)));
    let figures =
        ["Requests", "Errors", "Fallback", "p95", "First token", "Tokens in", "Tokens out", "Spend"];
    heads.extend(figures.map(Head::num));
    heads
}

/// The name of the column with the bars.
fn measured(measure: Measure) -> &'static str {
    match measure {
        Measure::Requests => "Share",
        Measure::Errors => "Share of errors",
        Measure::Fallbacks => "Share of fallbacks",
        Measure::Latency => "Latency, p95",
        Measure::FirstToken => "First token, p95",
        Measure::Tokens => "Share of tokens",
        Measure::Spend => "Share of spend",
    }
}

fn line(rank: Rank, shown: Shown, time: &Query) -> impl IntoView + use<> {
    let Shown { measure, grouping, whole, trends } = shown;
    let totals = rank.totals;
    let value = measure.value(&totals);
    let percent = if whole == 0 { 0.0 } else { value.unwrap_or(0) as f64 / whole as f64 * 100.0 };
    let said = match (measure.adds_up(), value) {
        (true, value) => format::share(value.unwrap_or(0), whole),
        (false, Some(ms)) => format::duration(ms),
        (false, None) => format::UNKNOWN.to_owned(),
    };
    let mark = if measure.adds_up() { SwatchMark::Block } else { SwatchMark::Line };
    let name = view! {
        <span class="usage-name">
            {rank.look.map(|look| view! { <Swatch look mark/> })}
            <span>{rank.shown}</span>
        </span>
    };
    let href = (!rank.name.is_empty()).then(|| logs_href(time, &[(grouping.filter, &rank.name)]));
    let name = match href {
        Some(href) => view! { <Cell href=href>{name}</Cell> }.into_any(),
        None => view! { <Cell>{name}</Cell> }.into_any(),
    };
    let millis = |ms: Option<u64>| ms.map_or_else(|| format::UNKNOWN.to_owned(), format::duration);
    view! {
        <Row>
            {name}
            {trends.then(|| view! { <Cell head="Trend"><Trend values=Signal::stored(rank.trend) width=72.0 height=22.0/></Cell> })}
            <Cell head=measured(measure)>
                <span class="usage-share">
                    <span class="usage-track" aria-hidden="true"><span class="usage-bar-fill" style:width=format!("{percent:.1}%")></span></span>
                    <span class="num">{said}</span>
                </span>
            </Cell>
            <Cell head="Requests" num=true>{format::count(totals.requests)}</Cell>
            <Cell head="Errors" num=true>{format::share(totals.errors, totals.requests)}</Cell>
            <Cell head="Fallback" num=true>{format::share(totals.fallbacks, totals.requests)}</Cell>
            <Cell head="p95" num=true>{millis(totals.p95_ms)}</Cell>
            <Cell head="First token" num=true>{millis(totals.first_token_p95_ms)}</Cell>
            <Cell head="Tokens in" num=true>{format::compact(totals.prompt_tokens)}</Cell>
            <Cell head="Tokens out" num=true>{format::compact(totals.completion_tokens)}</Cell>
            <Cell head="Spend" num=true>{spend(&totals)}</Cell>
        </Row>
    }
}
