//! Answers and errors as HTTP responses: headers, status and the error object. It must never decide a status; whoever
//! made the error did.

use std::fmt::Write as _;
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use maig_store::RequestId;
use serde::Serialize;

use super::outcome::Served;
use crate::error::{ApiError, ErrorBody};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-maig-request-id");
const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ROUTE: HeaderName = HeaderName::from_static("x-maig-route");
const SERVED_BY: HeaderName = HeaderName::from_static("x-maig-served-by");
const ATTEMPTS: HeaderName = HeaderName::from_static("x-maig-attempts");
const FALLBACK: HeaderName = HeaderName::from_static("x-maig-fallback");
const DROPPED: HeaderName = HeaderName::from_static("x-maig-dropped");
const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");
const TRACE: HeaderName = HeaderName::from_static("traceparent");
const ACCEL: HeaderName = HeaderName::from_static("x-accel-buffering");

/// What every answer on the data plane is headed with. `route`: the name that was asked, once it is known to be one.
pub(super) struct Labels<'a> {
    pub(super) id: RequestId,
    pub(super) route: Option<&'a str>,
    /// The caller's trace, continued.
    pub(super) trace: Option<&'a HeaderValue>,
}

/// A whole answer.
pub(super) fn whole(labels: &Labels<'_>, served: &Served, body: bytes::Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.reserve(10);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    label(headers, labels.id);
    route_label(headers, labels.route);
    if let Some(trace) = labels.trace {
        headers.insert(TRACE, trace.clone());
    }
    who_served(headers, served);
    response
}

/// A stream, its head sent now.
pub(super) fn stream(labels: &Labels<'_>, served: Option<&Served>, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.reserve(12);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ACCEL, HeaderValue::from_static("no"));
    label(headers, labels.id);
    route_label(headers, labels.route);
    if let Some(trace) = labels.trace {
        headers.insert(TRACE, trace.clone());
    }
    if let Some(served) = served {
        who_served(headers, served);
    }
    response
}

/// An error.
pub(crate) fn error(error: &ApiError, id: RequestId, route: Option<&str>) -> Response {
    let body = serde_json::to_vec(&Wrapped { error: &error.body }).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(error.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    label(headers, id);
    route_label(headers, route);
    if let Some(wait) = error.retry_after {
        headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
    if let Some(retry) = error.should_retry {
        headers.insert(SHOULD_RETRY, HeaderValue::from_static(if retry { "true" } else { "false" }));
    }
    if let Some(attempts) = &error.body.attempts {
        headers.insert(ATTEMPTS, HeaderValue::from(attempts.len()));
    }
    response
}

/// Rounded up: coming back early would be refused again.
fn whole_seconds(wait: Duration) -> u64 {
    u64::try_from(wait.as_nanos().div_ceil(1_000_000_000)).unwrap_or(u64::MAX).max(1)
}

/// An error inside a stream. No `[DONE]` follows it: official clients raise on it.
pub(crate) fn error_event(error: &ApiError, out: &mut Vec<u8>) {
    out.extend_from_slice(b"data: ");
    // An error object is text and numbers, which always serialise; were it not, the event would be empty.
    let _ = serde_json::to_writer(&mut *out, &Wrapped { error: &error.body });
    out.extend_from_slice(b"\n\n");
}

/// The same after an early head: with the status that the response would have had.
pub(super) fn late_error_event(error: &ApiError, out: &mut Vec<u8>) {
    #[derive(Serialize)]
    struct Late<'a> {
        error: WithStatus<'a>,
    }
    #[derive(Serialize)]
    struct WithStatus<'a> {
        #[serde(flatten)]
        body: &'a ErrorBody,
        status: u16,
        /// In seconds, as the header.
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after: Option<u64>,
    }
    out.extend_from_slice(b"data: ");
    let retry_after = error.retry_after.map(whole_seconds);
    let late = Late { error: WithStatus { body: &error.body, status: error.status, retry_after } };
    let _ = serde_json::to_writer(&mut *out, &late);
    out.extend_from_slice(b"\n\n");
}

/// What the headers would have said, as a comment before the first chunk of an early head's stream.
pub(super) fn served_comment(served: &Served, out: &mut Vec<u8>) {
    #[derive(Serialize)]
    struct Comment<'a> {
        served_by: &'a str,
        attempts: u32,
        fallback: bool,
        #[serde(skip_serializing_if = "<[String]>::is_empty")]
        dropped: &'a [String],
    }
    let comment = Comment {
        served_by: &served.target.label,
        attempts: served.attempts,
        fallback: served.fallback,
        dropped: &served.dropped,
    };
    out.extend_from_slice(b": maig ");
    let _ = serde_json::to_writer(&mut *out, &comment);
    out.extend_from_slice(b"\n\n");
}

#[derive(Serialize)]
struct Wrapped<'a> {
    error: &'a ErrorBody,
}

/// Every answer carries the request's id, by our name for it and by everybody's.
pub(crate) fn label(headers: &mut HeaderMap, id: RequestId) {
    if let Ok(id) = HeaderValue::from_str(id.text(&mut [0; RequestId::LENGTH])) {
        headers.insert(REQUEST_ID, id.clone());
        headers.insert(X_REQUEST_ID, id);
    }
}

fn route_label(headers: &mut HeaderMap, route: Option<&str>) {
    // A model's name may hold what no header can; then the header is left out.
    if let Some(Ok(route)) = route.map(HeaderValue::from_str) {
        headers.insert(ROUTE, route);
    }
}

fn who_served(headers: &mut HeaderMap, served: &Served) {
    if let Ok(label) = HeaderValue::from_str(&served.target.label) {
        headers.insert(SERVED_BY, label);
    }
    let attempts = match served.attempts {
        1 => HeaderValue::from_static("1"),
        more => HeaderValue::from(more),
    };
    headers.insert(ATTEMPTS, attempts);
    headers.insert(FALLBACK, HeaderValue::from_static(if served.fallback { "true" } else { "false" }));
    if !served.dropped.is_empty() {
        let mut names = String::new();
        for (i, name) in served.dropped.iter().enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(names, "{}{name}", if i == 0 { "" } else { "," });
        }
        if let Ok(names) = HeaderValue::try_from(names) {
            headers.insert(DROPPED, names);
        }
    }
}
