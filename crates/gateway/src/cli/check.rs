//! `maig check`: everything that can be known to be wrong before an app finds out.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use maig_core::catalog::Catalog;
use maig_core::provider::Provider;
use maig_core::route::{Context as RouteContext, KeyFacts, RouteSpec, lint};
use maig_store::{Project, Store};
use serde::Serialize;

use super::context::Context;
use super::print::{Look, Printer};
use crate::declare::{key_facts, today};
use crate::serve;
use crate::upstream::{AccountParts, Upstream};

/// What one provider gets to answer.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Args)]
#[command(after_help = "Exit codes: 0 all is well (warnings aside), 1 there is a fault, one line each.")]
pub(super) struct CheckArgs {
    /// Do not ask the providers.
    #[arg(long)]
    offline: bool,
    /// Print what was found as JSON.
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Looked {
    verdict: Verdict,
    project: String,
    /// `route production-chat`, `provider key openai-main`.
    what: String,
    message: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Fault,
}

pub(super) async fn run(context: &Context, args: &CheckArgs) -> anyhow::Result<ExitCode> {
    // Opening checks the schema and the master key already.
    let store = context.store().await?;
    let catalog = serve::load_catalog(&context.settings)?;
    let upstream = Arc::new(Upstream::new()?);
    let mut looked = Vec::new();
    for project in store.projects().list().await? {
        check_accounts(&store, &project, (!args.offline).then_some(&upstream), &mut looked).await?;
        check_routes(&store, &catalog, &project, &mut looked).await?;
    }
    let faults = looked.iter().filter(|look| look.verdict == Verdict::Fault).count();
    if args.json {
        context.printer.json(&looked);
    } else {
        print(context.printer, &looked, faults);
    }
    Ok(if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn check_accounts(
    store: &Store,
    project: &Project,
    upstream: Option<&Arc<Upstream>>,
    looked: &mut Vec<Looked>,
) -> anyhow::Result<()> {
    let mut asked = Vec::new();
    for key in store.provider_keys().list(&project.id).await? {
        let what = format!("provider key {}", key.name);
        let mut look = |verdict, message: String| {
            looked.push(Looked { verdict, project: project.name.clone(), what: what.clone(), message });
        };
        let credentials = match store.provider_keys().credentials(&key.id).await {
            Ok(Some(credentials)) => credentials,
            Ok(None) => continue,
            Err(error) => {
                look(Verdict::Fault, error.to_string());
                continue;
            }
        };
        if key.provider == Provider::Simulator && key.base_url.is_none() {
            look(Verdict::Ok, "answered by the gateway itself".to_owned());
            continue;
        }
        match (AccountParts::stored(&key, credentials).open(), upstream) {
            (Err(fault), _) => look(Verdict::Fault, fault.to_string()),
            (Ok(_), _) if !key.enabled => look(Verdict::Ok, "its secret opens; it is disabled".to_owned()),
            (Ok(_), None) => look(Verdict::Ok, "its secret opens".to_owned()),
            (Ok(account), Some(upstream)) => {
                let upstream = Arc::clone(upstream);
                asked.push((what, tokio::spawn(async move { upstream.check(&account, PATIENCE).await })));
            }
        }
    }
    // All are asked at once, so that three dead providers cost five seconds and not fifteen.
    for (what, answer) in asked {
        let result = answer.await?;
        let verdict = if result.ok { Verdict::Ok } else { Verdict::Fault };
        looked.push(Looked { verdict, project: project.name.clone(), what, message: result.message });
    }
    Ok(())
}

async fn check_routes(
    store: &Store,
    catalog: &Catalog,
    project: &Project,
    looked: &mut Vec<Looked>,
) -> anyhow::Result<()> {
    let keys: Vec<KeyFacts> = store.provider_keys().list(&project.id).await?.iter().map(key_facts).collect();
    let routes: Vec<RouteSpec> =
        store.routes().list(&project.id).await?.into_iter().map(|r| r.spec).collect();
    let context = RouteContext { catalog, routes: &routes, keys: &keys };
    for route in &routes {
        let before = looked.len();
        let mut look = |verdict, path: &str, message: String| {
            let message = if path.is_empty() { message } else { format!("{path}: {message}") };
            looked.push(Looked {
                verdict,
                project: project.name.clone(),
                what: format!("route {}", route.name),
                message,
            });
        };
        for fault in route.validate(&context) {
            look(Verdict::Fault, &fault.path, fault.message);
        }
        for warning in lint(route, &context, today()) {
            look(Verdict::Warning, &warning.path, warning.message);
        }
        if looked.len() == before {
            let message = format!("resolves to {} targets", route.targets.len());
            looked.push(Looked {
                verdict: Verdict::Ok,
                project: project.name.clone(),
                what: format!("route {}", route.name),
                message,
            });
        }
    }
    Ok(())
}

fn print(printer: Printer, looked: &[Looked], faults: usize) {
    for look in looked {
        let word = match look.verdict {
            Verdict::Ok => printer.paint(Look::Green, "ok     "),
            Verdict::Warning => printer.paint(Look::Yellow, "warning"),
            Verdict::Fault => printer.paint(Look::Red, "fault  "),
        };
        printer.line(format!("{word}  {}: {}: {}", look.project, look.what, look.message));
    }
    match faults {
        0 if looked.is_empty() => {
            printer.line("The database and the master key are fine. There is nothing in it yet.")
        }
        0 => printer.line("All is well."),
        1 => printer.line("1 fault."),
        n => printer.line(format!("{n} faults.")),
    }
}
