//! `maig serve`: what a person at the terminal is told; `crate::serve` does the work.

use std::process::ExitCode;

use super::context::Context;
use crate::serve::{Gateway, stop_signal};
use crate::{setup, telemetry};

pub(super) async fn run(context: Context) -> anyhow::Result<ExitCode> {
    let Context { settings, printer } = context;
    telemetry::start(&settings)?;
    let url = settings.shown_url();
    let gateway = Gateway::start(settings).await?;
    if let Some(token) = setup::first_link(&gateway.state.store).await? {
        printer.note(format!(
            "Nobody can sign in yet. Open this link within a day to make the first owner; it works once:\n  {url}/setup?token={}",
            token.expose()
        ));
    }
    let admin = crate::admin::router(gateway.state.clone());
    gateway.run(admin, stop_signal()).await?;
    Ok(ExitCode::SUCCESS)
}
