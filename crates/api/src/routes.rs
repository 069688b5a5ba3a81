//! Routes and their versions.

use maig_core::route::RouteSpec;
use serde::{Deserialize, Serialize};

/// A route as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Route {
    pub id: String,
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::RouteSpec))]
    pub spec: RouteSpec,
    /// Counts up with each save; for `If-Match`, also the ETag.
    pub version: i64,
    pub created_at: String,
    pub updated_at: String,
    /// Who saved it last.
    pub updated_by: String,
    /// Warnings in words.
    pub lints: Vec<Lint>,
    /// What was asked of it in the last 24 hours.
    pub day: RouteTraffic,
    /// Its models in the order they are tried, nested routes followed.
    pub health: Vec<TargetHealth>,
}

/// What was asked of a route in a time.
#[derive(Clone, Default, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteTraffic {
    /// Counted from this hour on.
    pub from: String,
    pub requests: u64,
    /// Requests that the app saw fail.
    pub errors: u64,
    /// Requests that another target than the first answered.
    pub fallbacks: u64,
    /// Requests that the first target answered.
    pub by_primary: u64,
}

/// A target as requests find it now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TargetHealth {
    /// `provider/model`.
    pub model: String,
    /// Null: the project has no usable key for it, so it is skipped.
    pub provider_key: Option<String>,
    pub state: crate::HealthState,
    /// Until the next try, when it is open.
    pub retry_in_ms: Option<u64>,
}

/// Something to think about; it does not keep a route from being saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Lint {
    /// Where in the route; empty for all of it.
    pub path: String,
    pub message: String,
}

/// Creates or replaces a route; each save is a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PutRoute {
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::RouteSpec))]
    pub spec: RouteSpec,
}

/// What a route would be refused or warned for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteChecked {
    pub faults: Vec<crate::FieldFault>,
    pub lints: Vec<Lint>,
}

/// One save of a route.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RouteVersion {
    pub version: i64,
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::RouteSpec))]
    pub spec: RouteSpec,
    /// Who saved it.
    pub by: String,
    pub at: String,
}

/// The switch that makes every request skip the primary.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ForceFallback {
    pub on: bool,
    /// When it ends by itself (RFC 3339, in the future); without, when it is switched off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// What switching Force Fallback on would do, or does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForceEffect {
    pub on: bool,
    pub until: Option<String>,
    /// The target that is skipped.
    pub skips: String,
    /// The target that requests begin with; null: there is none, and it cannot be switched on.
    pub begins_with: Option<String>,
    /// Since the start of the clock hour before this one.
    pub hour: RouteTraffic,
    pub day: RouteTraffic,
    /// What the remaining targets cannot do, lack, or suffer from.
    pub warnings: Vec<Lint>,
}

/// A route whose Force Fallback is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ForcedRoute {
    pub route: String,
    pub until: Option<String>,
    /// Who switched it.
    pub by: String,
    pub since: String,
}
