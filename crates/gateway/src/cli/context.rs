//! What every command has: the settings, the printer, and the database once it is opened.

use anyhow::bail;
use maig_store::{Actor, Project, Store};

use super::print::Printer;
use crate::serve;
use crate::settings::Settings;

pub(super) struct Context {
    pub settings: Settings,
    pub printer: Printer,
}

impl Context {
    /// Opens the database, which a first command makes. A wrong master key is refused here, in one line.
    pub(super) async fn store(&self) -> anyhow::Result<Store> {
        serve::open_store(&self.settings).await
    }

    /// Whose name the audit log gets: the person at this machine.
    pub(super) fn actor(&self) -> Actor {
        let user = std::env::var("USER").ok().filter(|user| !user.is_empty());
        Actor::cli(&format!("cli:{}", user.as_deref().unwrap_or("unknown")))
    }

    /// The named project, or the only one.
    pub(super) async fn project(&self, store: &Store, named: Option<&str>) -> anyhow::Result<Project> {
        if let Some(name) = named {
            let found = store.projects().by_name_or_id(name).await?;
            return match found {
                Some(project) => Ok(project),
                None => {
                    let all = store.projects().list().await?;
                    let near = crate::declare::did_you_mean(name, all.iter().map(|p| p.name.as_str()));
                    let hint = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
                    bail!("there is no project {name:?}{hint}")
                }
            };
        }
        let mut all = store.projects().list().await?;
        match (all.len(), all.pop()) {
            (1, Some(only)) => Ok(only),
            (0, _) => bail!("there is no project yet; declare one with `maig apply -f FILE`"),
            (_, last) => {
                let mut names: Vec<_> = all.into_iter().chain(last).map(|project| project.name).collect();
                names.sort();
                bail!("which project? name one with --project: {}", names.join(", "))
            }
        }
    }
}
