//! Runs parts one after another, each under its heading with its time, and says at the end how it went.
//! A part that fails does not hide the parts behind it.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::part::Part;
use crate::say;

pub(crate) fn run(name: &str, parts: &[Part]) -> Result<()> {
    run_parts(name, parts, false)
}

/// All parts, with the environment in which an absent recording is a failure.
pub(crate) fn run_as_ci() -> Result<()> {
    run_parts("ci", Part::ALL, true)
}

fn run_parts(name: &str, parts: &[Part], as_ci: bool) -> Result<()> {
    let start = Instant::now();
    let mut lines = Vec::new();
    let mut failed = Vec::new();
    for &part in parts {
        say::heading(&format!("{part}: {}", part.what()));
        let began = Instant::now();
        let outcome = part.run(as_ci);
        let took = human(began.elapsed());
        match outcome {
            Ok(()) => lines.push(format!("  ok      {part:<10} {took}")),
            Err(error) => {
                say::fault(&format!("{error:#}"));
                lines.push(format!("  FAILED  {part:<10} {took}   {error:#}"));
                failed.push(part.to_string());
            }
        }
    }
    say::heading(&format!("{name}: summary"));
    for line in lines {
        say::line(&line);
    }
    let total = human(start.elapsed());
    if !failed.is_empty() {
        bail!(
            "{name}: {} of {} parts failed ({}) after {total}",
            failed.len(),
            parts.len(),
            failed.join(", ")
        );
    }
    say::line(&format!("{name}: all {} parts passed in {total}", parts.len()));
    Ok(())
}

/// `41.3 s`, `12 min 05 s`.
fn human(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        return format!("{:.1} s", time.as_secs_f64());
    }
    format!("{} min {:02} s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_for_people() {
        assert_eq!(human(Duration::from_millis(41_340)), "41.3 s");
        assert_eq!(human(Duration::from_secs(725)), "12 min 05 s");
    }
}
