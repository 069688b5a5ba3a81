//! The world of the stories for a suite that is not Rust: started before it, its addresses in a file, ended with it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::cargo::{cargo, target};
use crate::{command, workspace};

pub(crate) struct World {
    process: Child,
    line: Value,
    file: PathBuf,
}

impl World {
    /// `suite` names the file, so that two suites may run at a time.
    pub(crate) fn start(suite: &str) -> Result<Self> {
        command::run(cargo(&["build", "--locked", "--package", "maig-stories"]))?;
        let mut process = Command::new(target()?.join("debug/maig-stories"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start maig-stories")?;
        let mut text = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out).read_line(&mut text)?;
        }
        let line = serde_json::from_str(&text).context("maig-stories did not say where its parts are")?;
        let file = scratch(suite)?.join("world.json");
        std::fs::write(&file, text)?;
        Ok(Self { process, line, file })
    }

    /// Where the suite finds the addresses.
    pub(crate) fn file(&self) -> &Path {
        &self.file
    }

    /// A text of the line, by its path: `/gateway_url`, `/keys/live`.
    pub(crate) fn say(&self, path: &str) -> Result<&str> {
        self.line.pointer(path).and_then(Value::as_str).with_context(|| format!("the world has no {path}"))
    }

    /// Makes providers behave: `{"gpt-4o": "503"}`.
    pub(crate) fn script(&self, script: &str) -> Result<()> {
        let address = self.say("/provider_url")?.trim_start_matches("http://");
        let mut socket = TcpStream::connect(address)?;
        write!(
            socket,
            "PUT /_sim/script HTTP/1.1\r\nhost: {address}\r\ncontent-length: {}\r\n\r\n{script}",
            script.len()
        )?;
        // The simulator keeps its connections, so that the end of the answer is not the end of what there is to read.
        let mut answer = String::new();
        BufReader::new(socket).read_line(&mut answer)?;
        if !answer.starts_with("HTTP/1.1 200") {
            bail!("the simulator refused a script: {answer}");
        }
        Ok(())
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // It ends with its standard input.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// A folder of a suite's own, below the target folder.
pub(crate) fn scratch(suite: &str) -> Result<PathBuf> {
    let folder = target()?.join("sdk").join(suite);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The names of all stories, which each suite must tell.
pub(crate) fn stories() -> Result<Vec<String>> {
    let text = std::fs::read_to_string(workspace::root().join("tests/stories/stories.json"))?;
    let list: Value = serde_json::from_str(&text).context("stories.json")?;
    let names = list["stories"].as_array().into_iter().flatten();
    Ok(names.filter_map(|story| story["name"].as_str()).map(str::to_owned).collect())
}
