//! A usage report as a ranked table and as series: the largest groups by name, the rest as one. Pure.

use maig_api::{SeriesPoint, Totals, UsageReport};

use super::measure::{Grouping, Measure};
use crate::chart::series::{ChartData, Series, lay, step_ms, steps_of};
use crate::format;

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
    /// What is measured, step by step; empty where the report does not tell.
    pub trend: Vec<Option<f64>>,
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
    let steps = steps_of(report);
    let mut ranks: Vec<Rank> = report
        .groups
        .iter()
        .map(|group| Rank {
            name: group.name.clone(),
            shown: shown(&group.name, grouping, names),
            totals: group.totals.clone(),
            look: None,
            trend: match group.series.is_empty() {
                true => Vec::new(),
                false => values(&group.series, &steps, measure),
            },
        })
        .collect();
    ranks.sort_by_key(|rank| std::cmp::Reverse((measure.value(&rank.totals), rank.totals.requests)));
    let told = ranks.iter_mut().filter(|rank| rank.trend.iter().flatten().any(|value| *value > 0.0));
    told.take(NAMED).enumerate().for_each(|(look, rank)| rank.look = Some(look));
    ranks
}

fn shown(name: &str, grouping: Grouping, names: &[(String, String)]) -> String {
    if name.is_empty() {
        return grouping.unnamed.to_owned();
    }
    let known = names.iter().find(|(id, _)| grouping.param == "key" && id == name);
    known.map_or_else(|| name.to_owned(), |(_, known)| known.clone())
}

/// A step in which nothing happened is zero of what can be counted, and a gap of what cannot.
fn values(points: &[SeriesPoint], steps: &[i64], measure: Measure) -> Vec<Option<f64>> {
    let nothing = measure.adds_up().then_some(0.0);
    let laid = lay(points, steps).into_iter();
    laid.map(|point| match point {
        Some(point) => measure.value(&point.totals).map(|value| value as f64),
        None => nothing,
    })
    .collect()
}

/// The series of the ranks that have a look, and of all others as one where they add up.
pub fn chart(report: &UsageReport, measure: Measure, ranks: &[Rank]) -> ChartData {
    let steps = steps_of(report);
    let named = ranks.iter().filter_map(|rank| Some((rank.look?, rank)));
    let mut series: Vec<Series> = named
        .map(|(look, rank)| Series { name: rank.shown.clone(), look, values: rank.trend.clone() })
        .collect();
    let whole = values(&report.series, &steps, measure);
    if series.is_empty() {
        series.push(Series { name: "all".to_owned(), look: 0, values: whole });
    } else if measure.adds_up() {
        let of_named =
            |step: usize| series.iter().filter_map(|series| *series.values.get(step)?).sum::<f64>();
        let rest: Vec<Option<f64>> = whole
            .iter()
            .enumerate()
            .map(|(step, value)| Some((value.unwrap_or(0.0) - of_named(step)).max(0.0)))
            .collect();
        if rest.iter().flatten().any(|value| *value > 0.0) {
            series.push(Series { name: "others".to_owned(), look: NAMED, values: rest });
        }
    }
    ChartData { unit: measure.unit(), steps, step_ms: step_ms(report), series }
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
    use maig_api::UsageGroup;

    use super::super::measure::GROUPINGS;
    use super::*;

    fn totals(requests: u64, p95_ms: Option<u64>) -> Totals {
        Totals { requests, p95_ms, ..Totals::default() }
    }

    fn point(totals: Totals) -> SeriesPoint {
        SeriesPoint { at: "2026-11-21T10:00:00Z".into(), totals }
    }

    fn group(name: &str, requests: u64, p95_ms: Option<u64>) -> UsageGroup {
        let totals = totals(requests, p95_ms);
        UsageGroup { name: name.into(), series: vec![point(totals.clone())], totals }
    }

    fn report(groups: Vec<UsageGroup>, all: u64) -> UsageReport {
        UsageReport {
            from: "2026-11-21T10:00:00Z".into(),
            to: "2026-11-21T12:00:00Z".into(),
            step: "hour".into(),
            totals: totals(all, None),
            before: Totals::default(),
            series: vec![point(totals(all, Some(70)))],
            groups,
            others: None,
            groups_from: None,
        }
    }

    fn drawn(chart: &ChartData) -> Vec<(&str, &[Option<f64>])> {
        chart.series.iter().map(|series| (series.name.as_str(), series.values.as_slice())).collect()
    }

    #[test]
    fn the_largest_stand_by_name_and_the_rest_as_one() {
        let groups = (0..8).map(|n| group(&format!("g{n}"), 10 * (n + 1), None)).collect();
        let report = report(groups, 400);
        let ranks = ranks(&report, Measure::Requests, GROUPINGS[0], &[]);
        let order: Vec<_> = ranks.iter().map(|rank| rank.name.as_str()).collect();
        assert_eq!(order, ["g7", "g6", "g5", "g4", "g3", "g2", "g1", "g0"]);
        let chart = chart(&report, Measure::Requests, &ranks);
        let expect =
            [("g7", 80.0), ("g6", 70.0), ("g5", 60.0), ("g4", 50.0), ("g3", 40.0), ("others", 100.0)];
        let expect = expect.map(|(name, value)| (name, [Some(value), Some(0.0)]));
        let expect: Vec<_> = expect.iter().map(|(name, values)| (*name, values.as_slice())).collect();
        assert_eq!(drawn(&chart), expect);
    }

    #[test]
    fn clocks_are_not_added_up_and_a_group_without_one_comes_last() {
        let report = report(vec![group("none", 9, None), group("slow", 1, Some(90))], 10);
        let ranks = ranks(&report, Measure::Latency, GROUPINGS[0], &[]);
        let order: Vec<_> = ranks.iter().map(|rank| (rank.name.as_str(), rank.look)).collect();
        assert_eq!(order, [("slow", Some(0)), ("none", None)]);
        let chart = chart(&report, Measure::Latency, &ranks);
        assert_eq!(drawn(&chart), [("slow", [Some(90.0), None].as_slice())]);
    }

    #[test]
    fn keys_have_names_and_what_has_none_says_so() {
        let report = report(vec![group("k1", 9, None), group("", 1, None)], 10);
        let names = [("k1".to_owned(), "ios-app".to_owned())];
        let ranks = ranks(&report, Measure::Requests, Grouping::of("key"), &names);
        assert_eq!(ranks.iter().map(|rank| rank.shown.as_str()).collect::<Vec<_>>(), ["ios-app", "no key"]);
    }

    #[test]
    fn what_is_without_series_is_drawn_as_a_whole() {
        let report = report(vec![UsageGroup { series: Vec::new(), ..group("u1", 5, None) }], 5);
        for (measure, expect) in
            [(Measure::Requests, [Some(5.0), Some(0.0)]), (Measure::Latency, [Some(70.0), None])]
        {
            let ranks = ranks(&report, measure, Grouping::of("user"), &[]);
            assert_eq!(ranks[0].look, None);
            assert_eq!(drawn(&chart(&report, measure, &ranks)), [("all", expect.as_slice())]);
        }
    }

    #[test]
    fn an_unknown_price_is_not_nothing() {
        let unpriced = |cost, unpriced| Totals { cost_nano_usd: cost, unpriced, ..Totals::default() };
        assert_eq!(spend(&unpriced(0, 3)), "unknown");
        assert_eq!(spend(&unpriced(0, 0)), "$0.00");
        assert_eq!(spend(&unpriced(2_000_000_000, 3)), "$2.00");
    }
}
