//! `maig serve`: what a person at the terminal is told; `crate::serve` does the work.

use std::process::ExitCode;

use super::context::Context;
use crate::serve::{Gateway, stop_signal};
use crate::{listen, setup, telemetry};

pub(super) async fn run(context: Context) -> anyhow::Result<ExitCode> {
    let Context { settings, printer } = context;
    telemetry::start(&settings)?;
    // Before the link is made: a second `maig serve` on a taken port would end the link of the first.
    drop(listen::bind(settings.listen, "MAIG_LISTEN").await?);
    let gateway = Gateway::start(settings).await?;
    if let Some(token) = setup::first_link(&gateway.state.store).await? {
        printer.note(format!(
            "Nobody can sign in yet. Open this link within a day to make the first owner; it works once:\n  {}",
            setup::link(&gateway.state.settings, &token)
        ));
    }
    let admin = crate::admin::router(gateway.state.clone());
    let over = gateway.state.over.clone();
    let stop = async move {
        stop_signal().await;
        // A person who presses Ctrl-C twice does not want to wait.
        tokio::spawn(async move {
            stop_signal().await;
            over.cancel();
        });
    };
    gateway.run(admin, stop).await?;
    Ok(ExitCode::SUCCESS)
}
