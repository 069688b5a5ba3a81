//! `maig route`.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::context::Context;
use crate::when;

#[derive(Subcommand)]
pub(super) enum RouteCommand {
    /// List a project's routes.
    List(ListArgs),
    /// Make every request skip the route's primary, or end that.
    #[command(
        after_help = "Examples:\n  maig route force production-chat on     the fallback answers everything\n  maig route force production-chat off    back to the primary"
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
            let forced = if route.spec.force_fallback { "forced" } else { "" };
            vec![
                route.name.clone(),
                models.join(" → "),
                forced.to_owned(),
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
    if route.spec.force_fallback == on {
        context.printer.line(format!(
            "Force Fallback of {} is already {}.",
            route.name,
            if on { "on" } else { "off" }
        ));
        return Ok(());
    }
    let mut change = store.change(&context.actor()).await?;
    change.routes().force_fallback(&project.id, &route.name, on, None).await?;
    change.commit().await?;
    let (primary, next) =
        (&route.spec.targets[0].model, route.spec.targets.get(1).map_or("", |t| t.model.as_str()));
    context.printer.line(if on {
        format!(
            "Force Fallback of {} is on: every request skips {primary} and begins with {next}.",
            route.name
        )
    } else {
        format!("Force Fallback of {} is off: requests begin with {primary} again.", route.name)
    });
    Ok(())
}
