//! The only place of xtask that writes to a terminal. A closed pipe is no reason to fail.

use std::io::Write;

/// A line on stdout.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// The title above what a part prints.
pub(crate) fn heading(text: &str) {
    line(&format!("\n── {text} ──"));
}

/// A line on stderr about work under way.
pub(crate) fn progress(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// A line on stderr that says what is wrong.
pub(crate) fn fault(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "error: {text}");
}
