//! Who changed what.

use serde::{Deserialize, Serialize};

/// One change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub id: String,
    pub at: String,
    /// An e-mail address, a token's name, or the command line.
    pub by: String,
    /// `route.update`.
    pub action: String,
    /// What was changed, by name.
    pub subject: String,
    /// `route`, `project`, `provider_key`, `project_key`, `user`, …
    pub kind: String,
    /// Where the request came from.
    pub ip: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub before: Option<serde_json::Value>,
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub after: Option<serde_json::Value>,
}

/// Which changes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct AuditQuery {
    /// This one alone, wherever it stands in the log.
    pub id: Option<String>,
    /// From this time on (RFC 3339 or a date).
    pub from: Option<String>,
    /// Before this time.
    pub to: Option<String>,
    /// Who: an e-mail address, `token:NAME`, as `by` says.
    pub by: Option<String>,
    /// `route.save`.
    pub action: Option<String>,
    /// `route`, `project_key`, …
    pub kind: Option<String>,
    /// A name, as `subject` says.
    pub subject: Option<String>,
    /// 1 to 200; 50 without.
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}
