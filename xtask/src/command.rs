//! Runs other programs. A program that is missing is reported with the command that installs it.

use std::io::{BufRead, BufReader, ErrorKind};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::say;

/// Runs to the end with the terminal's own input and output; any exit status but 0 is an error.
pub(crate) fn run(mut command: Command) -> Result<()> {
    let status = command.status().map_err(|error| missing(&command, error))?;
    if !status.success() {
        bail!("`{}` failed ({status})", text(&command));
    }
    Ok(())
}

/// Runs to the end and gives what it wrote to stdout.
pub(crate) fn output(mut command: Command) -> Result<String> {
    let out = command.stderr(Stdio::inherit()).output().map_err(|error| missing(&command, error))?;
    if !out.status.success() {
        bail!("`{}` failed ({})", text(&command), out.status);
    }
    String::from_utf8(out.stdout).with_context(|| format!("`{}` printed no UTF-8", text(&command)))
}

/// Runs to the end, shows what it says on stdout as it comes, and gives it with the outcome.
pub(crate) fn tee(mut command: Command) -> Result<(String, Result<()>)> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| missing(&command, error))?;
    let mut said = String::new();
    for line in child.stdout.take().into_iter().flat_map(|out| BufReader::new(out).lines()) {
        let line = line?;
        say::line(&line);
        said.push_str(&line);
        said.push('\n');
    }
    let status = child.wait()?;
    let outcome = if status.success() {
        Ok(())
    } else {
        Err(anyhow::anyhow!("`{}` failed ({status})", text(&command)))
    };
    Ok((said, outcome))
}

/// The command as one would type it.
pub(crate) fn text(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn missing(command: &Command, error: std::io::Error) -> anyhow::Error {
    let program = command.get_program().to_string_lossy().into_owned();
    if error.kind() != ErrorKind::NotFound {
        return anyhow::Error::new(error).context(format!("cannot start `{program}`"));
    }
    anyhow::anyhow!("`{program}` is not installed; get it with: {}", how_to_install(&program))
}

/// What to type on Debian, or the tool's own way where Debian has none.
fn how_to_install(program: &str) -> &'static str {
    match program {
        "mvn" => "apt-get install maven (with a JDK of 17 or newer)",
        "git" => "apt-get install git",
        "nginx" | "/usr/sbin/nginx" => "apt-get install nginx-light",
        "taskset" => "apt-get install util-linux",
        "valgrind" => "apt-get install valgrind",
        "chromium" => "apt-get install chromium",
        "python3" => "apt-get install python3 python3-venv",
        "node" | "npm" => "your system's package of Node 20 or newer",
        "cargo" | "rustc" => "rustup (the toolchain that rust-version in Cargo.toml names)",
        _ => "your system's package of that name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named_with_a_way_to_get_it() {
        let error = run(Command::new("maig-no-such-program")).unwrap_err().to_string();
        assert!(error.contains("`maig-no-such-program` is not installed; get it with: "), "{error}");
    }

    #[test]
    fn a_failing_program_is_named_with_its_arguments() {
        let mut command = Command::new("git");
        command.args(["no-such-subcommand"]).stderr(Stdio::null());
        let error = run(command).unwrap_err().to_string();
        assert!(error.contains("`git no-such-subcommand` failed"), "{error}");
    }
}
