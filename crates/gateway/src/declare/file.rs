//! What a file declares, each entry with its place, so that later questions can still name the line.
//! Absent and empty differ: an absent section or field says nothing about what the database has.

use std::collections::BTreeMap;

use maig_core::limit::Rate;
use maig_core::provider::Provider;
use maig_core::route::RouteSpec;
use maig_core::secret::Secret;

use super::node::Node;

/// A file: one project a document.
#[derive(Default)]
pub struct Declared {
    pub projects: Vec<ProjectDeclared>,
}

pub struct ProjectDeclared {
    pub name: String,
    pub line: usize,
    pub provider_keys: Option<Vec<Placed<ProviderKeyDeclared>>>,
    pub routes: Option<Vec<Placed<RouteDeclared>>>,
    pub keys: Option<Vec<Placed<ProjectKeyDeclared>>>,
}

/// An entry and where it stands.
pub struct Placed<T> {
    pub value: T,
    pub(super) line: usize,
    pub(super) path: String,
    pub(super) node: Node,
}

impl<T> Placed<T> {
    /// The line and the whole path of something inside the entry (`targets[1].model`).
    pub(super) fn place(&self, inner: &str) -> (usize, String) {
        match inner {
            "" => (self.line, self.path.clone()),
            inner => (self.node.line_of(inner), format!("{}.{inner}", self.path)),
        }
    }
}

pub struct ProviderKeyDeclared {
    pub name: String,
    pub provider: Provider,
    /// `None`: the stored secret stays.
    pub api_key: Option<Secret>,
    pub base_url: Option<String>,
    pub region: Option<String>,
    pub api_version: Option<String>,
    pub project_id: Option<String>,
    /// `None`: the stored ones stay. Values are as secret as the key.
    pub headers: Option<BTreeMap<String, Secret>>,
    /// `None`: as it is; a new one is enabled.
    pub enabled: Option<bool>,
}

pub struct RouteDeclared {
    pub spec: RouteSpec,
    /// Without the word in the file the switch stays as it is: a deployment must not end an operator's Force Fallback.
    pub says_force_fallback: bool,
}

pub struct ProjectKeyDeclared {
    pub name: String,
    /// A `maig_test_` key. Of an existing key it cannot change.
    pub test: bool,
    /// Empty: everything in the project.
    pub routes: Vec<String>,
    pub routes_only: bool,
    pub platforms: Vec<String>,
    pub bundle_ids: Vec<String>,
    /// Microseconds since 1970, UTC.
    pub expires: Option<i64>,
    pub rate: Option<Rate>,
    pub monthly_requests: Option<u64>,
    pub per_user: Option<Rate>,
}
