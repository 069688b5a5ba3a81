//! Usage: who and what used how much. What is grouped, by what it is measured and of which time is in the address; each
//! line leads to its requests in the log.

mod measure;
mod ranked;
mod shares;
mod sheet;

use leptos::prelude::*;
use maig_api::{Totals, UsageReport};

use self::measure::{GROUPINGS, Grouping, Measure};
use self::ranked::Ranked;
use self::shares::{Rank, chart, ranks, spend};
use self::sheet::sheet;
use crate::api::{Load, remote, use_api};
use crate::browser;
use crate::chart::Plot;
use crate::format;
use crate::page::RangeSelect;
use crate::page::logs::use_go_to_logs;
use crate::query::{Query, use_query, use_set_query};
use crate::session::use_project;
use crate::time;
use crate::time_range::TimeRange;
use crate::ui::{Button, Empty, Icon, LinkButton, PageHead};

/// Sums are by the hour, so less than a day is nothing to look at.
pub const RANGES: &[(&str, &str)] =
    &[("24h", "Last 24 hours"), ("7d", "Last 7 days"), ("30d", "Last 30 days"), ("90d", "Last 90 days")];

const LOOK_MS: i32 = 15_000;

/// The API's question for the time and the grouping that the address names.
pub fn question(query: &Query, group: Option<&str>, now_ms: i64) -> Query {
    let (from, to) = TimeRange::of(query).bounds(now_ms);
    Query::default().with("from", Some(&from)).with("to", to.as_deref()).with("group", group)
}

#[component]
pub fn Usage() -> impl IntoView {
    let (api, project) = (use_api(), use_project());
    let query = use_query();
    let grouping =
        Memo::new(move |_| query.with(|query| Grouping::of(query.get("group").unwrap_or_default())));
    let measure = Memo::new(move |_| query.with(|query| Measure::of(query.get("show").unwrap_or_default())));
    let time = Memo::new(move |_| {
        query.with(|query| {
            ["range", "from", "to"]
                .iter()
                .fold(Query::default(), |time, name| time.with(name, query.get(name)))
        })
    });
    let name = project.name.clone();
    let report = remote(move || {
        let question = question(&time.get(), Some(grouping.get().asked), browser::now_ms());
        let name = name.clone();
        async move { api.usage(&name, &question).await }
    })
    .poll(LOOK_MS);
    let name = project.name.clone();
    let keys = remote(move || {
        let name = name.clone();
        async move { api.key_names(&name).await }
    });
    let ranked = Memo::new(move |_| {
        let names = keys.data.get().unwrap_or_default();
        report.data.with(|report| {
            report
                .as_ref()
                .map(|report| ranks(report, measure.get(), grouping.get(), &names))
                .unwrap_or_default()
        })
    });
    let save = move || {
        let csv = sheet(grouping.get_untracked(), &ranked.get_untracked()).csv();
        // A browser that refuses says so itself.
        let _ = browser::download(
            &format!("{}-usage-by-{}.csv", project.name, grouping.get_untracked().param),
            "text/csv",
            &csv,
        );
    };
    view! {
        <PageHead title="Usage" text="Who used what, and how much of it.">
            <RangeSelect query presets=RANGES/>
            <Button icon=Icon::Download on_click=save>"Export CSV"</Button>
        </PageHead>
        <div class="usage-bar">
            <Picks label="Group by" param="group" chosen=Signal::derive(move || grouping.get().param) picks=GROUPINGS.iter().map(|grouping| (grouping.param, grouping.label)).collect()/>
            <Picks label="Measure" param="show" chosen=Signal::derive(move || measure.get().name()) picks=Measure::ALL.iter().map(|(name, label, _)| (*name, *label)).collect()/>
        </div>
        <Load what=report rows=10 let:report>
            <Report report ranked measure grouping time/>
        </Load>
    }
}

/// A few to choose one from, side by side; the first is what an address without it means.
#[component]
fn Picks(
    label: &'static str,
    param: &'static str,
    chosen: Signal<&'static str>,
    picks: Vec<(&'static str, &'static str)>,
) -> impl IntoView {
    let set = use_set_query();
    let first = picks.first().map(|(name, _)| *name);
    view! {
        <div class="usage-picks">
        <span class="usage-picks-label" aria-hidden="true">{label}</span>
        <div class="picks" role="group" aria-label=label>
            {picks
                .into_iter()
                .map(|(name, label)| {
                    let set = set.clone();
                    view! {
                        <button
                            type="button"
                            class="pick"
                            aria-pressed=move || (chosen.get() == name).to_string()
                            on:click=move |_| set(param, (Some(name) != first).then_some(name))
                        >
                            {label}
                        </button>
                    }
                })
                .collect_view()}
        </div>
        </div>
    }
}

