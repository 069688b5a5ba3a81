//! The commands of `maig`. Only this folder's printer may print.
//!
//! Exit codes, the same everywhere: 0 it worked, 1 it did not (or a check found a fault), 2 the command line is wrong.

mod admin;
mod apply;
mod check;
mod context;
mod demo;
mod export;
mod key;
mod print;
mod project;
mod rotate;
mod route;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::settings::{Settings, SettingsArgs};
use context::Context;
use print::Printer;

/// MAIG: an AI gateway for mobile apps.
///
/// Apps call a named route with a project key; when its first model fails, the next one answers.
#[derive(Parser)]
#[command(
    name = "maig",
    version,
    max_term_width = 100,
    after_help = "Examples:\n  maig demo                          see a failover within a minute, without any account\n  maig apply -f maig.yaml            declare providers, routes and keys\n  maig key create --name ios-app     make the key that an app carries\n  maig serve                         run the gateway and the dashboard\n\nExit codes: 0 it worked, 1 it did not (or a check found a fault), 2 the command line is wrong."
)]
struct Cli {
    #[command(flatten, next_help_heading = "Settings")]
    settings: SettingsArgs,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the gateway, the admin API and the dashboard (also without any command).
    Serve,
    /// See it work: simulated providers, a route, a key, a login, and an outage that no request notices.
    Demo(demo::DemoArgs),
    /// Bring the database to what a YAML file declares.
    Apply(apply::ApplyArgs),
    /// Print the configuration as the YAML that `apply` takes, without secrets.
    Export(export::ExportArgs),
    /// Make, list, revoke and roll the keys that apps carry.
    #[command(subcommand)]
    Key(key::KeyCommand),
    /// List routes, and switch their Force Fallback.
    #[command(subcommand)]
    Route(route::RouteCommand),
    /// List, suspend and resume projects.
    #[command(subcommand)]
    Project(project::ProjectCommand),
    /// Make dashboard logins and tokens of the admin API.
    #[command(subcommand)]
    Admin(admin::AdminCommand),
    /// Reseal every provider secret under a new master key.
    RotateMasterKey(rotate::RotateArgs),
    /// Check the database, the secrets, the routes and the providers; exit 1 if anything is wrong.
    Check(check::CheckArgs),
}

/// Reads the command line and does what it says.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let printer = Printer::new();
    let done = Settings::load(cli.settings).and_then(|settings| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let command = cli.command.unwrap_or(Command::Serve);
        runtime.block_on(Box::pin(execute(Context { settings, printer }, command)))
    });
    match done {
        Ok(code) => code,
        Err(error) => {
            printer.error(format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn execute(context: Context, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve => serve::run(context).await,
        Command::Demo(args) => demo::run(context, &args).await,
        Command::Apply(args) => apply::run(&context, &args).await,
        Command::Export(args) => export::run(&context, &args).await,
        Command::Key(command) => key::run(&context, command).await,
        Command::Route(command) => route::run(&context, command).await,
        Command::Project(command) => project::run(&context, command).await,
        Command::Admin(command) => admin::run(&context, command).await,
        Command::RotateMasterKey(args) => rotate::run(&context, &args).await,
        Command::Check(args) => check::run(&context, &args).await,
    }
}
