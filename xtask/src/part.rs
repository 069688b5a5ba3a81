//! The parts of the test suite. This list is the only definition of what CI proves.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::cargo::{Metadata, cargo};
use crate::{command, tidy, workspace};

const WASM: &str = "wasm32-unknown-unknown";

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
}

impl Part {
    /// In the order in which they run: what fails fast comes first.
    pub(crate) const ALL: &[Self] = &[Self::Style, Self::Tidy, Self::Workspace, Self::Wasm];

    /// What the part proves, in a line.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Style => "rustfmt, and clippy with warnings denied",
            Self::Tidy => "dependency rules, file sizes and heads, licences and sources",
            Self::Workspace => "every test of every crate",
            Self::Wasm => "maig-core compiles for wasm32",
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
            Self::Wasm => wasm(),
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
        })
    }
}

fn wasm() -> Result<()> {
    let mut check = cargo(&["check", "--locked", "--package", "maig-core", "--target", WASM]);
    match wasm_compiler()? {
        Compiler::Own => {}
        Compiler::Other(rustc) => {
            // Two compilers must not share a cache: cargo would rebuild everything at each change of hands.
            let target = PathBuf::from(Metadata::read()?.target_directory).join("wasm");
            check.env("RUSTC", rustc).env("CARGO_TARGET_DIR", target);
        }
    }
    command::run(check)
}

enum Compiler {
    Own,
    Other(PathBuf),
}

/// The installed toolchain if it has the target, else the compiler that `.ci/wasm-rustc.sh` makes.
fn wasm_compiler() -> Result<Compiler> {
    if let Some(rustc) = std::env::var_os("WASM_RUSTC") {
        return Ok(Compiler::Other(rustc.into()));
    }
    let mut libdir = Command::new("rustc");
    libdir.args(["--print", "target-libdir", "--target", WASM]).current_dir(workspace::root());
    if PathBuf::from(command::output(libdir)?.trim()).is_dir() {
        return Ok(Compiler::Own);
    }
    if let Some(home) = std::env::var_os("HOME") {
        let made = PathBuf::from(home).join(".cache/maig/wasm");
        if made.join("ok").is_file() {
            return Ok(Compiler::Other(made.join("rustc")));
        }
    }
    bail!(
        "this Rust has no {WASM}; get it with: rustup target add {WASM}   (on Debian without a network but its \
         packages: export WASM_RUSTC=$(.ci/wasm-rustc.sh))"
    )
}
