//! `GET /v1/streams/{id}`: a phone that lost its connection reads on. It is no new request: no limit counts it, no row is
//! written for it, and it is served while the gateway drains. It must never say whether a stream of another key exists.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, Method};
use maig_store::RequestId;

use super::held::{Held, NoSeat};
use super::id::StreamId;
use super::reader::Reader;
use super::shelf::Found;
use crate::chat;
use crate::error::{ApiError, Code};
use crate::state::AppState;

const LAST_EVENT_ID: &str = "Last-Event-ID";

pub async fn resume(
    State(state): State<AppState>,
    method: Method,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match read_on(&state, &method, &id, &headers) {
        Ok(response) => response,
        Err(error) => chat::render_error(&error.should_retry(false), RequestId::new(), None),
    }
}

fn read_on(state: &AppState, method: &Method, id: &str, headers: &HeaderMap) -> Result<Response, ApiError> {
    let caller = chat::authenticate(headers, &state.snapshot.load())?;
    if *method != Method::GET {
        // A HEAD would take the stream from whoever reads it.
        let message = "A stream is read with GET.";
        return Err(ApiError::new(Code::MethodNotAllowed, message));
    }
    let found = StreamId::parse(id).map_or(Found::Nothing, |id| state.streams.find(id, &caller.key));
    let held = match found {
        Found::Held(held) => held,
        Found::Expired => return Err(expired()),
        Found::Nothing => return Err(not_found()),
    };
    let number = last_seen(headers, &held)?;
    let reader = Reader::after(std::sync::Arc::clone(&held), number).map_err(|no_seat| match no_seat {
        NoSeat::Expired => expired(),
        NoSeat::LetGo => {
            let message = "What follows that event is no longer held, because much was said since. Ask anew.";
            ApiError::new(Code::StreamExpired, message)
        }
        NoSeat::NeverSent => bad_number(
            "`Last-Event-ID` names an event that was never sent. Send the id of the last one that you got.",
        ),
    })?;
    held.tally.resume();
    let mut response = Response::new(Body::new(reader));
    response.headers_mut().clone_from(&held.head);
    Ok(response)
}

/// The number of the last event that the app got; 0 for none.
fn last_seen(headers: &HeaderMap, held: &Held) -> Result<u64, ApiError> {
    let Some(value) = headers.get(LAST_EVENT_ID).filter(|value| !value.is_empty()) else { return Ok(0) };
    value.to_str().ok().and_then(|text| held.id.number_in(text.trim())).ok_or_else(|| {
        bad_number("`Last-Event-ID` is no id of this stream's events. Send the `id` of the last one that you got, or leave it out to begin at the start.")
    })
}

fn bad_number(message: &'static str) -> ApiError {
    ApiError::new(Code::InvalidRequest, message).param(LAST_EVENT_ID)
}

pub(super) fn not_found() -> ApiError {
    let message =
        "There is no such stream of this project key. It was never begun here, or ended long ago: ask anew.";
    ApiError::new(Code::StreamNotFound, message)
}

fn expired() -> ApiError {
    ApiError::new(
        Code::StreamExpired,
        "This stream is gone: nobody came back in time, or its app left it. Ask anew.",
    )
}
