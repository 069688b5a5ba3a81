//! Instructions a request, counted by valgrind: the same on a busy machine as on an idle one. Two runs with different
//! numbers of requests are subtracted, so that the start and the end of the process cancel out.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use crate::bench::Options;
use crate::bench::load::{self, Amount};
use crate::bench::process::Child;
use crate::bench::subject::{Gateway, await_port};
use crate::bench::upstream::Upstream;
use crate::bench::workload::Workload;
use crate::{command, say};

const FEW: u64 = 200;
const MANY: u64 = 1200;

pub(crate) fn run(options: &Options) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let upstream = Upstream::start()?;
    let binary = options.binary()?;
    say::line("| workload | route | instructions a request | a unit |\n| --- | --- | ---: | ---: |");
    for route in ["same-wire", "to-anthropic"] {
        for &workload in options.workloads() {
            // A stream is a hundred chunks, so fewer of them do.
            let (few, many) = if workload == Workload::Stream { (20, 120) } else { (FEW, MANY) };
            let count = |requests| count(&runtime, &upstream, &binary, route, workload, requests);
            let (small, large) = (count(few)?, count(many)?);
            let each = large.saturating_sub(small) / (many - few);
            let unit = each / workload.units() as u64;
            say::line(&format!("| {} | {route} | {each} | {unit} a {} |", workload.name(), workload.unit()));
        }
    }
    Ok(())
}

/// Instructions of a whole `maig serve` that answers `requests` and ends.
fn count(
    runtime: &tokio::runtime::Runtime,
    upstream: &Upstream,
    binary: &Path,
    route: &str,
    workload: Workload,
    requests: u64,
) -> Result<u64> {
    let gateway = Gateway::set_up(upstream, binary)?;
    let profile = std::env::temp_dir().join(format!("maig-callgrind-{route}-{workload:?}-{requests}.out"));
    let mut valgrind = Command::new("valgrind");
    valgrind
        .args(["--tool=callgrind", "--quiet", "--fair-sched=yes"])
        .arg(format!("--callgrind-out-file={}", profile.display()))
        .arg(&gateway.binary);
    gateway.arrange(&mut valgrind);
    valgrind.stderr(Stdio::null());
    let mut child = Child::start(valgrind).map_err(|error| match command::output(version()) {
        Err(missing) => missing,
        Ok(_) => error,
    })?;
    await_port(gateway.address())?;
    let target = gateway.target(route);
    let seen = runtime.block_on(load::run(
        &target,
        workload,
        Amount { limit: requests, connections: 1, ..Amount::full(workload, Duration::from_secs(300)) },
    ))?;
    anyhow::ensure!(seen.requests == requests, "{} of {requests} requests in five minutes", seen.requests);
    child.finish()?;
    total(&profile)
}

fn version() -> Command {
    let mut valgrind = Command::new("valgrind");
    valgrind.arg("--version");
    valgrind
}

/// The `totals:` (or `summary:`) line of a profile.
fn total(profile: &Path) -> Result<u64> {
    let text = std::fs::read_to_string(profile).context("valgrind wrote no profile")?;
    let line = text
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).context("the profile has no total")
}
