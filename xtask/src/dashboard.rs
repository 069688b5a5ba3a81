//! `cargo xtask dashboard`: builds the dashboard for the browser into `dashboard/dist`, from where the gateway takes it,
//! and runs its browser suite. What becomes of the wasm is decided in `dashboard/bundle`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::cargo::{Metadata, cargo};
use crate::{command, cross, say, workspace};

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Builds in seconds what is too large to ship: for work on a page
    #[arg(long)]
    pub quick: bool,
}

pub(crate) fn build(options: &Options) -> Result<()> {
    let (profile, folder) = if options.quick { ("dev", "debug") } else { ("wasm", "wasm") };
    say::heading(&format!("dashboard: cargo for the browser, profile {profile}"));
    let mut build =
        cross::WASM.cargo(&["build", "--locked", "--package", "maig-dashboard", "--profile", profile])?;
    build.command.arg("--bin").arg("maig-dashboard");
    command::run(build.command)?;
    let wasm = build.target_dir.join(cross::WASM.target).join(folder).join("maig-dashboard.wasm");
    say::heading("dashboard: dist");
    let mut bundle = cargo(&["run", "--quiet", "--locked", "--package", "maig-dashboard-bundle", "--"]);
    bundle.arg(wasm).arg(workspace::root().join("dashboard"));
    if options.quick {
        bundle.arg("--quick");
    }
    command::run(bundle)
}

/// Builds what a visitor gets, and lets Chromium visit it.
pub(crate) fn test() -> Result<()> {
    // The suite needs all three; what is missing is better said before the build.
    for tool in ["node", "npm", "chromium"] {
        let mut version = Command::new(tool);
        version.arg("--version");
        command::output(version)?;
    }
    build(&Options { quick: false })?;
    command::run(cargo(&["build", "--locked", "--package", "maig-gateway", "--package", "maig-sim"]))?;
    // Stories about a long log write it beside the gateway.
    command::run(cargo(&["build", "--locked", "--package", "maig-store", "--example", "fill_log"]))?;
    let mut install = Command::new("npm");
    install.args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"]);
    install.current_dir(workspace::root().join("dashboard/e2e"));
    command::run(install)?;
    let target = PathBuf::from(Metadata::read()?.target_directory);
    let mut suite = Command::new("node");
    suite.arg("dashboard/e2e/run.mjs").current_dir(workspace::root()).env("MAIG_TARGET_DIR", target);
    command::run(suite)
}
