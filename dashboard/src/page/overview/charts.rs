//! Requests by how they ended, and how long they took, in time.

use leptos::prelude::*;
use maig_api::{Totals, UsageReport};

use super::figures::step_ms;
use crate::chart::scale::Unit;
use crate::chart::series::{ChartData, Series, lay, steps};
use crate::chart::{Form, Plot};
use crate::time;

type Part = (&'static str, usize, fn(&Totals) -> Option<f64>);

/// Requests fall into three parts; one that a fallback failed counts as failed.
const ENDS: [Part; 3] = [
    ("answered", 0, |totals| Some(totals.requests.saturating_sub(totals.errors + totals.fallbacks) as f64)),
    ("by a fallback", 1, |totals| Some(totals.fallbacks as f64)),
    ("failed", 3, |totals| Some(totals.errors as f64)),
];

const CLOCKS: [Part; 3] = [
    ("p50", 0, |totals| totals.p50_ms.map(|ms| ms as f64)),
    ("p95", 1, |totals| totals.p95_ms.map(|ms| ms as f64)),
    ("first token p95", 2, |totals| totals.first_token_p95_ms.map(|ms| ms as f64)),
];

fn chart(report: &UsageReport, unit: Unit, parts: &[Part]) -> ChartData {
    let moment = |text: &str| time::parse(text).unwrap_or_default();
    let step_ms = step_ms(report);
    let steps = steps(moment(&report.from), moment(&report.to), step_ms);
    let laid = lay(&report.series, &steps);
    let series = |(name, look, of): &Part| Series {
        name: (*name).to_owned(),
        look: *look,
        values: laid.iter().map(|point| point.and_then(|point| of(&point.totals))).collect(),
    };
    ChartData { unit, series: parts.iter().map(series).collect(), step_ms, steps }
}

#[component]
pub(super) fn Charts(report: Signal<UsageReport>) -> impl IntoView {
    let requests = Signal::derive(move || report.with(|report| chart(report, Unit::Count, &ENDS)));
    let latency = Signal::derive(move || report.with(|report| chart(report, Unit::Millis, &CLOCKS)));
    view! {
        <div class="overview-charts">
            <section class="panel"><Plot title="Requests" data=requests form=Form::Bars/></section>
            <section class="panel"><Plot title="Latency" data=latency form=Form::Lines/></section>
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
        assert_eq!(chart(&report, Unit::Millis, &CLOCKS).series[0].values, [None, Some(7.0)]);
    }
}
