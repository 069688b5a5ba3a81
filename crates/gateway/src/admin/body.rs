//! A JSON body, a query, or what stands in the address, as one of `maig-api`'s types; what does not fit is refused in the API's own shape, with the field.

use axum::extract::{self, FromRequest, FromRequestParts, Query, Request};
use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::error::AdminError;
use crate::state::AppState;

pub(super) struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = AdminError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, AdminError> {
        let bytes = Bytes::from_request(request, state).await.map_err(|_| {
            AdminError::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "request_too_large",
                "The body is larger than 2 MiB or did not arrive whole.",
            )
        })?;
        // Nothing that has a name or a value here holds a NUL, and Postgres takes none in a text.
        if memchr::memmem::find(&bytes, br"\u0000").is_some() {
            let message = "The body holds the character U+0000; leave it out.";
            return Err(AdminError::new(StatusCode::BAD_REQUEST, "invalid_request", message));
        }
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            AdminError::new(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                format!("The body is not what this endpoint takes: {}.", unquoted(&error.to_string())),
            )
        })
    }
}

/// Without the words that the library puts before what it found.
fn found(error: &str) -> &str {
    error.strip_prefix("Failed to deserialize query string: ").unwrap_or(error)
}

/// Without the strings that the parser found in the wrong place (`invalid type: string "…"`): one may be a secret. And
/// without the names of Rust's types.
fn unquoted(error: &str) -> String {
    let told = match (error.find('"'), error.rfind('"')) {
        (Some(from), Some(to)) if from < to => format!("{}(your text){}", &error[..from], &error[to + 1..]),
        _ => error.to_owned(),
    };
    let whole = |told: String, kind| {
        told.replace(&format!("expected {kind}"), "expected a whole number, not negative")
    };
    ["u8", "u16", "u32", "u64"].into_iter().fold(told, whole)
}

/// What stands in the address in place of `{…}`.
pub(super) struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Path<T> {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AdminError> {
        if parts.uri.path().contains("%00") {
            return Err(AdminError::not_found("address"));
        }
        match extract::Path::from_request_parts(parts, state).await {
            Ok(extract::Path(found)) => Ok(Self(found)),
            // A version that is no number, or bytes that are no text: nothing can be there.
            Err(_) => Err(AdminError::not_found("address")),
        }
    }
}

/// The part of the address after `?`.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Asked<T> {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, AdminError> {
        if parts.uri.query().is_some_and(|query| query.contains("%00")) {
            let message = "The query holds the character U+0000; leave it out.";
            return Err(AdminError::new(StatusCode::BAD_REQUEST, "invalid_request", message));
        }
        Query::try_from_uri(&parts.uri).map(|Query(asked)| Self(asked)).map_err(|error| {
            AdminError::new(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                format!("The query is not what this endpoint takes: {}.", found(&error.body_text())),
            )
        })
    }
}
