//! Processes that a run starts, each on its core, and each gone when the run ends.

use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};

use anyhow::{Context, Result};

/// Where the subjects run.
pub(crate) const SUBJECT_CORE: &str = "0";
/// Where the load and the upstream run.
pub(crate) const LOAD_CORE: &str = "1";

/// A process that is asked to end, and awaited, when this is dropped.
pub(crate) struct Child(std::process::Child);

impl Child {
    pub(crate) fn start(mut command: Command) -> Result<Self> {
        let name = crate::command::text(&command);
        command.stdin(Stdio::null());
        Ok(Self(command.spawn().with_context(|| format!("cannot start `{name}`"))?))
    }

    /// Starts it on the subjects' core.
    pub(crate) fn pinned(program: &Path, arrange: impl FnOnce(&mut Command)) -> Result<Self> {
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", SUBJECT_CORE]).arg(program);
        arrange(&mut command);
        Self::start(command)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.stdout.take()
    }

    /// SIGTERM, and its end.
    pub(crate) fn finish(&mut self) -> Result<()> {
        let _ = Command::new("kill").args(["-TERM", &self.pid().to_string()]).status();
        self.0.wait().context("a child did not end")?;
        Ok(())
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if matches!(self.0.try_wait(), Ok(None)) {
            let _ = self.finish();
        }
    }
}

/// A folder that is removed with this value.
pub(crate) struct TempDir(PathBuf);

impl TempDir {
    pub(crate) fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("maig-bench-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
        Ok(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
