//! The configuration that requests read: everything of the database that the hot path needs, made once per change and
//! swapped whole. A request takes one snapshot when it is authenticated and keeps it, so it never sees half a change.
//! It must never be locked or waited for.

mod build;
mod project;
mod watch;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use maig_core::catalog::Catalog;
use maig_core::id::{ProjectId, ProjectKeyId, ProviderKeyId};
use maig_core::limit::Rate;
use maig_core::moment::Moment;

use crate::limits::{MonthGate, RateGate};
use crate::upstream::Account;

pub use build::build;
pub use project::{AccountView, Project, Routing};
pub use watch::watch;

/// One version of the configuration.
pub struct Snapshot {
    /// The database's version that it was made from.
    pub version: i64,
    pub catalog: Arc<Catalog>,
    /// By the digest of the key.
    pub callers: HashMap<[u8; 32], Arc<Caller>>,
    pub projects: HashMap<ProjectId, Arc<Project>>,
    pub accounts: HashMap<ProviderKeyId, Arc<Account>>,
    /// When the next Force Fallback ends by itself.
    pub forced_until: Option<Moment>,
}

/// Who calls: a project key, and what it may do.
pub struct Caller {
    pub key: ProjectKeyId,
    pub key_name: String,
    pub project: Arc<Project>,
    /// A `maig_test_` key: every target is answered by the simulator.
    pub test: bool,
    /// Microseconds since 1970; from then on the key is unknown.
    pub ends_at: Option<i64>,
    pub scope: Scope,
    pub rate: Option<RateGate>,
    pub month: Option<MonthGate>,
    pub per_user: Option<Rate>,
    /// Microseconds since 1970, for the dashboard; 0: not since this snapshot was made.
    pub last_used: AtomicI64,
}

/// What a key may call (CONTRACT §6).
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Names of routes and models; empty: everything in the project.
    pub names: Vec<String>,
    /// Neither bare models nor inline failover.
    pub routes_only: bool,
    pub platforms: Vec<String>,
    pub bundle_ids: Vec<String>,
}

impl Caller {
    /// The routes of this kind of key.
    pub fn routing(&self) -> &Routing {
        if self.test { &self.project.test } else { &self.project.live }
    }
}

impl Scope {
    pub fn allows(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|allowed| allowed == name)
    }
}
