//! `maig-stories`: starts a world for the SDKs' story suites, prints where its parts are as one line of JSON, and ends
//! when its standard input does, so that no suite can leave it behind. It must never listen beyond the loopback.
//!
//! README.md says what the line holds and what the control port does; stories.json names the stories.

mod control;
mod gateway;
mod impostor;
mod network;
mod secure;
mod world;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use tokio::io::AsyncReadExt as _;

/// Starts a world for the SDKs' story suites; ends with its standard input.
#[derive(Parser)]
struct Options {
    /// The gateway to try; the one in this program, if not said
    #[arg(long, value_name = "PROGRAM")]
    maig: Option<PathBuf>,
}

fn main() -> ExitCode {
    // The gateway is a process of its own, so that it can be ended as one; without another program it is this one.
    if std::env::var_os(gateway::AS_GATEWAY).is_some() {
        return maig_gateway::cli::run();
    }
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "maig-stories: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(options: &Options) -> anyhow::Result<()> {
    let world = world::World::start(options.maig.clone()).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{}", world.line())?;
    out.flush()?;
    let mut rest = Vec::new();
    tokio::io::stdin().read_to_end(&mut rest).await?;
    world.stop().await;
    Ok(())
}
