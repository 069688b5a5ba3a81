//! The table of bytes, and the budget that a build must keep.

use std::io::Write as _;

use anyhow::{Result, bail};

use crate::compress::Effort;

/// What a first visit may load, with brotli.
const BUDGET: usize = 358_400;

pub(crate) struct Row {
    pub name: String,
    /// A first visit loads it.
    pub is_first: bool,
    pub raw: usize,
    pub gzip: Option<usize>,
    pub brotli: Option<usize>,
}

/// Prints what was made. More than the budget is an error, except in a quick build, which nobody ships.
pub(crate) fn table(rows: &[Row], effort: Effort) -> Result<()> {
    let total = |size: fn(&Row) -> usize| rows.iter().filter(|row| row.is_first).map(size).sum::<usize>();
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
        text.push_str(&format!("{brotli} of {BUDGET} bytes are used ({} %)\n", brotli * 100 / BUDGET));
    }
    // The terminal may be gone; the files are written all the same.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if effort == Effort::Best && brotli > BUDGET {
        bail!("a first visit loads {brotli} bytes, {BUDGET} at most: let something come later (src/part.rs)");
    }
    Ok(())
}

pub(crate) fn fault(text: &str) {
    let _ = writeln!(std::io::stderr(), "error: {text}");
}
