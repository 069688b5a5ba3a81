//! Where log lines go: JSON for programs, readable lines on a terminal. A line must never hold a secret or a prompt.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, Settings};

/// Starts logging to standard error; called once, by the commands that run for long.
pub fn start(settings: &Settings) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&settings.log)
        .with_context(|| format!("MAIG_LOG is `{}`, which is no filter; try `info`", settings.log))?;
    let format = settings.log_format.unwrap_or(match std::io::stderr().is_terminal() {
        true => LogFormat::Pretty,
        false => LogFormat::Json,
    });
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match format {
        LogFormat::Pretty => lines.with_target(false).compact().try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| anyhow::anyhow!("logging was started twice: {error}"))
}
