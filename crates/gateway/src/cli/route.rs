//! `maig route`.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use maig_core::moment::Moment;
use serde_json::json;

use super::context::Context;
use crate::clock::Clock;
use crate::when;

#[derive(Subcommand)]
pub(super) enum RouteCommand {
    /// List a project's routes.
    List(ListArgs),
    /// Make every request skip the route's primary, or end that.
    #[command(
        after_help = "Examples:\n  maig route force production-chat on     the fallback answers everything\n  maig route force production-chat on --for 30m   …for half an hour\n  maig route force production-chat off    back to the primary"
    )]
    Force(ForceArgs),
}

#[derive(Args)]
pub(super) struct ListArgs {
    /// The project, by name or id [default: the only one].
    #[arg(long)]
    project: Option<String>,
    /// Print them as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct ForceArgs {
    /// The route.
    name: String,
    #[arg(value_enum)]
    switch: Switch,
    /// End it by itself after this time: 30m, 2h, 1d.
    #[arg(long = "for", value_name = "TIME", value_parser = read_time)]
    lasts: Option<Duration>,
    /// The project, by name or id [default: the only one].
    #[arg(long)]
    project: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

pub(super) async fn run(context: &Context, command: RouteCommand) -> anyhow::Result<ExitCode> {
    match command {
        RouteCommand::List(args) => list(context, &args).await?,
        RouteCommand::Force(args) => force(context, &args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(context: &Context, args: &ListArgs) -> anyhow::Result<()> {
    let store = context.store().await?;
    let project = context.project(&store, args.project.as_deref()).await?;
    let routes = store.routes().list(&project.id).await?;
    if args.json {
        let rows: Vec<_> = routes
            .iter()
            .map(|r| json!({"name": r.name, "version": r.version, "spec": r.spec, "updated_at": when::rfc3339(r.updated_at), "updated_by": r.updated_by}))
            .collect();
        context.printer.json(&rows);
        return Ok(());
    }
    if routes.is_empty() {
        context
            .printer
            .note(format!("{} has no routes yet; declare one with `maig apply -f FILE`", project.name));
    }
    let rows: Vec<_> = routes
        .iter()
        .map(|route| {
            let models: Vec<_> = route.spec.targets.iter().map(|target| target.model.as_str()).collect();
            let forced = match (route.spec.force_fallback, route.spec.force_fallback_until) {
                (false, _) => String::new(),
                (true, None) => "forced".to_owned(),
                (true, Some(end)) => format!("forced until {end}"),
            };
            vec![
                route.name.clone(),
                models.join(" → "),
                forced,
                format!("v{}", route.version),
                route.updated_by.clone(),
            ]
        })
        .collect();
    context.printer.table(&["NAME", "TARGETS", "FALLBACK", "VERSION", "BY"], &rows);
    Ok(())
}

async fn force(context: &Context, args: &ForceArgs) -> anyhow::Result<()> {
    let store = context.store().await?;
    let project = context.project(&store, args.project.as_deref()).await?;
    let on = args.switch == Switch::On;
    let Some(route) = store.routes().get(&project.id, &args.name).await? else {
        let all = store.routes().list(&project.id).await?;
        let near = crate::declare::did_you_mean(&args.name, all.iter().map(|r| r.name.as_str()));
        bail!(
            "{} has no route {:?}{}",
            project.name,
            args.name,
            near.map_or(String::new(), |n| format!("; did you mean {n}?"))
        );
    };
    if on && route.spec.targets.len() < 2 {
        bail!("{} has no second target to fall back to; add one first", route.name);
    }
    if args.lasts.is_some() && !on {
        bail!("--for goes with `on`");
    }
    let until = args.lasts.and_then(|lasts| i64::try_from(lasts.as_micros()).ok());
    let until = until.map(|lasts| Moment::from_micros(Clock::unix_micros() / 1_000_000 * 1_000_000 + lasts));
    if route.spec.force_fallback == on && until == route.spec.force_fallback_until {
        context.printer.line(format!(
            "Force Fallback of {} is already {}.",
            route.name,
            if on { "on" } else { "off" }
        ));
        return Ok(());
    }
    let mut change = store.change(&context.actor()).await?;
    change.routes().force_fallback(&project.id, &route.name, on, until, None).await?;
    change.commit().await?;
    let (primary, next) =
        (&route.spec.targets[0].model, route.spec.targets.get(1).map_or("", |t| t.model.as_str()));
    context.printer.line(if on {
        format!(
            "Force Fallback of {} is on{}: every request skips {primary} and begins with {next}.",
            route.name,
            until.map_or(String::new(), |end| format!(" until {end}"))
        )
    } else {
        format!("Force Fallback of {} is off: requests begin with {primary} again.", route.name)
    });
    Ok(())
}

/// A number and its unit: `45s`, `30m`, `2h`, `1d`.
fn read_time(text: &str) -> Result<Duration, String> {
    let unit = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86_400,
        _ => 0,
    };
    let count = text.get(..text.len().saturating_sub(1)).and_then(|count| count.parse::<u32>().ok());
    match count.filter(|count| *count > 0 && unit > 0) {
        Some(count) => Ok(Duration::from_secs(u64::from(count) * unit)),
        None => Err("write a number and s, m, h or d, such as 30m".to_owned()),
    }
}
