//! The commands of `maig`. Only this folder's printer may print.

use std::process::ExitCode;

use clap::Parser;

use crate::serve::{Gateway, stop_signal};
use crate::settings::{Settings, SettingsArgs};
use crate::telemetry;

/// One gateway in front of every AI provider, so that an app's users never see one fail.
#[derive(Parser)]
#[command(name = "maig", version)]
struct Cli {
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(clap::Subcommand)]
enum Command {
    /// The gateway, its admin API and its dashboard on one port.
    Serve,
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match serve(cli.settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn serve(args: SettingsArgs) -> anyhow::Result<()> {
    let settings = Settings::load(args)?;
    telemetry::start(&settings)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async { Gateway::start(settings).await?.run(axum::Router::new(), stop_signal()).await })
}
