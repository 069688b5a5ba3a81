//! `maig key`: what apps carry.

use std::process::ExitCode;

use anyhow::{anyhow, bail};
use clap::{Args, Subcommand};
use maig_core::limit::Rate;
use maig_core::{id::valid_name, key::KeyKind as Minting};
use maig_store::{KeyKind, KeyLimits, KeyScopes, NewProjectKey, Project, ProjectKey, Store};
use serde_json::json;

use super::context::Context;
use super::print::Look;
use crate::clock::Clock;
use crate::{mint, when};

#[derive(Subcommand)]
pub(super) enum KeyCommand {
    /// Make a key; it is shown once.
    Create(CreateArgs),
    /// List a project's keys.
    List(ListArgs),
    /// End a key at once and for good.
    Revoke(OneKey),
    /// Give a key a new secret; the old one works on for the grace time.
    Roll(RollArgs),
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  maig key create --name ios-app\n  maig key create --project shop --name ios-app --routes production-chat,summarize --rate 600/min\n  maig key create --name ci --test --json | jq -r .key"
)]
pub(super) struct CreateArgs {
    /// The project, by name or id [default: the only one].
    #[arg(long)]
    project: Option<String>,
    /// The app that will carry it.
    #[arg(long)]
    name: String,
    /// A maig_test_ key: answered by the simulator, never by a real provider.
    #[arg(long)]
    test: bool,
    /// Routes and models that it may call, comma-separated [default: all].
    #[arg(long, value_delimiter = ',')]
    routes: Vec<String>,
    /// Refuse bare models and failover asked for in the request.
    #[arg(long)]
    routes_only: bool,
    /// Platforms that it works on (ios, android, …), comma-separated.
    #[arg(long, value_delimiter = ',')]
    platforms: Vec<String>,
    /// Bundle ids that it works in, comma-separated.
    #[arg(long, value_delimiter = ',')]
    bundle_ids: Vec<String>,
    /// Requests in a time, such as 600/min.
    #[arg(long)]
    rate: Option<Rate>,
    /// Requests in a calendar month (UTC).
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    monthly_requests: Option<i64>,
    /// Requests of one end user in a time, such as 60/hour.
    #[arg(long)]
    per_user: Option<Rate>,
    /// When it ends: 2027-01-31, or with a time.
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct ListArgs {
    /// The project, by name or id [default: the only one].
    #[arg(long)]
    project: Option<String>,
    /// Revoked keys too.
    #[arg(long)]
    all: bool,
    /// Print them as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(super) struct OneKey {
    /// The key's name or id.
    key: String,
    /// The project, by name or id [default: the only one].
    #[arg(long)]
    project: Option<String>,
}

#[derive(Args)]
#[command(
    after_help = "Examples:\n  maig key roll ios-app                the old key works for a week more\n  maig key roll ios-app --grace-s 0    the old key ends now"
)]
pub(super) struct RollArgs {
    #[command(flatten)]
    which: OneKey,
    /// Seconds that the old key works on.
    #[arg(long, default_value_t = 7 * 86_400, value_parser = clap::value_parser!(i64).range(0..=366 * 86_400))]
    grace_s: i64,
    /// Print it as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, command: KeyCommand) -> anyhow::Result<ExitCode> {
    let store = context.store().await?;
    match command {
        KeyCommand::Create(args) => create(context, &store, args).await?,
        KeyCommand::List(args) => list(context, &store, &args).await?,
        KeyCommand::Revoke(args) => revoke(context, &store, &args).await?,
        KeyCommand::Roll(args) => roll(context, &store, &args).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn create(context: &Context, store: &Store, args: CreateArgs) -> anyhow::Result<()> {
    let printer = context.printer;
    let project = context.project(store, args.project.as_deref()).await?;
    if !valid_name(&args.name) {
        bail!(
            "{:?} is no valid name; use 1 to 64 of a-z A-Z 0-9 . _ - and begin with a letter or digit",
            args.name
        );
    }
    let expires_at = args
        .expires
        .map(|text| {
            when::parse(&text).ok_or_else(|| anyhow!("--expires {text:?} is no moment; write 2027-01-31"))
        })
        .transpose()?;
    let (kind, minting) =
        if args.test { (KeyKind::Test, Minting::Test) } else { (KeyKind::Live, Minting::Live) };
    let minted = mint::mint(minting)?;
    let routes = store.routes().list(&project.id).await?;
    for name in &args.routes {
        if !routes.iter().any(|route| route.name == *name) {
            printer.warning(format!(
                "{name:?} is no route of {}; it is allowed as a model's name",
                project.name
            ));
        }
    }
    let new = NewProjectKey {
        name: args.name,
        kind,
        digest: minted.new_digest(),
        scopes: KeyScopes {
            routes: args.routes,
            routes_only: args.routes_only,
            platforms: args.platforms,
            bundle_ids: args.bundle_ids,
        },
        limits: KeyLimits {
            rate: args.rate.map(|rate| rate.to_string()),
            monthly_requests: args.monthly_requests,
            per_user: args.per_user.map(|rate| rate.to_string()),
        },
        expires_at,
    };
    let mut change = store.change(&context.actor()).await?;
    let key = change.project_keys().create(&project.id, new).await?;
    change.commit().await?;
    show(context, &project, &key, minted.secret.expose(), args.json);
    Ok(())
}

/// The one time that the key is shown.
fn show(context: &Context, project: &Project, key: &ProjectKey, secret: &str, json: bool) {
    let printer = context.printer;
    if json {
        printer.json(&json!({ "id": key.id, "key": secret, "name": key.name, "project": project.name, "test": key.kind == KeyKind::Test }));
        return;
    }
    printer.note(format!("The key of {} ({}), shown this once:", key.name, project.name));
    printer.line(printer.paint(Look::Bold, secret));
}

async fn list(context: &Context, store: &Store, args: &ListArgs) -> anyhow::Result<()> {
    let project = context.project(store, args.project.as_deref()).await?;
    let mut keys = store.project_keys().list(&project.id).await?;
    keys.retain(|key| args.all || key.revoked_at.is_none());
    if args.json {
        let rows: Vec<_> = keys
            .iter()
            .map(|key| {
                json!({
                    "id": key.id, "name": key.name, "hint": key.hint, "test": key.kind == KeyKind::Test,
                    "routes": key.scopes.routes, "routes_only": key.scopes.routes_only, "limits": key.limits,
                    "state": state(key), "created_at": when::rfc3339(key.created_at),
                    "expires_at": key.expires_at.map(when::rfc3339), "last_used_at": key.last_used_at.map(when::rfc3339),
                })
            })
            .collect();
        context.printer.json(&rows);
        return Ok(());
    }
    if keys.is_empty() {
        context
            .printer
            .note(format!("{} has no keys yet; make one with `maig key create --name APP`", project.name));
    }
    let never = || "never".to_owned();
    let rows: Vec<_> = keys
        .iter()
        .map(|key| {
            let scope = if key.scopes.routes.is_empty() {
                "everything".to_owned()
            } else {
                key.scopes.routes.join(",")
            };
            let used = key.last_used_at.map_or_else(never, when::rfc3339);
            vec![key.name.clone(), key.hint.clone(), state(key).to_owned(), scope, used, key.id.to_string()]
        })
        .collect();
    context.printer.table(&["NAME", "KEY", "STATE", "MAY CALL", "LAST USED", "ID"], &rows);
    Ok(())
}

fn state(key: &ProjectKey) -> &'static str {
    if key.revoked_at.is_some() {
        "revoked"
    } else if key.expires_at.is_some_and(|at| at <= Clock::unix_micros()) {
        "expired"
    } else {
        key.kind.as_str()
    }
}

async fn find(context: &Context, store: &Store, which: &OneKey) -> anyhow::Result<(Project, ProjectKey)> {
    let project = context.project(store, which.project.as_deref()).await?;
    if let Some(key) = store.project_keys().by_name(&project.id, &which.key).await? {
        return Ok((project, key));
    }
    let keys = store.project_keys().list(&project.id).await?;
    if let Some(key) = keys.iter().find(|key| key.id.as_str() == which.key) {
        if key.revoked_at.is_some() {
            bail!("the key {} is already revoked", key.name);
        }
        return Ok((project, key.clone()));
    }
    let live = keys.iter().filter(|key| key.revoked_at.is_none()).map(|key| key.name.as_str());
    let near = crate::declare::did_you_mean(&which.key, live)
        .map_or(String::new(), |near| format!("; did you mean {near}?"));
    bail!("{} has no key {:?}{near}", project.name, which.key)
}

async fn revoke(context: &Context, store: &Store, which: &OneKey) -> anyhow::Result<()> {
    let (project, key) = find(context, store, which).await?;
    let mut change = store.change(&context.actor()).await?;
    change.project_keys().revoke(&project.id, &key.id, None).await?;
    change.commit().await?;
    context.printer.line(format!(
        "Revoked {} of {}. Apps that carry it are refused within a second.",
        key.name, project.name
    ));
    Ok(())
}

async fn roll(context: &Context, store: &Store, args: &RollArgs) -> anyhow::Result<()> {
    let (project, key) = find(context, store, &args.which).await?;
    let minted = mint::mint(if key.kind == KeyKind::Test { Minting::Test } else { Minting::Live })?;
    let mut change = store.change(&context.actor()).await?;
    let rolled = change
        .project_keys()
        .roll(&project.id, &key.id, minted.new_digest(), args.grace_s * 1_000_000, None)
        .await?;
    let rolled = rolled.ok_or_else(|| anyhow!("the key {} was revoked meanwhile", key.name))?;
    change.commit().await?;
    show(context, &project, &rolled, minted.secret.expose(), args.json);
    if let Some(previous) = &rolled.previous {
        context.printer.note(format!("The old key works until {}.", when::rfc3339(previous.until)));
    }
    Ok(())
}
