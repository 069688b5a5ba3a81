//! The gateway as a process: it can be stopped, and started again on the same port with the same database.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

/// Set for a process of this program that is to be the gateway.
pub(crate) const AS_GATEWAY: &str = "MAIG_STORIES_AS_GATEWAY";

/// How long a gateway may take to come up, on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Gateway {
    program: PathBuf,
    is_this: bool,
    place: PathBuf,
    address: SocketAddr,
    running: Mutex<Option<Child>>,
}

impl Gateway {
    pub(crate) fn new(maig: Option<PathBuf>, place: &Path, address: SocketAddr) -> Result<Self> {
        let is_this = maig.is_none();
        let program = match maig {
            Some(program) => program,
            None => std::env::current_exe()?,
        };
        Ok(Self { program, is_this, place: place.to_owned(), address, running: Mutex::new(None) })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        // What the developer's shell says of another gateway is not meant here.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MAIG_")) {
            command.env_remove(name);
        }
        if self.is_this {
            command.env(AS_GATEWAY, "1");
        }
        command
            .args(words)
            .env("MAIG_DATA_DIR", self.place.join("data"))
            .env("MAIG_LISTEN", self.address.to_string())
            .env("MAIG_LOG", "warn")
            .env("MAIG_DRAIN_S", "0")
            .env("STORIES_PROVIDER_KEY", "sk-of-the-simulator")
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    /// One command of `maig`, and what it printed.
    pub(crate) async fn run(&self, words: &[&str]) -> Result<String> {
        let done = self.command(words).output().await.context("cannot start the gateway's program")?;
        if !done.status.success() {
            let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
            bail!("maig {} failed:\n{out}{err}", words.join(" "));
        }
        Ok(String::from_utf8(done.stdout)?)
    }

    pub(crate) async fn declare(&self, yaml: &str) -> Result<()> {
        let file = self.place.join("maig.yaml");
        std::fs::write(&file, yaml)?;
        self.run(&["apply", "-f", &file.to_string_lossy()]).await.map(drop)
    }

    pub(crate) async fn key(&self, project: &str, name: &str, more: &[&str]) -> Result<String> {
        let words = [&["key", "create", "--project", project, "--name", name, "--json"], more].concat();
        let made: serde_json::Value = serde_json::from_str(&self.run(&words).await?)?;
        Ok(made["key"].as_str().context("`maig key create --json` printed no key")?.to_owned())
    }

    /// Starts it and waits until it takes connections. `grace_s`: for how long it holds streams.
    pub(crate) async fn start(&self, grace_s: Option<u64>) -> Result<()> {
        let log = std::fs::File::options().create(true).append(true).open(self.place.join("gateway.log"))?;
        let mut command = self.command(&["serve"]);
        command.stdout(log.try_clone()?).stderr(log);
        if let Some(grace) = grace_s {
            command.env("MAIG_STREAM_GRACE_S", grace.to_string());
        }
        let mut child = command.spawn().context("cannot start the gateway's program")?;
        let began = Instant::now();
        while TcpStream::connect(self.address).await.is_err() {
            if child.try_wait()?.is_some() || began.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(self.place.join("gateway.log")).unwrap_or_default();
                bail!("the gateway did not come up:\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        *self.running() = Some(child);
        Ok(())
    }

    /// Ends it as a machine that fails does: at once.
    pub(crate) async fn stop(&self) {
        let child = self.running().take();
        if let Some(mut child) = child {
            // It may have ended by itself.
            let _ = child.kill().await;
        }
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
