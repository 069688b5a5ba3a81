//! `maig export`.

use std::process::ExitCode;

use clap::Args;

use super::context::Context;
use crate::declare;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  maig export > maig.yaml\n  maig export --project shop | maig apply -f - --dry-run"
)]
pub(super) struct ExportArgs {
    /// One project, by name or id [default: all].
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
}

pub(super) async fn run(context: &Context, args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let store = context.store().await?;
    let projects = match &args.project {
        Some(_) => vec![context.project(&store, args.project.as_deref()).await?],
        None => store.projects().list().await?,
    };
    if projects.is_empty() {
        context.printer.note("There is no project yet.");
    }
    context.printer.raw(&declare::export(&store, &projects).await?);
    Ok(ExitCode::SUCCESS)
}
