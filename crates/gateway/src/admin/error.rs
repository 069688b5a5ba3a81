//! What goes wrong in the admin API, in the one shape of errors. A message never holds a secret, a database's text or
//! more of the request than its own field.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{ETAG, RETRY_AFTER};
use http::{HeaderValue, StatusCode};
use maig_api::{ErrorBody, ErrorDetail, FieldFault};
use maig_store::StoreError;

pub(super) type Result<T, E = AdminError> = std::result::Result<T, E>;

#[derive(Debug)]
pub(super) struct AdminError {
    status: StatusCode,
    detail: Box<ErrorDetail>,
    /// Of the resource as it is, with 412.
    version: Option<i64>,
    retry_after_s: Option<u64>,
}

impl AdminError {
    pub(super) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let kind = match status.as_u16() {
            401 => "authentication_error",
            403 => "permission_error",
            429 => "rate_limit_error",
            500.. => "api_error",
            _ => "invalid_request_error",
        };
        let detail = ErrorDetail {
            message: message.into(),
            kind: kind.to_owned(),
            param: None,
            code: Some(code.to_owned()),
            faults: Vec::new(),
            current: None,
        };
        Self { status, detail: Box::new(detail), version: None, retry_after_s: None }
    }

    pub(super) fn invalid(param: &str, message: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::BAD_REQUEST, "invalid_request", message);
        error.detail.param = Some(param.to_owned());
        error
    }

    /// All that is wrong with a body.
    pub(super) fn faults(faults: Vec<FieldFault>) -> Self {
        let first =
            faults.first().map_or(String::new(), |fault| format!("{}: {}", fault.path, fault.message));
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_request", first);
        error.detail.param = faults.first().map(|fault| fault.path.clone());
        error.detail.faults = faults;
        error
    }

    /// Names the field at fault, and gives the error a code of its own.
    pub(super) fn at(&mut self, param: &str, code: &str) {
        self.detail.param = Some(param.to_owned());
        self.detail.code = Some(code.to_owned());
    }

    /// With all that is in the way.
    pub(super) fn because(mut self, faults: Vec<FieldFault>) -> Self {
        self.detail.faults = faults;
        self
    }

    /// Also for what the caller may not know of.
    pub(super) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}."))
    }

    pub(super) fn unauthenticated(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", message)
    }

    pub(super) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    pub(super) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message)
    }

    pub(super) fn too_many(wait_s: u64) -> Self {
        let message = format!("Too many attempts; wait {wait_s} s and try again.");
        Self {
            retry_after_s: Some(wait_s),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", message)
        }
    }

    pub(super) fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!("admin request failed: {error}");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_error",
            "Something went wrong; the gateway's log says what.",
        )
    }
}

impl From<StoreError> for AdminError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { current } => {
                let message = format!(
                    "It was changed meanwhile and is at version {current}; load it again and repeat the change."
                );
                let mut error = Self::new(StatusCode::PRECONDITION_FAILED, "version_mismatch", message);
                error.detail.current = Some(serde_json::json!({ "version": current }));
                error.version = Some(current);
                error
            }
            StoreError::Duplicate { what, name } => {
                let mut error = Self::new(
                    StatusCode::CONFLICT,
                    "already_exists",
                    format!("There is already a {what} named {name}; choose another name."),
                );
                error.detail.param = Some("name".to_owned());
                error
            }
            StoreError::BadField { field, why } => Self::invalid(field, why),
            StoreError::Invalid(message) => Self::new(StatusCode::BAD_REQUEST, "invalid_request", message),
            StoreError::Unavailable(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "database_unavailable",
                "The database does not answer; try again.",
            ),
            other => Self::internal(other),
        }
    }
}

impl IntoResponse for AdminError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(ErrorBody { error: *self.detail })).into_response();
        let headers = response.headers_mut();
        if let Some(version) = self.version
            && let Ok(value) = HeaderValue::try_from(format!("\"{version}\""))
        {
            headers.insert(ETAG, value);
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
