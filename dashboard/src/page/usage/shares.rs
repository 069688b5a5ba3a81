//! A usage report as a ranked table and as stacked series: the largest groups by name, the rest as one. Pure.

use maig_api::{Totals, UsageReport};

use crate::chart::scale::Unit;
use crate::chart::series::{ChartData, Series, lay, steps};
use crate::chart::table::DataTable;
use crate::format;
use crate::time;

/// What groups are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Requests,
    Spend,
    Tokens,
}

impl Measure {
    pub const ALL: [(&'static str, &'static str, Self); 3] = [
        ("requests", "Requests", Self::Requests),
        ("spend", "Spend", Self::Spend),
        ("tokens", "Tokens", Self::Tokens),
    ];

    pub fn of(name: &str) -> Self {
        Self::ALL.iter().find(|(own, ..)| *own == name).map_or(Self::Requests, |(.., measure)| *measure)
    }

    pub fn value(self, totals: &Totals) -> u64 {
        match self {
            Self::Requests => totals.requests,
            Self::Spend => u64::try_from(totals.cost_nano_usd).unwrap_or(0),
            Self::Tokens => totals.prompt_tokens + totals.completion_tokens,
        }
    }

    fn unit(self) -> Unit {
        if self == Self::Spend { Unit::Money } else { Unit::Count }
    }
}

/// What a report can be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grouping {
    /// In the page's address.
    pub param: &'static str,
    /// In the API's question.
    pub asked: &'static str,
    pub label: &'static str,
    /// The log's filter for one of its groups.
    pub filter: &'static str,
    /// What a group without a name is.
    pub unnamed: &'static str,
}

const fn grouping(
    param: &'static str,
    asked: &'static str,
    label: &'static str,
    filter: &'static str,
    unnamed: &'static str,
) -> Grouping {
    Grouping { param, asked, label, filter, unnamed }
}

pub const GROUPINGS: &[Grouping] = &[
    grouping("route", "route", "Route", "route", "no route"),
    grouping("model", "model", "Model", "model", "answered by nobody"),
    grouping("key", "key", "Project key", "key", "no key"),
    grouping("user", "user", "End user", "user", "not said"),
    grouping("version", "app_version", "App version", "version", "not said"),
    grouping("platform", "platform", "Platform", "platform", "not said"),
];

impl Grouping {
    pub fn of(name: &str) -> Self {
        GROUPINGS.iter().copied().find(|grouping| grouping.param == name).unwrap_or(GROUPINGS[0])
    }
}

/// A line of the ranked table.
#[derive(Clone, Debug, PartialEq)]
pub struct Rank {
    /// As the API has it; empty where requests have none.
    pub name: String,
    /// As people know it.
    pub shown: String,
    pub totals: Totals,
    /// Its look on the chart, if it is there.
    pub look: Option<usize>,
}

/// So many groups stand on the chart by name; the last look is for the others.
const NAMED: usize = crate::chart::MOST - 1;

/// The groups, largest first by what is measured. `names` gives names for ids.
pub fn ranks(
    report: &UsageReport,
    measure: Measure,
    grouping: Grouping,
    names: &[(String, String)],
) -> Vec<Rank> {
    let mut ranks: Vec<Rank> = report
        .groups
        .iter()
        .map(|group| Rank {
            name: group.name.clone(),
            shown: shown(&group.name, grouping, names),
            totals: group.totals.clone(),
            look: None,
        })
        .collect();
    ranks.sort_by_key(|rank| std::cmp::Reverse((measure.value(&rank.totals), rank.totals.requests)));
    let has_series =
        |name: &str| report.groups.iter().any(|group| group.name == name && !group.series.is_empty());
    let named = ranks.iter_mut().filter(|rank| has_series(&rank.name)).take(NAMED);
    named.enumerate().for_each(|(look, rank)| rank.look = Some(look));
    ranks
}

fn shown(name: &str, grouping: Grouping, names: &[(String, String)]) -> String {
    if name.is_empty() {
        return grouping.unnamed.to_owned();
    }
    let known = names.iter().find(|(id, _)| grouping.param == "key" && id == name);
    known.map_or_else(|| name.to_owned(), |(_, known)| known.clone())
}

/// The stacked series of the ranks that have a look, and of all others as one.
pub fn chart(report: &UsageReport, measure: Measure, ranks: &[Rank]) -> ChartData {
    let moment = |text: &str| time::parse(text).unwrap_or_default();
    let step_ms = if report.step == "day" { 86_400_000 } else { 3_600_000 };
    let steps = steps(moment(&report.from), moment(&report.to), step_ms);
    let mut rest: Vec<u64> = lay(&report.series, &steps)
        .iter()
        .map(|point| point.map_or(0, |point| measure.value(&point.totals)))
        .collect();
    let mut series = Vec::new();
    for rank in ranks {
        let Some(look) = rank.look else { continue };
        let Some(group) = report.groups.iter().find(|group| group.name == rank.name) else { continue };
        let values: Vec<u64> = lay(&group.series, &steps)
            .iter()
            .map(|point| point.map_or(0, |point| measure.value(&point.totals)))
            .collect();
        rest.iter_mut().zip(&values).for_each(|(rest, value)| *rest = rest.saturating_sub(*value));
        series.push(Series { name: rank.shown.clone(), look, values: floats(&values) });
    }
    if series.is_empty() {
        series.push(Series { name: "all".to_owned(), look: 0, values: floats(&rest) });
    } else if rest.iter().any(|value| *value > 0) {
        series.push(Series { name: "others".to_owned(), look: NAMED, values: floats(&rest) });
    }
    ChartData { unit: measure.unit(), steps, step_ms, series }
}

