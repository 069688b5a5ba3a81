//! The table of bytes: what a first visit should cost at most, and what a build may cost while it costs more.

use std::io::Write as _;

use anyhow::{Result, bail};

use crate::compress::Effort;

/// What a first visit should load at most, with brotli.
const GOAL: usize = 358_400;
/// The goal is missed today. This is what was reached; it goes down until it is the goal, and never up.
const REACHED: usize = 725_000;

pub(crate) struct Row {
    pub name: String,
    pub raw: usize,
    pub gzip: Option<usize>,
    pub brotli: Option<usize>,
}

/// Prints what was made, and whether the goal is met. More than was reached before is an error, except in a quick
/// build, which nobody ships.
pub(crate) fn table(rows: &[Row], effort: Effort) -> Result<()> {
    let total = |size: fn(&Row) -> usize| rows.iter().map(size).sum::<usize>();
    let brotli = total(|row| row.brotli.unwrap_or(row.raw));
    let mut text = format!("{:<32} {:>10} {:>10} {:>10}\n", "file", "raw", "gzip", "brotli");
    let lines = rows
        .iter()
        .map(|row| (row.name.as_str(), row.raw, row.gzip.unwrap_or(row.raw), row.brotli.unwrap_or(row.raw)));
    let sum = ("first load", total(|row| row.raw), total(|row| row.gzip.unwrap_or(row.raw)), brotli);
    for (name, raw, gzip, brotli) in lines.chain([sum]) {
        text.push_str(&format!("{name:<32} {raw:>10} {gzip:>10} {brotli:>10}\n"));
    }
    if effort == Effort::Best {
        let verdict = if brotli > GOAL { "MISSED" } else { "met" };
        text.push_str(&format!("goal {verdict}: a first visit loads {brotli} bytes, wanted {GOAL}\n"));
    }
    // The terminal may be gone; the files are written all the same.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if effort == Effort::Best && brotli > REACHED {
        bail!("a first visit loads {brotli} bytes, {REACHED} at most: leave something out");
    }
    Ok(())
}

pub(crate) fn fault(text: &str) {
    let _ = writeln!(std::io::stderr(), "error: {text}");
}
