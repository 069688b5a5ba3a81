//! One visit of one subject with one workload, and the sum of all visits.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;

use crate::bench::load::Amount;
use crate::bench::subject::Subject;
use crate::bench::workload::Workload;
use crate::bench::{cpu, load};

/// What one visit saw.
#[derive(Debug)]
pub(crate) struct Visit {
    /// CPU time of the subject for one unit of work; none for the upstream itself.
    pub cpu_us: Option<f64>,
    /// Under full load.
    pub requests_a_second: f64,
    /// One request at a time: until the whole answer, or a stream's first chunk.
    pub latencies: Vec<Duration>,
}

/// Loads a subject for `time`, then asks it one request after another for a third of it.
pub(crate) async fn visit(subject: &Subject, workload: Workload, time: Duration) -> Result<Visit> {
    let before = subject.pid.map(cpu::time).transpose()?;
    let full = load::run(&subject.target, workload, Amount::full(workload, time)).await?;
    let after = subject.pid.map(cpu::time).transpose()?;
    let units = full.requests as f64 * workload.units() as f64;
    let cpu_us = before.zip(after).map(|(before, after)| (after - before).as_secs_f64() * 1e6 / units);
    let single = load::run(&subject.target, workload, Amount::single(time / 3)).await?;
    Ok(Visit {
        cpu_us,
        requests_a_second: full.requests as f64 / full.took.as_secs_f64(),
        latencies: single.latencies,
    })
}

/// All counted visits, by subject and workload.
#[derive(Debug, Default)]
pub(crate) struct Results(BTreeMap<(Workload, &'static str), Vec<Visit>>);

impl Results {
    pub(crate) fn add(&mut self, subject: &'static str, workload: Workload, visit: Visit) {
        self.0.entry((workload, subject)).or_default().push(visit);
    }

    pub(crate) fn of(&self, subject: &'static str, workload: Workload) -> &[Visit] {
        self.0.get(&(workload, subject)).map_or(&[], Vec::as_slice)
    }
}
