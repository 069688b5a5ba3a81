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
    /// Warnings in words.
    pub lints: Vec<Lint>,
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
}
