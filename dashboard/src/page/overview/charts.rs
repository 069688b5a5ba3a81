//! Requests by how they ended, what they cost and how long they took, in time.

use leptos::prelude::*;
use maig_api::{Totals, UsageReport};

use crate::chart::scale::Unit;
use crate::chart::series::{ChartData, Series, lay, step_ms, steps_of};
use crate::chart::{Form, Plot};
use crate::page::logs::use_go_to_logs;

type Part = (&'static str, usize, fn(&Totals) -> Option<f64>);

/// Requests fall into three parts; one that a fallback failed counts as failed.
const ENDS: [Part; 3] = [
    ("answered", 0, |totals| Some(totals.requests.saturating_sub(totals.errors + totals.fallbacks) as f64)),
    ("by a fallback", 1, |totals| Some(totals.fallbacks as f64)),
    ("failed", 3, |totals| Some(totals.errors as f64)),
];

const LATENCY: [Part; 3] = [
    ("p50", 0, |totals| float(totals.p50_ms)),
    ("p95", 1, |totals| float(totals.p95_ms)),
    ("p99", 2, |totals| float(totals.p99_ms)),
];

const FIRST_TOKEN: [Part; 3] = [
    ("p50", 0, |totals| float(totals.first_token_p50_ms)),
    ("p95", 1, |totals| float(totals.first_token_p95_ms)),
    ("p99", 2, |totals| float(totals.first_token_p99_ms)),
];

const SPEND: [Part; 1] = [("spend", 0, |totals| Some(totals.cost_nano_usd as f64))];

fn float(ms: Option<u64>) -> Option<f64> {
    ms.map(|ms| ms as f64)
}

fn chart(report: &UsageReport, unit: Unit, parts: &[Part]) -> ChartData {
    let steps = steps_of(report);
    let laid = lay(&report.series, &steps);
    let series = |(name, look, of): &Part| Series {
        name: (*name).to_owned(),
        look: *look,
        values: laid.iter().map(|point| point.and_then(|point| of(&point.totals))).collect(),
    };
    ChartData { unit, series: parts.iter().map(series).collect(), step_ms: step_ms(report), steps }
}

#[component]
pub(super) fn Charts(report: Signal<UsageReport>) -> impl IntoView {
    let of = |unit: Unit, parts: &'static [Part]| {
        Signal::derive(move || report.with(|report| chart(report, unit, parts)))
    };
    let on_pick = use_go_to_logs();
    let panel = |title: &'static str, data: Signal<ChartData>, form: Form| {
        view! { <section class="panel"><Plot title data form on_pick/></section> }
    };
    view! {
        <div class="overview-charts">
            {panel("Requests", of(Unit::Count, &ENDS), Form::Bars)}
            {panel("Spend", of(Unit::Money, &SPEND), Form::Bars)}
            {panel("Latency", of(Unit::Millis, &LATENCY), Form::Lines)}
            {panel("First token of streams", of(Unit::Millis, &FIRST_TOKEN), Form::Lines)}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use maig_api::SeriesPoint;

    use super::*;

    #[test]
    fn the_parts_of_an_hour_are_its_requests() {
        let totals = Totals { requests: 10, errors: 2, fallbacks: 3, p50_ms: Some(7), ..Totals::default() };
        let report = UsageReport {
            from: "2026-11-21T10:00:00Z".into(),
            to: "2026-11-21T11:30:00Z".into(),
            step: "hour".into(),
            totals: totals.clone(),
            before: Totals::default(),
            series: vec![SeriesPoint { at: "2026-11-21T11:00:00Z".into(), totals }],
            groups: Vec::new(),
            others: None,
            groups_from: None,
        };
        let requests = chart(&report, Unit::Count, &ENDS);
        let values: Vec<_> = requests.series.iter().map(|series| series.values.clone()).collect();
        assert_eq!(values, [vec![None, Some(5.0)], vec![None, Some(3.0)], vec![None, Some(2.0)]]);
        assert_eq!(chart(&report, Unit::Millis, &LATENCY).series[0].values, [None, Some(7.0)]);
    }
}