fn floats(values: &[u64]) -> Vec<Option<f64>> {
    values.iter().map(|value| Some(*value as f64)).collect()
}

/// The ranked table for a spreadsheet: figures as numbers, money in dollars.
pub fn sheet(grouping: Grouping, ranks: &[Rank]) -> DataTable {
    const HEAD: [&str; 10] = [
        "requests",
        "errors",
        "fallbacks",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "reasoning_tokens",
        "cost_usd",
        "unpriced",
        "p95_ms",
    ];
    let row = |rank: &Rank| {
        let totals = &rank.totals;
        let name = if rank.name.is_empty() { String::new() } else { rank.shown.clone() };
        let counts = [
            totals.requests,
            totals.errors,
            totals.fallbacks,
            totals.prompt_tokens,
            totals.cached_tokens,
            totals.completion_tokens,
            totals.reasoning_tokens,
        ];
        let counts = counts.iter().map(u64::to_string);
        let rest = [
            format!("{:.9}", totals.cost_nano_usd as f64 / 1e9),
            totals.unpriced.to_string(),
            totals.p95_ms.map_or_else(String::new, |ms| ms.to_string()),
        ];
        std::iter::once(name).chain(counts).chain(rest).collect()
    };
    let head = std::iter::once(grouping.asked).chain(HEAD).map(str::to_owned).collect();
    DataTable { head, rows: ranks.iter().map(row).collect() }
}

/// What a group spent, and what that leaves out.
pub fn spend(totals: &Totals) -> String {
    match (totals.cost_nano_usd, totals.unpriced) {
        (0, unpriced) if unpriced > 0 => "unknown".to_owned(),
        (cost, _) => format::money(cost),
    }
}

#[cfg(test)]
mod tests {
    use maig_api::{SeriesPoint, UsageGroup};

    use super::*;

    fn totals(requests: u64, cost: i64) -> Totals {
        Totals { requests, cost_nano_usd: cost, ..Totals::default() }
    }

    fn group(name: &str, requests: u64, cost: i64) -> UsageGroup {
        let point = SeriesPoint { at: "2026-11-21T10:00:00Z".into(), totals: totals(requests, cost) };
        UsageGroup { name: name.into(), totals: totals(requests, cost), series: vec![point] }
    }

    fn report(groups: Vec<UsageGroup>, all: u64) -> UsageReport {
        UsageReport {
            from: "2026-11-21T10:00:00Z".into(),
            to: "2026-11-21T12:00:00Z".into(),
            step: "hour".into(),
            totals: totals(all, 0),
            before: Totals::default(),
            series: vec![SeriesPoint { at: "2026-11-21T10:00:00Z".into(), totals: totals(all, 0) }],
            groups,
            others: None,
            groups_from: None,
        }
    }

    #[test]
    fn the_largest_stand_by_name_and_the_rest_as_one() {
        let groups = (0..8).map(|n| group(&format!("g{n}"), 10 * (n + 1), 0)).collect();
        let report = report(groups, 400);
        let ranks = ranks(&report, Measure::Requests, GROUPINGS[0], &[]);
        assert_eq!(
            ranks.iter().map(|rank| rank.name.as_str()).collect::<Vec<_>>(),
            ["g7", "g6", "g5", "g4", "g3", "g2", "g1", "g0"]
        );
        let chart = chart(&report, Measure::Requests, &ranks);
        let names: Vec<_> =
            chart.series.iter().map(|series| (series.name.as_str(), series.values[0])).collect();
        let expect =
            [("g7", 80.0), ("g6", 70.0), ("g5", 60.0), ("g4", 50.0), ("g3", 40.0), ("others", 100.0)];
        assert_eq!(names, expect.map(|(name, value)| (name, Some(value))));
        assert_eq!(chart.series[0].values[1], Some(0.0));
    }

    #[test]
    fn keys_have_names_and_what_has_none_says_so() {
        let report = report(vec![group("k1", 1, 50), group("", 9, 0)], 10);
        let names = [("k1".to_owned(), "ios-app".to_owned())];
        let ranks = ranks(&report, Measure::Spend, Grouping::of("key"), &names);
        assert_eq!(ranks.iter().map(|rank| rank.shown.as_str()).collect::<Vec<_>>(), ["ios-app", "no key"]);
        let csv = sheet(Grouping::of("key"), &ranks).csv();
        assert!(csv.starts_with("key,requests,"), "{csv}");
        assert!(csv.contains("\r\nios-app,1,0,0,0,0,0,0,0.000000050,0,\r\n"), "{csv}");
    }

    #[test]
    fn what_is_without_series_is_drawn_as_a_whole() {
        let report = report(vec![UsageGroup { series: Vec::new(), ..group("u1", 5, 0) }], 5);
        let ranks = ranks(&report, Measure::Requests, Grouping::of("user"), &[]);
        assert_eq!(ranks[0].look, None);
        let chart = chart(&report, Measure::Requests, &ranks);
        assert_eq!(chart.series.iter().map(|series| series.name.as_str()).collect::<Vec<_>>(), ["all"]);
    }

    #[test]
    fn an_unknown_price_is_not_nothing() {
        let unpriced = |cost, unpriced| Totals { cost_nano_usd: cost, unpriced, ..Totals::default() };
        assert_eq!(spend(&unpriced(0, 3)), "unknown");
        assert_eq!(spend(&unpriced(0, 0)), "$0.00");
        assert_eq!(spend(&unpriced(2_000_000_000, 3)), "$2.00");
    }
}
