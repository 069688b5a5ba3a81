//! Every developer command, so that a person and CI run the same thing. `cargo xtask --help` lists them.
//! It must never be needed to build or run MAIG itself: `cargo build` alone does that.

mod bench;
mod cargo;
mod command;
mod cross;
mod dashboard;
mod demo;
mod part;
mod say;
mod sdk;
mod suite;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::part::Part;

/// Developer commands of MAIG.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the gateway and show it: a key, a curl line that works, an outage, and answers that go on
    Demo {
        /// Passed on to `maig demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run all tests, or only the parts that are named
    Test {
        /// In the order in which they run without a name
        #[arg(value_enum)]
        parts: Vec<Part>,
    },
    /// Build the dashboard into dashboard/dist; a gateway that is built afterwards has it
    Dashboard(dashboard::Options),
    /// Measure cost and latency beside nginx, in one interleaved run
    Bench(bench::Options),
    /// Check the rules of the house: who depends on whom, file sizes, heads, licences
    Tidy,
    /// Write the generated code of the Swift and Kotlin SDKs anew
    Bindings {
        /// Write nothing; fail where the tree differs
        #[arg(long)]
        check: bool,
    },
    /// Build the XCFramework of the Swift SDK (on a Mac)
    Ios,
    /// Build the AAR of the Kotlin SDK and its POM (with an NDK)
    Android(sdk::android::Options),
    /// Run every part as CI does: recorded traffic must be there
    Ci,
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Demo { args } => demo::run(&args),
        Command::Test { parts } if parts.is_empty() => suite::run("test", Part::ALL),
        Command::Test { parts } => suite::run("test", &parts),
        Command::Dashboard(options) => dashboard::build(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Tidy => suite::run("tidy", &[Part::Tidy]),
        Command::Bindings { check: true } => sdk::bindings::check(),
        Command::Bindings { check: false } => sdk::bindings::write(),
        Command::Ios => sdk::ios::build(),
        Command::Android(options) => sdk::android::build(&options),
        Command::Ci => suite::run_as_ci(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::fault(&format!("{error:#}"));
            ExitCode::from(status(&error))
        }
    }
}

/// 2, as for a wrong command line, where this machine lacks what the command is about; else 1.
fn status(error: &anyhow::Error) -> u8 {
    if error.is::<sdk::Missing>() { 2 } else { 1 }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_a_machine_lacks_is_told_from_what_failed() {
        assert_eq!(super::status(&super::sdk::Missing("no NDK".to_owned()).into()), 2);
        assert_eq!(super::status(&anyhow::anyhow!("it failed")), 1);
    }
}
