//! The demo, as a newcomer starts it.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

#[test]
fn a_newcomer_sees_an_outage_and_no_failed_request_within_a_minute() {
    let start = Instant::now();
    let mut demo = Command::new(env!("CARGO_BIN_EXE_maig"))
        .args(["demo", "--listen", "127.0.0.1:0"])
        .env_clear()
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    for line in BufReader::new(demo.stdout.take().unwrap()).lines() {
        said.push_str(&line.unwrap());
        said.push('\n');
        if said.contains("Ctrl-C ends it") || start.elapsed() > Duration::from_secs(60) {
            break;
        }
    }
    let stopped = Command::new("kill").args(["-INT", &demo.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    assert!(demo.wait().unwrap().success());
    assert!(start.elapsed() < Duration::from_secs(60));
    for expected in [
        "maig_live_",
        "curl -i http://127.0.0.1:",
        "served by openai/gpt-4o",
        "is down",
        "x-maig-fallback: true",
        "No request failed.",
    ] {
        assert!(said.contains(expected), "missing {expected:?} in:\n{said}");
    }
}
