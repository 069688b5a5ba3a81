//! The one shape of an error, here and under /v1: OpenAI's, with the faults of fields beside it.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    pub error: ErrorDetail,
}

/// What went wrong and what to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorDetail {
    /// A sentence for a person.
    pub message: String,
    /// The class, as `invalid_request_error` or `permission_error`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The field at fault, if it is one.
    pub param: Option<String>,
    /// A word for a program.
    pub code: Option<String>,
    /// All that is wrong with the body, not only the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FieldFault>,
    /// With 412: the resource as it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub current: Option<serde_json::Value>,
}

/// One thing that is wrong with a body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldFault {
    /// `targets[1].model`.
    pub path: String,
    pub message: String,
}
