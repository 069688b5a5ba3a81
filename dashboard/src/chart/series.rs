//! What a chart shows: steps of time, and a value of each series in each of them. Pure.

use maig_api::{SeriesPoint, UsageReport};

use crate::{format, time};

use super::scale::Unit;

/// One line, or one part of each stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub name: String,
    /// Its colour and pattern; the same thing looks the same on every chart.
    pub look: usize,
    /// One a step; a gap where nothing is known.
    pub values: Vec<Option<f64>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ChartData {
    pub unit: Unit,
    /// The first moment of each step, one after the other without a hole.
    pub steps: Vec<i64>,
    pub step_ms: i64,
    pub series: Vec<Series>,
}

impl ChartData {
    /// Whether there is any value to show.
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.values.iter().all(Option::is_none))
    }

    /// `21 Nov 2026, 14:00 – 15:00`.
    pub fn step_label(&self, step: usize, offset_min: i64) -> String {
        let Some(at) = self.steps.get(step) else { return String::new() };
        time::span(*at, at + self.step_ms, offset_min)
    }

    /// The whole in words: `24 steps from … to …. Requests: lowest 3, highest 120, latest 40.`
    pub fn describe(&self, offset_min: i64) -> String {
        let (Some(first), Some(last)) = (self.steps.first(), self.steps.last()) else {
            return "There is nothing to show.".to_owned();
        };
        let span = format!(
            "{} from {} to {}.",
            format::plural(self.steps.len() as u64, "step", "steps"),
            time::absolute(*first, offset_min),
            time::absolute(last + self.step_ms, offset_min)
        );
        let series = self.series.iter().map(|series| {
            let known: Vec<f64> = series.values.iter().flatten().copied().collect();
            let Some(latest) = known.last() else { return format!(" {}: nothing.", series.name) };
            let lowest = known.iter().copied().fold(f64::INFINITY, f64::min);
            let highest = known.iter().copied().fold(0.0, f64::max);
            let [lowest, highest, latest] = [lowest, highest, *latest].map(|value| self.unit.say(value));
            format!(" {}: lowest {lowest}, highest {highest}, latest {latest}.", series.name)
        });
        span + &series.collect::<String>()
    }

    /// A step in words: `21 Nov 2026, 14:00 – 15:00: requests 120, errors 3`.
    pub fn say(&self, step: usize, offset_min: i64) -> String {
        let values = self.series.iter().map(|series| {
            let value = series.values.get(step).copied().flatten();
            let value = value.map_or_else(|| "nothing".to_owned(), |value| self.unit.say(value));
            format!("{} {value}", series.name)
        });
        format!("{}: {}", self.step_label(step, offset_min), values.collect::<Vec<_>>().join(", "))
    }
}

/// The steps from `from` to before `to`, by the UTC clock as the gateway counts them.
pub fn steps(from: i64, to: i64, step_ms: i64) -> Vec<i64> {
    let first = from.div_euclid(step_ms) * step_ms;
    // More than this is no chart, whatever an answer says.
    (0..2000).map(|n| first + n * step_ms).take_while(|at| *at < to).collect()
}

/// A report's step.
pub fn step_ms(report: &UsageReport) -> i64 {
    if report.step == "day" { 86_400_000 } else { 3_600_000 }
}

/// The steps of a report.
pub fn steps_of(report: &UsageReport) -> Vec<i64> {
    let moment = |text: &str| time::parse(text).unwrap_or_default();
    steps(moment(&report.from), moment(&report.to), step_ms(report))
}

/// The points that the gateway gave, laid upon steps: it leaves out those in which nothing happened.
pub fn lay<'a>(points: &'a [SeriesPoint], steps: &[i64]) -> Vec<Option<&'a SeriesPoint>> {
    let mut laid = vec![None; steps.len()];
    for point in points {
        let at = time::parse(&point.at).and_then(|at| steps.binary_search(&at).ok());
        if let Some(slot) = at.and_then(|at| laid.get_mut(at)) {
            *slot = Some(point);
        }
    }
    laid
}

#[cfg(test)]
mod tests {
    use super::*;
    use maig_api::Totals;

    const HOUR: i64 = 3_600_000;
    const NOON: i64 = 1_795_262_400_000;

    #[test]
    fn hours_in_which_nothing_happened_are_there() {
        let steps = steps(NOON - 2 * HOUR + 5, NOON + 1, HOUR);
        assert_eq!(steps, [NOON - 2 * HOUR, NOON - HOUR, NOON]);
        let point = |at: &str, requests| SeriesPoint {
            at: at.to_owned(),
            totals: Totals { requests, ..Totals::default() },
        };
        let points = [
            point("2026-11-21T10:00:00Z", 3),
            point("2026-11-21T12:00:00Z", 5),
            point("1999-01-01T00:00:00Z", 9),
        ];
        let laid: Vec<_> =
            lay(&points, &steps).into_iter().map(|point| point.map(|point| point.totals.requests)).collect();
        assert_eq!(laid, [Some(3), None, Some(5)]);
    }

    #[test]
    fn a_step_is_said_with_its_values_and_a_gap_as_nothing() {
        let data = ChartData {
            unit: Unit::Millis,
            steps: vec![NOON],
            step_ms: HOUR,
            series: vec![
                Series { name: "p50".into(), look: 0, values: vec![Some(120.0)] },
                Series { name: "p95".into(), look: 1, values: vec![None] },
            ],
        };
        assert_eq!(data.say(0, 0), "21 Nov 2026, 12:00 – 13:00: p50 120\u{a0}ms, p95 nothing");
        assert!(!data.is_empty());
        assert_eq!(
            data.describe(0),
            "1 step from 21 Nov 2026, 12:00:00 to 21 Nov 2026, 13:00:00. p50: lowest 120\u{a0}ms, highest 120\u{a0}ms, \
             latest 120\u{a0}ms. p95: nothing."
        );
        assert_eq!(data.say(7, 0), ": p50 nothing, p95 nothing");
    }
}
