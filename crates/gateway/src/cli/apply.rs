//! `maig apply`: the file, then the plan like a diff, then the deed.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Args;
use maig_store::Store;
use serde_json::json;

use super::context::Context;
use super::print::{Look, Printer};
use crate::declare::{self, Declared, Findings, Outcome, Sign};
use crate::serve;

#[derive(Args)]
#[command(
    after_help = "Examples:\n  maig apply -f maig.yaml --dry-run     show what would change\n  maig apply -f maig.yaml               change it; a running gateway follows within a second\n  maig apply -f maig.yaml --prune       also remove what the file's sections no longer have\n  maig export > maig.yaml               begin from what is there\n\nNothing is applied while the file has any fault. Secrets come from the environment: api_key: ${OPENAI_API_KEY}."
)]
pub(super) struct ApplyArgs {
    /// The YAML file; `-` reads standard input.
    #[arg(short, long, value_name = "FILE")]
    file: PathBuf,
    /// Remove provider keys and routes that the file's sections do not have. Project keys are never removed.
    #[arg(long)]
    prune: bool,
    /// Show the plan and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before removing anything.
    #[arg(long)]
    yes: bool,
    /// Print the plan, the new keys and the warnings as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(context: &Context, args: &ApplyArgs) -> anyhow::Result<ExitCode> {
    let printer = context.printer;
    let (name, text) = read_file(&args.file)?;
    let (declared, mut found) = declare::read(&text, &|name| std::env::var(name).ok());
    let store = context.store().await?;
    let catalog = serve::load_catalog(&context.settings)?;
    declare::check(&store, &catalog, &declared, args.prune, &mut found).await?;
    found.sort();
    if !found.faults.is_empty() {
        return Ok(refuse(printer, args, &name, &found));
    }
    // The plan is made by doing it and taking it back, so it is what will be done.
    let plan = perform(context, &store, &declared, args.prune, None).await?;
    if !args.json {
        found.warnings.iter().for_each(|warning| printer.warning(warning.in_file(&name)));
        print_plan(printer, &plan);
    }
    let outcome = if args.dry_run || plan.steps.is_empty() {
        plan
    } else {
        confirm_deletions(printer, args, plan.deletions())?;
        perform(context, &store, &declared, args.prune, Some(&plan)).await?
    };
    report(printer, args, &found, &outcome);
    Ok(ExitCode::SUCCESS)
}

/// Does it in a transaction, which is kept only when it did what `shown` says.
async fn perform(
    context: &Context,
    store: &Store,
    declared: &Declared,
    prune: bool,
    shown: Option<&Outcome>,
) -> anyhow::Result<Outcome> {
    let mut change = store.change(&context.actor()).await?;
    let outcome = declare::bring(store, &mut change, declared, prune).await?;
    match shown {
        None => change.roll_back().await?,
        Some(shown) if shown.steps == outcome.steps => {
            change.commit().await?;
        }
        Some(_) => bail!("the database changed meanwhile and nothing was applied; run it again"),
    }
    Ok(outcome)
}

fn confirm_deletions(printer: Printer, args: &ApplyArgs, deletions: usize) -> anyhow::Result<()> {
    if deletions == 0 || args.yes {
        return Ok(());
    }
    let things = if deletions == 1 { "1 thing".to_owned() } else { format!("{deletions} things") };
    match printer.confirm(&format!("Remove {things}?")) {
        Some(true) => Ok(()),
        Some(false) => bail!("nothing was changed"),
        None => bail!("--prune would remove {things}; say --yes to allow it without being asked"),
    }
}

fn read_file(path: &PathBuf) -> anyhow::Result<(String, String)> {
    if path.as_os_str() == "-" {
        return Ok(("stdin".to_owned(), std::io::read_to_string(std::io::stdin())?));
    }
    let name = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let line = e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        anyhow::anyhow!("{name}:{line}: the file is not UTF-8 text")
    })?;
    Ok((name, text))
}

fn refuse(printer: Printer, args: &ApplyArgs, name: &str, found: &Findings) -> ExitCode {
    if args.json {
        let faults: Vec<_> = found
            .faults
            .iter()
            .map(|f| json!({"line": f.line, "path": f.path, "message": f.message}))
            .collect();
        printer.json(&json!({ "faults": faults }));
    }
    found.warnings.iter().for_each(|warning| printer.warning(warning.in_file(name)));
    found.faults.iter().for_each(|fault| printer.note(fault.in_file(name)));
    let count = found.faults.len();
    let faults = if count == 1 { "1 fault".to_owned() } else { format!("{count} faults") };
    printer.error(format!("{faults} in {name}; nothing was applied"));
    ExitCode::FAILURE
}

fn print_plan(printer: Printer, plan: &Outcome) {
    for step in &plan.steps {
        let (sign, look, verb) = match step.sign {
            Sign::Create => ("+", Look::Green, "create"),
            Sign::Update => ("~", Look::Yellow, "update"),
            Sign::Delete => ("-", Look::Red, "delete"),
        };
        let place = if step.what == "project" { String::new() } else { format!(" ({})", step.project) };
        printer.line(printer.paint(look, &format!("{sign} {verb} {} {}{place}", step.what, step.name)));
        for change in &step.changes {
            printer.line(format!("    {change}"));
        }
    }
    if plan.unchanged > 0 {
        printer.line(printer.paint(Look::Dim, &format!("= {} unchanged", plan.unchanged)));
    }
}

fn report(printer: Printer, args: &ApplyArgs, found: &Findings, outcome: &Outcome) {
    let made = if args.dry_run { &[][..] } else { &outcome.made[..] };
    if args.json {
        let word = |sign| match sign {
            Sign::Create => "create",
            Sign::Update => "update",
            Sign::Delete => "delete",
        };
        let steps: Vec<_> = outcome
            .steps
            .iter()
            .map(|s| json!({"action": word(s.sign), "kind": s.what, "project": s.project, "name": s.name, "changes": s.changes}))
            .collect();
        let keys: Vec<_> = made
            .iter()
            .map(|k| json!({"id": k.id, "project": k.project, "name": k.name, "key": k.key.expose()}))
            .collect();
        let warnings: Vec<_> = found
            .warnings
            .iter()
            .map(|w| json!({"line": w.line, "path": w.path, "message": w.message}))
            .collect();
        printer.json(&json!({
            "applied": !args.dry_run, "changes": steps, "unchanged": outcome.unchanged, "keys": keys, "warnings": warnings,
        }));
        return;
    }
    if outcome.steps.is_empty() {
        printer.line("Nothing to change.");
    } else if args.dry_run {
        printer.line("This was a dry run: nothing was changed.");
    } else {
        printer.line("Applied.");
    }
    for key in made {
        printer.line(format!(
            "\nThe key of {} ({}), shown this once:\n  {}",
            key.name,
            key.project,
            printer.paint(Look::Bold, key.key.expose())
        ));
    }
}
