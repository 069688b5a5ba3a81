//! `maig rotate-master-key`.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use maig_store::MasterKey;
use maig_store::seal::key_file;

use super::context::Context;
use crate::serve;

#[derive(Args)]
#[command(
    after_help = "With a key file, the new key replaces it. With MAIG_MASTER_KEY, the new key is printed and must be set in its place.\nRunning gateways keep the old key in memory: restart them afterwards."
)]
pub(super) struct RotateArgs {
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn run(context: &Context, args: &RotateArgs) -> anyhow::Result<ExitCode> {
    let printer = context.printer;
    let store = context.store().await?;
    if !args.yes {
        match printer.confirm("Reseal every secret under a new master key?") {
            Some(true) => {}
            Some(false) => bail!("nothing was changed"),
            None => bail!("say --yes to rotate without being asked"),
        }
    }
    let new = MasterKey::generate()?;
    if context.settings.master_key.is_some() {
        let text = new.to_base64();
        let resealed = store.rotate_master_key(&context.actor(), new).await?;
        printer.note(format!("Resealed {resealed} secrets. Set MAIG_MASTER_KEY to this key, shown this once, and restart the gateway:"));
        printer.line(text.expose());
        return Ok(ExitCode::SUCCESS);
    }
    let file = context.settings.data_dir.join(serve::KEY_FILE);
    // The new key is on disk before anything is sealed under it, so that no crash can lose it.
    key_file::stage(&file, &new)?;
    let resealed = store.rotate_master_key(&context.actor(), new).await?;
    key_file::promote(&file)?;
    printer.line(format!(
        "Resealed {resealed} secrets; the new key is in {}. Restart running gateways.",
        file.display()
    ));
    Ok(ExitCode::SUCCESS)
}