#[component]
fn Report(
    report: Signal<UsageReport>,
    ranked: Memo<Vec<Rank>>,
    measure: Memo<Measure>,
    grouping: Memo<Grouping>,
    time: Memo<Query>,
) -> impl IntoView {
    let data = Signal::derive(move || report.with(|report| chart(report, measure.get(), &ranked.get())));
    let on_pick = use_go_to_logs();
    let empty = Memo::new(move |_| report.with(|report| report.totals.requests == 0));
    // Where no group has series, the whole is drawn.
    let parted = Memo::new(move |_| ranked.with(|ranked| ranked.iter().any(|rank| rank.look.is_some())));
    let title = move || {
        let name = measure.get().title();
        match parted.get() {
            true => format!("{name} by {}", grouping.get().label.to_lowercase()),
            false => format!("{}, all {}s", name.trim_end_matches(','), grouping.get().label.to_lowercase()),
        }
    };
    move || {
        match empty.get() {
        true => view! {
            <Empty
                icon=Icon::Usage
                title="Nothing was used in this time"
                text="Requests are counted here as soon as they are over. Look at a longer time, or send one."
            >
                <LinkButton href="/logs" icon=Icon::Logs>"Open Logs"</LinkButton>
            </Empty>
        }
        .into_any(),
        false => view! {
            <div class="stack">
                <Sums report/>
                <section class="panel">{move || view! { <Plot title=title() data form=measure.get().form() height=240.0 on_pick/> }}</section>
                <Notes report/>
                <section class="panel panel-flush usage-ranked"><Ranked report ranked measure grouping time/></section>
            </div>
        }
        .into_any(),
    }
    }
}

/// The whole, in words.
#[component]
fn Sums(report: Signal<UsageReport>) -> impl IntoView {
    let totals = Memo::new(move |_| report.with(|report| report.totals.clone()));
    let fact = |name: &'static str, value: fn(&Totals) -> String| {
        view! { <div><dt>{name}</dt><dd class="num">{move || totals.with(value)}</dd></div> }
    };
    view! {
        <dl class="usage-sums">
            {fact("Requests", |totals| format::count(totals.requests))}
            {fact("Spend", spend)}
            {fact("Spend per request", per_request)}
            {fact("Tokens in", |totals| format::compact(totals.prompt_tokens))}
            {fact("Tokens in, cached", |totals| format::share(totals.cached_tokens, totals.prompt_tokens))}
            {fact("Tokens out", |totals| format::compact(totals.completion_tokens))}
        </dl>
    }
}

/// Of the requests whose price is known.
fn per_request(totals: &Totals) -> String {
    let priced = i64::try_from(totals.requests.saturating_sub(totals.unpriced)).unwrap_or(i64::MAX);
    totals.cost_nano_usd.checked_div(priced).map_or_else(|| format::UNKNOWN.to_owned(), format::money)
}

/// What the figures leave out.
#[component]
fn Notes(report: Signal<UsageReport>) -> impl IntoView {
    let unpriced = Memo::new(move |_| report.with(|report| report.totals.unpriced));
    let since = Memo::new(move |_| report.with(|report| report.groups_from.as_deref().and_then(time::parse)));
    view! {
        {move || (unpriced.get() > 0).then(|| view! {
            <p class="small soft">{format!(
                "Spend leaves out {}: the catalogue has no price for the model that answered.",
                format::plural(unpriced.get(), "request", "requests"),
            )}</p>
        })}
        {move || since.get().map(|since| view! {
            <p class="small soft">{format!(
                "End users are counted from the log, which is kept since {}.",
                time::absolute(since, browser::utc_offset_min(since)),
            )}</p>
        })}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_knows_what_is_asked() {
        let known = serde_json::to_value(maig_api::UsageQuery::default()).unwrap();
        let query = question(&Query::parse("?range=7d"), Some("app_version"), 1_795_262_400_000);
        assert_eq!(query.to_search(), "?from=2026-11-14T12:00:00.000Z&group=app_version");
        assert!(query.pairs().all(|(name, _)| known.get(name).is_some()));
    }
}
