//! From the tree of a file to what it declares. Everything that can be said without a database is said here, in one
//! pass, with its line; whether names exist and fit together is `check`'s question.

mod project_key;
mod provider_key;
mod route;

use super::fault::Findings;
use super::fields::{Env, Fields, Reading, Value};
use super::file::{Declared, Placed, ProjectDeclared};
use super::node::{self, Node};

/// Reads a whole file. With any fault in the findings, what is declared is incomplete and must not be applied.
pub fn read(text: &str, env: Env<'_>) -> (Declared, Findings) {
    let (documents, syntax) = node::parse(text);
    let mut reading = Reading { found: Findings { faults: syntax, warnings: Vec::new() }, env };
    if documents.is_empty() && reading.found.faults.is_empty() {
        reading.found.fault(1, "", "the file declares nothing; begin with `project: NAME`");
    }
    let mut projects: Vec<ProjectDeclared> = Vec::new();
    for document in &documents {
        let Some(project) = read_project(document, &mut reading) else { continue };
        if let Some(first) = projects.iter().find(|p| p.name == project.name) {
            let message = format!(
                "project {:?} already has the document of line {}; merge the two, each project has one",
                project.name, first.line
            );
            reading.found.fault(project.line, "project", message);
        }
        projects.push(project);
    }
    (Declared { projects }, reading.found)
}

fn read_project(document: &Node, reading: &mut Reading<'_>) -> Option<ProjectDeclared> {
    let root = Value { node: document, line: document.line, path: String::new() };
    let mut fields = Fields::open(&root, reading)?;
    let name = fields.require("project", "name the project that this document is about", reading);
    let line = name.as_ref().map_or(document.line, |name| name.line);
    let name = name.and_then(|name| name.name(reading));
    let provider_keys =
        fields.take_even_empty("provider_keys").map(|v| items(&v, provider_key::read, reading));
    let routes = fields.take_even_empty("routes").map(|v| items(&v, route::read, reading));
    let keys = fields.take_even_empty("keys").map(|v| items(&v, project_key::read, reading));
    fields.close(PLANNED, reading);
    Some(ProjectDeclared {
        // A document without a usable name is still read to its end, for its other faults.
        name: name.unwrap_or_default(),
        line,
        provider_keys,
        routes,
        keys,
    })
}

/// Sections of the contract that this version does not have.
const PLANNED: &[(&str, &str)] = &[
    ("budgets", "remove it; a key's `monthly_requests` and `rate` limit what it can cost"),
    ("attestation", "remove it"),
];

/// Reads a section, and refuses the second of two entries with one name.
fn items<T: Named>(
    section: &Value<'_>,
    read_item: fn(&Value<'_>, &mut Reading<'_>) -> Option<T>,
    reading: &mut Reading<'_>,
) -> Vec<Placed<T>> {
    let mut placed: Vec<Placed<T>> = Vec::new();
    for item in section.list(reading) {
        let Some(value) = read_item(&item, reading) else { continue };
        if let Some(first) = placed.iter().find(|p| p.value.name() == value.name()) {
            let message =
                format!("the name {:?} is already taken on line {}; rename one", value.name(), first.line);
            reading.found.fault(item.node.line_of("name"), format!("{}.name", item.path), message);
        }
        placed.push(Placed { value, line: item.line, path: item.path, node: item.node.clone() });
    }
    placed
}

/// What a section's entries are told apart by.
pub(super) trait Named {
    fn name(&self) -> &str;
}
