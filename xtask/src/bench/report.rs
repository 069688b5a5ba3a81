//! The figures of a run, for people and for programs. Ratios are taken within a round and then their median, so that
//! a slow round does not count against whoever it met.

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use crate::bench::round::{Results, Visit};
use crate::bench::subject::{DIRECT, MAIG, MAIG_TRANSLATING, NGINX};
use crate::bench::workload::Workload;

/// nginx's CPU time over MAIG's on the same wire, at least.
const GOAL_A_REQUEST: f64 = 0.6;
const GOAL_A_CHUNK: f64 = 0.75;

#[derive(Debug, Serialize)]
pub(crate) struct Report {
    rows: Vec<Row>,
    goals: Vec<Goal>,
}

#[derive(Debug, Serialize)]
struct Row {
    workload: &'static str,
    unit: &'static str,
    subject: &'static str,
    /// Of the subject's process, for one unit.
    cpu_us: Option<f64>,
    /// Seen under full load, which shares its core with the upstream.
    requests_a_second: Option<f64>,
    /// What one core could carry: a second over the CPU time of a request.
    requests_a_second_a_core: Option<f64>,
    /// nginx's CPU time over this subject's.
    nginx_over_this: Option<f64>,
    p50_us: f64,
    p99_us: f64,
    /// Beyond the upstream's own.
    added_p50_us: f64,
    added_p99_us: f64,
}

#[derive(Debug, Serialize)]
struct Goal {
    what: String,
    goal: f64,
    ratio: f64,
    met: bool,
}

impl Report {
    pub(crate) fn new(results: &Results) -> Self {
        let mut rows = Vec::new();
        let mut goals = Vec::new();
        for &workload in Workload::ALL {
            let direct = latencies(results.of(DIRECT, workload));
            for subject in [DIRECT, NGINX, MAIG, MAIG_TRANSLATING] {
                let visits = results.of(subject, workload);
                if visits.is_empty() {
                    continue;
                }
                let own = latencies(visits);
                let cpu_us = median(visits.iter().filter_map(|visit| visit.cpu_us));
                let ratio = |(nginx, this): (&Visit, &Visit)| Some(nginx.cpu_us? / this.cpu_us?);
                let nginx_over_this =
                    median(results.of(NGINX, workload).iter().zip(visits).filter_map(ratio));
                rows.push(Row {
                    workload: workload.name(),
                    unit: workload.unit(),
                    subject,
                    cpu_us,
                    requests_a_second: median(visits.iter().map(|visit| visit.requests_a_second)),
                    requests_a_second_a_core: cpu_us.map(|cpu| 1e6 / (cpu * workload.units() as f64)),
                    nginx_over_this,
                    p50_us: percentile(&own, 50),
                    p99_us: percentile(&own, 99),
                    added_p50_us: percentile(&own, 50) - percentile(&direct, 50),
                    added_p99_us: percentile(&own, 99) - percentile(&direct, 99),
                });
                if let (MAIG, Some(ratio)) = (subject, nginx_over_this) {
                    let goal = if workload == Workload::Stream { GOAL_A_CHUNK } else { GOAL_A_REQUEST };
                    let what = format!("{}, CPU a {}", workload.name(), workload.unit());
                    goals.push(Goal { what, goal, ratio, met: ratio >= goal });
                }
            }
        }
        Self { rows, goals }
    }

    pub(crate) fn json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(self)?)
    }

    pub(crate) fn table(&self) -> String {
        let mut text = String::from(
            "\nCPU time is the subject's own. Latency is one request at a time, to the whole answer or a stream's first chunk.\n\n\
             | workload | subject | CPU µs | requests/s a core | seen | nginx ÷ this | added p50 µs | added p99 µs |\n\
             | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        );
        let cell = |value: Option<f64>, digits: usize| {
            value.map_or("–".to_owned(), |value| format!("{value:.digits$}"))
        };
        for row in &self.rows {
            let added = |own: f64, added: f64| {
                if row.subject == DIRECT { format!("({own:.0})") } else { format!("{added:.0}") }
            };
            text += &format!(
                "| {} | {} | {} a {} | {} | {} | {} | {} | {} |\n",
                row.workload,
                row.subject,
                cell(row.cpu_us, 1),
                row.unit,
                cell(row.requests_a_second_a_core, 0),
                cell(row.requests_a_second, 0),
                cell(row.nginx_over_this, 2),
                added(row.p50_us, row.added_p50_us),
                added(row.p99_us, row.added_p99_us),
            );
        }
        text += "\n";
        for goal in &self.goals {
            let verdict = if goal.met { "met" } else { "MISSED" };
            text += &format!(
                "goal {verdict}: {}: nginx ÷ MAIG is {:.2}, wanted {:.2}\n",
                goal.what, goal.ratio, goal.goal
            );
        }
        text
    }
}

fn latencies(visits: &[Visit]) -> Vec<Duration> {
    let mut all: Vec<Duration> = visits.iter().flat_map(|visit| visit.latencies.iter().copied()).collect();
    all.sort_unstable();
    all
}

/// In microseconds, of a sorted list.
fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e6)
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(cpu_us: f64, micros: u64) -> Visit {
        let latencies = vec![Duration::from_micros(micros); 100];
        Visit { cpu_us: Some(cpu_us), requests_a_second: 1.0, latencies }
    }

    #[test]
    fn a_ratio_is_taken_within_a_round() {
        let mut results = Results::default();
        for slow in [1.0, 3.0, 1.0] {
            results.add(DIRECT, Workload::Whole, visit(1.0, 30));
            results.add(NGINX, Workload::Whole, visit(14.0 * slow, 100));
            results.add(MAIG, Workload::Whole, visit(20.0 * slow, 130));
        }
        let report = Report::new(&results);
        let [goal] = report.goals.as_slice() else { unreachable!("one workload") };
        assert!((goal.ratio - 0.7).abs() < 1e-9 && goal.met, "{goal:?}");
        let maig = report.rows.iter().find(|row| row.subject == MAIG).unwrap();
        assert!((maig.added_p50_us - 100.0).abs() < 1e-6, "{maig:?}");
        assert!((maig.requests_a_second_a_core.unwrap() - 50_000.0).abs() < 1e-6, "{maig:?}");
    }

    #[test]
    fn a_missed_goal_is_said() {
        let mut results = Results::default();
        results.add(NGINX, Workload::Stream, visit(6.0, 1));
        results.add(MAIG, Workload::Stream, visit(12.0, 1));
        assert!(Report::new(&results).table().contains("goal MISSED: stream of 100 chunks, CPU a chunk"));
    }

    #[test]
    fn percentiles_and_medians_of_nothing_are_harmless() {
        assert!(percentile(&[], 99).abs() < f64::EPSILON);
        assert_eq!(median(std::iter::empty()), None);
    }
}
