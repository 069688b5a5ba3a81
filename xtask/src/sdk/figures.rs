//! What the SDKs' library costs an app: its size, its start, and what it adds to each piece of a stream. Every figure is
//! printed, and one beyond its bound fails.

use anyhow::{Context, Result, bail};

use crate::cargo::{cargo, target};
use crate::sdk::{aar, library};
use crate::{command, say};

/// Bytes of the stripped library.
const SIZE: f64 = 3_670_016.0;
/// Bytes of it in an AAR.
const ZIPPED: f64 = 1_800_000.0;
/// From nothing to the first connection, in microseconds.
const START: f64 = 5_000.0;
/// Added to a piece, in microseconds.
const PIECE: f64 = 50.0;

/// A busy machine can make anything slow, and nothing fast: so often a figure that is too high is measured anew.
const TRIES: u32 = 5;

pub(crate) fn measure() -> Result<()> {
    let library = library()?.join("libmaig_ffi.so");
    let bytes = std::fs::read(&library).with_context(|| library.display().to_string())?;
    let mut faults = Vec::new();
    let mut judge = |what: &str, value: f64, bound: f64, unit: &str| {
        let fault = value > bound;
        let word = if fault { "FAILED" } else { "ok" };
        say::line(&format!("  {word:<7} {what}: {value} {unit} of {bound} {unit}"));
        if fault {
            faults.push(what.to_owned());
        }
    };
    judge("libmaig_ffi.so, stripped", whole(bytes.len())?, SIZE, "bytes");
    judge("the same in an AAR", whole(aar::zipped(&bytes)?)?, ZIPPED, "bytes");

    let mut run = cargo(&["build", "--locked", "--profile", "mobile", "--package", "maig-ffi"]);
    run.args(["--example", "figures"]);
    command::run(run)?;
    let (mut start, mut piece) = (f64::MAX, f64::MAX);
    for _ in 0..TRIES {
        let said = command::output(std::process::Command::new(target()?.join("mobile/examples/figures")))?;
        start = start.min(figure(&said, "start_us")?);
        piece = piece.min(figure(&said, "app_us")? - figure(&said, "bare_us")?);
        if start <= START && piece <= PIECE {
            break;
        }
    }
    judge("start of the client", start.round(), START, "µs");
    judge("added to each piece of a stream (median)", (piece * 10.0).round() / 10.0, PIECE, "µs");
    if !faults.is_empty() {
        bail!("beyond their bounds: {}", faults.join(", "));
    }
    Ok(())
}

fn whole(bytes: usize) -> Result<f64> {
    Ok(f64::from(u32::try_from(bytes)?))
}

fn figure(said: &str, name: &str) -> Result<f64> {
    let line = said.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
    line.trim().parse().with_context(|| format!("{name}:{line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_by_their_names() {
        let said = "start_us 1200\nbare_us 20.5\napp_us 40\n";
        assert_eq!(figure(said, "bare_us").unwrap(), 20.5);
        assert!(figure(said, "other_us").is_err());
        assert!(figure("app_us many\n", "app_us").is_err());
    }
}
