//! `maig demo`: a gateway on a throw-away database with simulated providers, and an outage to watch. Nothing outlives
//! it, and no request of it leaves this machine.

mod ask;
mod scene;

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Args;
use maig_core::secret::Secret;
use maig_sim::Sim;
use maig_store::{Actor, NewUser};

use super::context::Context;
use super::print::{Look, Printer};
use crate::declare;
use crate::password;
use crate::serve::{Gateway, open_store, stop_signal};
use crate::settings::Settings;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  maig demo                            watch a provider fail and the answers go on\n  maig demo --no-outage                only the gateway, to play with\n  maig demo --listen 127.0.0.1:9000    on another port"
)]
pub(super) struct DemoArgs {
    /// Leave the providers alone; break nothing by itself.
    #[arg(long)]
    no_outage: bool,
}

pub(super) async fn run(context: Context, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let Context { mut settings, printer } = context;
    let folder = Folder::make()?;
    settings.data_dir.clone_from(&folder.0);
    settings.database_url = Secret::new(format!("sqlite://{}", folder.0.join("maig.db").display()));
    settings.master_key = None;
    settings.listen = free(settings.listen, printer)?;
    // Kept to the end: the providers must outlive the scene.
    let sim = Arc::new(Sim::start().await.context("the simulated providers could not start")?);
    let made = furnish(&settings, &sim).await?;
    let base = format!("http://{}", settings.listen);
    let gateway = Gateway::start(settings).await?;
    let admin = crate::admin::router(gateway.state.clone());
    welcome(printer, &base, &made);
    let scene = (!args.no_outage)
        .then(|| tokio::spawn(scene::play(printer, Arc::clone(&sim), base, made.key.clone())));
    let served = gateway.run(admin, stop_signal()).await;
    if let Some(scene) = scene {
        scene.abort();
    }
    drop(sim);
    printer.line("\nThe demo is over; its database is gone.");
    served.map(|()| ExitCode::SUCCESS)
}

/// What a newcomer is given.
struct Made {
    key: Secret,
    email: &'static str,
    password: Secret,
}

/// The same file that a newcomer would write, with the simulator in place of the vendors.
fn file(sim: &Sim) -> String {
    format!(
        "project: demo\n\
         provider_keys:\n\
         \x20 - {{ name: openai-main, provider: openai, api_key: sk-simulated-openai, base_url: {} }}\n\
         \x20 - {{ name: anthropic-main, provider: anthropic, api_key: sk-simulated-anthropic, base_url: {} }}\n\
         routes:\n\
         \x20 - name: production-chat\n\
         \x20   targets:\n\
         \x20     - model: gpt-4o\n\
         \x20     - model: claude-3-5-sonnet\n\
         keys:\n\
         \x20 - name: ios-app\n",
        sim.openai_base(),
        sim.base()
    )
}

async fn furnish(settings: &Settings, sim: &Sim) -> anyhow::Result<Made> {
    let store = open_store(settings).await?;
    let (declared, found) = declare::read(&file(sim), &|_| None);
    if let Some(fault) = found.faults.first() {
        anyhow::bail!("the demo's own file is wrong: {}", fault.in_file("demo.yaml"));
    }
    let password = short_password()?;
    let hash = password::hash(&password).await?;
    let mut change = store.change(&Actor::cli("cli:demo")).await?;
    let outcome = declare::bring(&store, &mut change, &declared, false).await?;
    let email = "demo@maig.local";
    let user = NewUser {
        email: email.to_owned(),
        name: "Demo".to_owned(),
        password_hash: Some(hash),
        instance_admin: true,
    };
    change.users().create(user).await?;
    change.commit().await?;
    store.close().await;
    let key = outcome.made.into_iter().next().context("the demo's key was not made")?.key;
    Ok(Made { key, email, password })
}

/// Short enough to type, for a gateway that lives for minutes and listens on this machine.
fn short_password() -> anyhow::Result<Secret> {
    let mut random = [0; 12];
    getrandom::fill(&mut random)?;
    let letters =
        random.iter().map(|byte| char::from(b"abcdefghijkmnpqrstuvwxyz23456789"[usize::from(byte & 31)]));
    Ok(Secret::new(letters.collect()))
}

fn welcome(printer: Printer, base: &str, made: &Made) {
    let bold = |text: &str| printer.paint(Look::Bold, text);
    printer.line(format!("{}  {base}\n", bold("MAIG is running, with simulated providers, at")));
    printer.line(format!(
        "  route        production-chat   gpt-4o → claude-3-5-sonnet\n  project key  {}",
        made.key.expose()
    ));
    printer.line(format!("  login        {}   {}\n", made.email, made.password.expose()));
    printer.line(bold("Try it:"));
    printer.line(format!(
        "  curl -i {base}/v1/chat/completions \\\n    -H 'authorization: Bearer {}' \\\n    -H 'content-type: application/json' \\\n    -d '{}'\n",
        made.key.expose(),
        ask::BODY
    ));
}

/// The wanted address, or a free port beside it: a demo should not fail because something else runs.
fn free(wanted: SocketAddr, printer: Printer) -> anyhow::Result<SocketAddr> {
    match TcpListener::bind(wanted) {
        Ok(listener) => Ok(listener.local_addr()?),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            let other = TcpListener::bind(SocketAddr::new(wanted.ip(), 0))?.local_addr()?;
            printer.note(format!("{wanted} is in use; the demo takes {other}."));
            Ok(other)
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {wanted}")),
    }
}

/// A folder that nobody else may read and that goes with the demo.
struct Folder(PathBuf);

impl Folder {
    fn make() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("maig-demo-{}", uuid::Uuid::now_v7()));
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let path: &Path = &self.0;
        let _ = std::fs::remove_dir_all(path);
    }
}
