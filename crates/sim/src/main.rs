//! The binary `maig-sim`: a simulated provider on a port of one's choice.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use maig_sim::{Sim, fault_table};

/// A simulated provider of language models: OpenAI's, Anthropic's and Gemini's wires, and every way to fail.
#[derive(Parser)]
#[command(name = "maig-sim", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Where to listen.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9001")]
    listen: SocketAddr,
    /// A JSON file of faults by model: {"gpt-4o": {"next": ["503", "ok"], "always": "429"}}.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Take no provider key but this one.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Threads that answer.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    threads: u16,
}

#[derive(Subcommand)]
enum Command {
    /// Print the words that faults are written in.
    Faults,
}

const EXAMPLES: &str = "\
Base URLs:
  OpenAI     http://127.0.0.1:9001/v1
  Anthropic  http://127.0.0.1:9001
  Gemini     http://127.0.0.1:9001
  another    http://127.0.0.1:9001/mistral/v1   (a vendor's slug chooses its rules)

A fault is written behind a model's name:
  curl http://127.0.0.1:9001/v1/chat/completions -H 'authorization: Bearer sk-any' \\
    -d '{\"model\": \"gpt-4o+429+retry-after=2\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}'

or set for a model whose name must stay as it is:
  curl -X PUT http://127.0.0.1:9001/_sim/script -d '{\"gpt-4o\": {\"next\": [\"503\", \"ok\"]}}'";

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if matches!(arguments.command, Some(Command::Faults)) {
        return match write!(std::io::stdout(), "{}", fault_table()) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            // Nothing is left to be done if the terminal is gone too.
            let _ = writeln!(std::io::stderr(), "maig-sim: {fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    // One thread is no pool: a benchmark pins it to a core.
    let mut builder = match arguments.threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    let runtime = builder
        .worker_threads(usize::from(arguments.threads))
        .enable_all()
        .build()
        .map_err(|error| format!("no runtime: {error}"))?;
    runtime.block_on(async {
        let sim = Sim::start_on(arguments.listen)
            .await
            .map_err(|error| format!("cannot listen on {}: {error}", arguments.listen))?;
        if let Some(file) = &arguments.script {
            let script =
                std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
            sim.load_script(&script).map_err(|error| format!("{}: {error}", file.display()))?;
        }
        if let Some(key) = &arguments.key {
            sim.require_key(key);
        }
        let _ = writeln!(std::io::stdout(), "maig-sim listens on http://{}", sim.address());
        std::future::pending().await
    })
}
