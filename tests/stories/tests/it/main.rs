//! The stories in Rust, one after another in one world: `cargo test -p maig-stories [-- NAME…]`. It closes with a line
//! `N passed, 0 failed`, as the suites of the other languages do.

mod bad_network;
mod calls;
mod gateway;
mod mistakes;
mod secrets;
mod world;

use std::io::Write as _;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use world::World;

type Told = Pin<Box<dyn Future<Output = Result<()>> + Send>>;
type Story = fn(World) -> Told;

/// `name => function` of each story.
macro_rules! stories {
    ($($name:ident in $module:ident,)*) => {
        &[$((stringify!($name), |world| Box::pin($module::$name(world)))),*]
    };
}

/// In the order of stories.json.
const STORIES: &[(&str, Story)] = stories![
    text in calls,
    fallback in calls,
    stream in calls,
    conversation in calls,
    app_identity in calls,
    unread_stream in calls,
    cancel in calls,
    error_kinds in mistakes,
    cut in gateway,
    retry in bad_network,
    drops in bad_network,
    stall in bad_network,
    asleep in bad_network,
    grace_over in gateway,
    gateway_restart in gateway,
    wrong_clock in mistakes,
    untrusted in mistakes,
    airplane_mode in bad_network,
    bad_input in mistakes,
    not_maig in mistakes,
    endless in mistakes,
    no_secrets in secrets,
];

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    match run(&wanted) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "stories: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn run(wanted: &[String]) -> Result<usize> {
    let world = World::start().await?;
    all_are_told(&world)?;
    let mut out = std::io::stdout();
    let (mut passed, mut failed) = (0, 0);
    for (name, story) in STORIES {
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part.as_str())) {
            continue;
        }
        world.calm().await?;
        let began = Instant::now();
        // A task of its own, so that a panic is a failed story.
        let told = tokio::spawn(story(world.clone())).await.context("it panicked").and_then(|told| told);
        let seconds = began.elapsed().as_secs_f64();
        match told {
            Ok(()) => {
                passed += 1;
                writeln!(out, "ok      {name} ({seconds:.2} s)")?;
            }
            Err(error) => {
                failed += 1;
                writeln!(out, "FAILED  {name} ({seconds:.2} s): {error:#}")?;
            }
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
    if passed + failed == 0 {
        bail!("no story has {wanted:?} in its name");
    }
    Ok(failed)
}

/// The list and this suite name the same stories in the same order.
fn all_are_told(world: &World) -> Result<()> {
    let listed: Vec<&str> =
        world.list["stories"].as_array().into_iter().flatten().filter_map(|s| s["name"].as_str()).collect();
    let told: Vec<&str> = STORIES.iter().map(|(name, _)| *name).collect();
    if listed != told {
        bail!("stories.json lists {listed:?}, and this suite tells {told:?}");
    }
    Ok(())
}
