//! `maig project`.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::context::Context;
use crate::when;

#[derive(Subcommand)]
pub(super) enum ProjectCommand {
    /// List all projects.
    List {
        /// Print them as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Answer every request of a project with 402 until it is resumed.
    Suspend {
        /// The project, by name or id [default: the only one].
        project: Option<String>,
    },
    /// Serve a suspended project again.
    Resume {
        /// The project, by name or id [default: the only one].
        project: Option<String>,
    },
}

pub(super) async fn run(context: &Context, command: ProjectCommand) -> anyhow::Result<ExitCode> {
    let store = context.store().await?;
    let printer = context.printer;
    match command {
        ProjectCommand::List { json } => {
            let projects = store.projects().list().await?;
            if json {
                let rows: Vec<_> = projects
                    .iter()
                    .map(|p| json!({"id": p.id, "name": p.name, "suspended": p.suspended, "limits": p.limits, "created_at": when::rfc3339(p.created_at)}))
                    .collect();
                printer.json(&rows);
                return Ok(ExitCode::SUCCESS);
            }
            let rows: Vec<_> = projects
                .iter()
                .map(|p| {
                    vec![
                        p.name.clone(),
                        if p.suspended { "suspended" } else { "active" }.to_owned(),
                        p.id.to_string(),
                    ]
                })
                .collect();
            printer.table(&["NAME", "STATE", "ID"], &rows);
        }
        ProjectCommand::Suspend { project } => {
            let project = context.project(&store, project.as_deref()).await?;
            let mut change = store.change(&context.actor()).await?;
            change.projects().suspend(&project.id).await?;
            change.commit().await?;
            printer.line(format!(
                "Suspended {}: its requests are answered 402 until `maig project resume {0}`.",
                project.name
            ));
        }
        ProjectCommand::Resume { project } => {
            let project = context.project(&store, project.as_deref()).await?;
            let mut change = store.change(&context.actor()).await?;
            change.projects().resume(&project.id).await?;
            change.commit().await?;
            printer.line(format!("Resumed {}.", project.name));
        }
    }
    Ok(ExitCode::SUCCESS)
}
