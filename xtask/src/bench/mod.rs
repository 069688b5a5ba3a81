//! `cargo xtask bench`: what MAIG costs and delays, beside nginx `proxy_pass` in front of the same upstream, in one
//! interleaved run. The machine is noisy, so the main figure is CPU time a request, and the result is ratios.
//!
//! Two cores: the subject runs alone on the first, the load and the upstream share the second. A round visits every
//! subject once per workload, so that a slow minute slows all of them.

mod callgrind;
mod cpu;
mod load;
mod process;
mod report;
mod round;
mod subject;
mod upstream;
mod workload;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::bench::subject::Subject;
use crate::bench::workload::Workload;
use crate::cargo::{Metadata, cargo};
use crate::{command, say};

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Options {
    /// How often every subject is visited
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// How long one visit loads one subject
    #[arg(long, default_value_t = 700)]
    millis: u64,
    /// Leave the other workloads out
    #[arg(long)]
    workload: Option<Workload>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// Leave MAIG out: only the upstream itself and nginx
    #[arg(long)]
    without_maig: bool,
    /// Measure this binary instead of building one
    #[arg(long, value_name = "PATH")]
    maig: Option<PathBuf>,
    /// Count instructions under valgrind instead of measuring time
    #[arg(long)]
    callgrind: bool,
    /// The builds are done and this process is pinned: measure
    #[arg(long, hide = true)]
    inside: bool,
    /// Be the upstream, and say on stdout where
    #[arg(long, hide = true)]
    upstream: bool,
}

/// Builds everything optimised, then lets the optimised xtask measure on the core that the subject does not use.
pub(crate) fn run(options: &Options) -> Result<()> {
    if options.upstream {
        return upstream::serve();
    }
    if options.inside {
        return if options.callgrind { callgrind::run(options) } else { measure(options) };
    }
    if !options.json {
        say::heading("building with --release");
    }
    let mut build = cargo(&["build", "--quiet", "--release", "--locked", "--package", "xtask"]);
    if !options.without_maig && options.maig.is_none() {
        build.args(["--package", "maig-gateway"]);
    }
    command::run(build)?;
    let built = PathBuf::from(Metadata::read()?.target_directory).join("release/xtask");
    let mut inside = Command::new("taskset");
    inside
        .args(["--cpu-list", process::LOAD_CORE])
        .arg(built)
        .args(std::env::args_os().skip(1))
        .arg("--inside");
    command::run(inside)
}

impl Options {
    fn workloads(&self) -> impl Iterator<Item = &'static Workload> {
        Workload::ALL.iter().filter(|workload| self.workload.is_none_or(|only| only == **workload))
    }

    fn binary(&self) -> Result<PathBuf> {
        match &self.maig {
            Some(path) => Ok(path.clone()),
            None => Ok(PathBuf::from(Metadata::read()?.target_directory).join("release/maig")),
        }
    }
}

fn measure(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let upstream = upstream::Upstream::start()?;
    let mut subjects = vec![Subject::direct(&upstream), Subject::nginx(&upstream)?];
    if !options.without_maig {
        subjects.extend(Subject::maig(&upstream, &options.binary()?)?);
    }
    let visit = Duration::from_millis(options.millis);
    let mut results = round::Results::default();
    for number in 0..=options.rounds {
        for workload in options.workloads() {
            for subject in &subjects {
                let seen = runtime
                    .block_on(round::visit(subject, *workload, visit))
                    .with_context(|| format!("{} through {}", workload.name(), subject.name))?;
                // The first round fills pools and caches, and is not counted.
                if number > 0 {
                    results.add(subject.name, *workload, seen);
                }
            }
        }
        if !options.json {
            say::progress(&format!("round {number} of {}", options.rounds));
        }
    }
    let report = report::Report::new(&results);
    say::line(&if options.json { report.json()? } else { report.table() });
    Ok(())
}
