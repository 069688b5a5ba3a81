//! Everything that MAIG remembers, over SQLite and Postgres: configuration with its versions and audit log, sealed
//! secrets, the request log with its rollups, quotas.
//!
//! Invariants: only this crate knows sqlx. One statement text serves both databases; where one cannot, the difference
//! is a `match` on [`Backend`] in `connect`, `migrate` or `requests::insert`. No configuration changes without an [`Actor`], an audit row
//! and a new version, because only [`Change`] can write it. Project keys, sessions and tokens are known by digest only.
//!
//! To add an entity: its table in a new file of `migrations/`; one file here with its row type, a read half on
//! [`Store`] and a change half on [`Change`]; its cases in `tests/it/`, which run on both databases.

mod admin_tokens;
mod audit;
mod change;
mod clock;
mod connect;
mod error;
mod migrate;
mod page;
mod project_keys;
mod projects;
mod provider_keys;
mod quota;
mod requests;
mod retention;
mod rollups;
mod routes;
mod row;
pub mod seal;
mod second_factors;
mod sessions;
mod setup_tokens;
mod store;
mod users;
mod watch;

pub use admin_tokens::{AdminToken, AdminTokenChanges, AdminTokens, NewAdminToken};
pub use audit::{Audit, AuditFilter, AuditRow};
pub use change::{Actor, ActorKind, Change};
pub use connect::Backend;
pub use error::{Result, StoreError};
pub use page::{Cursor, MAX_PAGE, Page};
pub use project_keys::{
    KeyKind, KeyLimits, KeyScopes, NewDigest, NewProjectKey, PreviousDigest, ProjectKey, ProjectKeyChanges,
    ProjectKeyUpdate, ProjectKeys,
};
pub use projects::{NewProject, Project, ProjectChanges, ProjectLimits, ProjectUpdate, Projects};
pub use provider_keys::{
    Credentials, Header, NewProviderKey, ProviderKey, ProviderKeyChanges, ProviderKeyUpdate, ProviderKeys,
};
pub use quota::{Quota, QuotaScope, UsageDelta, UsageRow};
pub use requests::{
    AttemptRow, Attempts, ByUser, RequestFilter, RequestId, RequestRow, Requests, SkipRow, StatusFilter,
};
pub use retention::Retention;
pub use rollups::{Dimension, Group, Histogram, RollupQuery, Rollups, RouteCounts, Series, Totals};
pub use routes::{Route, RouteChanges, RouteVersion, Routes};
pub use seal::MasterKey;
pub use second_factors::{SecondFactor, SecondFactorChanges, SecondFactors};
pub use sessions::{NewSession, Session, Sessions};
pub use setup_tokens::{NewSetupToken, SetupToken, SetupTokenChanges, SetupTokens};
pub use store::Store;
pub use users::{Member, Membership, NewUser, Role, User, UserChanges, UserUpdate, Users};
pub use watch::Changes;
