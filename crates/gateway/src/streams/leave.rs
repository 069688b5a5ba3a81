//! `DELETE /v1/streams/{id}`: an app that wants no more of its stream. A closed connection means that it may come back,
//! so leaving for good has to be said. It must never end a stream of another key.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use maig_store::RequestId;

use super::id::StreamId;
use super::resume::not_found;
use super::shelf::Found;
use crate::chat;
use crate::error::ApiError;
use crate::state::AppState;

pub async fn leave(State(state): State<AppState>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let request = RequestId::new();
    match end(&state, &id, &headers) {
        Ok(()) => ([("x-maig-request-id", request.to_string())], StatusCode::NO_CONTENT).into_response(),
        Err(error) => chat::render_error(&error.should_retry(false), request, None),
    }
}

fn end(state: &AppState, id: &str, headers: &HeaderMap) -> Result<(), ApiError> {
    let caller = chat::authenticate(headers, &state.snapshot.load())?;
    match StreamId::parse(id).map_or(Found::Nothing, |id| state.streams.find(id, &caller.key)) {
        Found::Held(held) => held.end_keeper(),
        Found::Expired => {}
        Found::Nothing => return Err(not_found()),
    }
    Ok(())
}
