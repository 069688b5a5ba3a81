//! A JSON body, or a query, as one of `maig-api`'s types; what does not fit is refused in the API's own shape, with the field.

use axum::extract::{FromRequest, FromRequestParts, Query, Request};
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
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            AdminError::new(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                format!("The body is not what this endpoint takes: {}.", unquoted(&error.to_string())),
            )
        })
    }
}

/// Without the strings that the parser found in the wrong place (`invalid type: string "…"`): one may be a secret.
fn unquoted(error: &str) -> String {
    match (error.find('"'), error.rfind('"')) {
        (Some(from), Some(to)) if from < to => format!("{}(your text){}", &error[..from], &error[to + 1..]),
        _ => error.to_owned(),
    }
}

/// The part of the address after `?`.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Asked<T> {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, AdminError> {
        Query::try_from_uri(&parts.uri).map(|Query(asked)| Self(asked)).map_err(|error| {
            AdminError::new(
                StatusCode::BAD_REQUEST,
                "invalid_request",
                format!("The query is not what this endpoint takes: {}.", error.body_text()),
            )
        })
    }
}
