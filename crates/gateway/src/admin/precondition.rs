//! `If-Match` and `ETag`: a version number in quotes, so that two people cannot overwrite each other unseen.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, IF_MATCH};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use super::error::AdminError;
use crate::state::AppState;

/// The version that the caller has seen; `None`: it does not care.
#[derive(Clone, Copy)]
pub(super) struct Expected(pub Option<i64>);

impl FromRequestParts<AppState> for Expected {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, AdminError> {
        let Some(value) = parts.headers.get(IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        let number = text.trim_start_matches("W/").trim_matches('"').parse();
        number.map(|version| Self(Some(version))).map_err(|_| {
            AdminError::invalid(
                "If-Match",
                "If-Match is the version in quotes, as the ETag of the resource says.",
            )
        })
    }
}

/// A resource with its version as ETag.
pub(super) fn versioned(status: StatusCode, version: i64, resource: &impl Serialize) -> Response {
    let mut response = (status, Json(resource)).into_response();
    if let Ok(value) = HeaderValue::try_from(format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, value);
    }
    response
}
