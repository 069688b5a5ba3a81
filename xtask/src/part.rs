//! The parts of the test suite. This list is the only definition of what CI proves.

use std::process::Command;

use anyhow::Result;
use clap::ValueEnum;

use crate::cargo::{cargo, target};
use crate::sdk::{android, bindings, figures, kotlin, swift};
use crate::{command, cross, dashboard, tidy, workspace};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// rustfmt and clippy, warnings denied
    Style,
    /// The rules of the house
    Tidy,
    /// Every test of every crate, the mutation fuzzing among them
    Workspace,
    /// maig-core compiles for the browser
    Wasm,
    /// The SDKs' generated code is what crates/ffi gives
    Bindings,
    /// The Swift SDK tells the stories against a live gateway
    Swift,
    /// The Kotlin SDK tells them on the JVM
    Kotlin,
    /// The client compiles for Android
    Android,
    /// The SDKs' library is small and quick
    Figures,
    /// The vendors' own clients against a live gateway
    Clients,
    /// The dashboard in a browser, page by page
    Dashboard,
}

impl Part {
    /// In the order in which they run: what fails fast comes first.
    pub(crate) const ALL: &[Self] = &[
        Self::Style,
        Self::Tidy,
        Self::Workspace,
        Self::Wasm,
        Self::Bindings,
        Self::Swift,
        Self::Kotlin,
        Self::Android,
        Self::Figures,
        Self::Clients,
        Self::Dashboard,
    ];

    /// What the part proves, in a line.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Style => "rustfmt, and clippy with warnings denied",
            Self::Tidy => "dependency rules, file sizes and heads, licences and sources",
            Self::Workspace => "every test of every crate",
            Self::Wasm => "maig-core compiles for wasm32",
            Self::Bindings => "the generated code of the Swift and Kotlin SDKs is what crates/ffi gives",
            Self::Swift => "the Swift SDK: the stories on a bad network, the article's code, the docs page",
            Self::Kotlin => "the Kotlin SDK: the stories on a bad network, the article's code, the docs page",
            Self::Android => "the Rust client compiles for aarch64-linux-android",
            Self::Figures => "the SDKs' library: its size, its start, what it adds to each piece of a stream",
            Self::Clients => "the official OpenAI clients for Python and Node against a live gateway",
            Self::Dashboard => "the dashboard's size, and its pages in Chromium against a live gateway",
        }
    }

    pub(crate) fn run(self, as_ci: bool) -> Result<()> {
        match self {
            Self::Style => {
                command::run(cargo(&["fmt", "--all", "--check"]))?;
                command::run(cargo(&[
                    "clippy",
                    "--workspace",
                    "--all-targets",
                    "--locked",
                    "--",
                    "-D",
                    "warnings",
                ]))
            }
            Self::Tidy => tidy::run(),
            Self::Workspace => {
                let mut tests = cargo(&["test", "--workspace", "--locked"]);
                if as_ci {
                    tests.env("MAIG_CI", "1");
                }
                command::run(tests)
            }
            Self::Wasm => {
                command::run(cross::WASM.cargo(&["check", "--locked", "--package", "maig-core"])?.command)
            }
            Self::Bindings => bindings::check(),
            Self::Swift => swift::test(),
            Self::Kotlin => kotlin::test(),
            Self::Android => android::check(),
            Self::Figures => figures::measure(),
            Self::Clients => clients(),
            Self::Dashboard => dashboard::test(),
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Style => "style",
            Self::Tidy => "tidy",
            Self::Workspace => "workspace",
            Self::Wasm => "wasm",
            Self::Bindings => "bindings",
            Self::Swift => "swift",
            Self::Kotlin => "kotlin",
            Self::Android => "android",
            Self::Figures => "figures",
            Self::Clients => "clients",
            Self::Dashboard => "dashboard",
        })
    }
}

/// Builds the two binaries and lets the suites' own runner install the clients beside the build and start both.
fn clients() -> Result<()> {
    // The runner needs all three; what is missing is better said here, with the way to get it.
    for tool in ["python3", "node", "npm"] {
        let mut version = Command::new(tool);
        version.arg("--version");
        command::output(version)?;
    }
    command::run(cargo(&["build", "--locked", "--package", "maig-gateway", "--package", "maig-sim"]))?;
    let target = target()?;
    let mut suites = Command::new("python3");
    suites.arg("tests/clients/run.py").current_dir(workspace::root());
    suites.arg("--maig").arg(target.join("debug/maig")).arg("--sim").arg(target.join("debug/maig-sim"));
    suites.arg("--cache").arg(target.join("clients"));
    command::run(suites)
}
