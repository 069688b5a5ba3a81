//! What the admin API says and takes: plain data, shared by the gateway, which serves it, and the dashboard, which
//! reads it. It must never hold logic, a secret that is not meant to be shown, or a type of the store.
//!
//! Times are RFC 3339 in UTC, money is integer nano-dollars (`…_nano_usd`), durations are milliseconds (`…_ms`).
//! What a client sends refuses unknown fields; what it receives may grow, so a reader must ignore what it does not know.

mod audit;
mod catalog;
mod error;
mod logs;
mod members;
mod page;
mod patch;
mod permit;
mod project_keys;
mod projects;
mod provider_keys;
mod routes;
#[cfg(feature = "openapi")]
pub mod schema;
mod second_factor;
mod session;
mod tokens;
mod usage;

pub use audit::{AuditEntry, AuditQuery};
pub use catalog::{CatalogModel, CatalogQuery, ProviderInfo};
pub use error::{ErrorBody, ErrorDetail, FieldFault};
pub use logs::{AttemptLog, LogDetail, LogEntry, LogExport, LogFilter, LoggedHeader, SkipLog};
pub use members::{AddMember, AddedMember, Invite, Member, Role, SetRole};
pub use page::{Page, PageQuery};
pub use permit::Action;
pub use project_keys::{CreateProjectKey, CreatedProjectKey, PatchProjectKey, ProjectKey, RollProjectKey};
pub use projects::{CreateProject, PatchProject, Project, ProjectLimits};
pub use provider_keys::{CheckResult, CreateProviderKey, PatchProviderKey, ProviderKey, RotateProviderKey};
pub use routes::{
    ForceEffect, ForceFallback, ForcedRoute, Lint, PutRoute, Route, RouteChecked, RouteTraffic, RouteVersion,
    TargetHealth,
};
pub use second_factor::{ConfirmCode, ConfirmPassword, Enrolment, RecoveryCodes, SecondFactor};
pub use session::{
    ChangePassword, CheckSetupLink, Membership, Session, SessionInfo, SetupLink, SetupNeeded, SetupPurpose,
    SetupRequest, SignIn, User,
};
pub use tokens::{AdminToken, CreateAdminToken, CreatedAdminToken};
pub use usage::{Health, HealthState, Overview, SeriesPoint, Totals, UsageGroup, UsageQuery, UsageReport};
