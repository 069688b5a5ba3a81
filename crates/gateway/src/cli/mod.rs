//! The commands of `maig`. Only this folder's printer may print.

use std::process::ExitCode;

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    ExitCode::SUCCESS
}
