//! The description of /api/v1, which writes itself from the handlers, and of /v1, whose handlers forward bytes and so
//! are described by hand.

use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, get};
use http::header::CONTENT_TYPE;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::Ref;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::caller::COOKIE_NAME;
use crate::state::AppState;

#[derive(OpenApi)]
#[openapi(
    info(title = "MAIG", description = "The admin API (/api/v1) and what apps call (/v1).", version = env!("CARGO_PKG_VERSION")),
    paths(chat_completions, models, stream, leave_stream),
    modifiers(&Doors),
    security(("admin_token" = []), ("session" = [])),
)]
pub(super) struct Described;

/// How one authenticates.
struct Doors;

impl Modify for Doors {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let doors = document.components.get_or_insert_default();
        doors.add_security_scheme("admin_token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
        doors.add_security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE_NAME))),
        );
        doors.add_security_scheme("project_key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

/// OpenAI's chat completions over a route or a model, streamed or not.
#[utoipa::path(post, path = "/v1/chat/completions", tag = "apps", security(("project_key" = [])), request_body = Object,
    params(("x-maig-resumable" = Option<bool>, Header, description = "The stream outlives its connection, where `x-maig-resumable: true` answers")),
    responses((status = 200, body = Object, description = "OpenAI's answer, or its events when `stream` is true"),
        (status = "default", body = maig_api::ErrorBody)))]
#[expect(dead_code, reason = "only its description is used")]
fn chat_completions() {}

/// The routes and models that a project key may call.
#[utoipa::path(get, path = "/v1/models", tag = "apps", security(("project_key" = [])),
    responses((status = 200, body = Object), (status = "default", body = maig_api::ErrorBody)))]
#[expect(dead_code, reason = "only its description is used")]
fn models() {}

/// Continues a stream that was asked for with `x-maig-resumable: true`, right after the event that `Last-Event-ID` names.
#[utoipa::path(get, path = "/v1/streams/{id}", tag = "apps", security(("project_key" = [])),
    params(("id" = String, Path, description = "`x-maig-stream-id` of the first answer"),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that arrived; from the start without it")),
    responses((status = 200, body = String, content_type = "text/event-stream", description = "The rest of the events, as they come"),
        (status = 400, body = maig_api::ErrorBody, description = "`Last-Event-ID` is no event of this stream"),
        (status = 401, body = maig_api::ErrorBody, description = "The key was revoked or has expired"),
        (status = 404, body = maig_api::ErrorBody, description = "`stream_not_found`: no such stream of this key; ask anew"),
        (status = 410, body = maig_api::ErrorBody, description = "`stream_expired`: the app came back too late; ask anew")))]
#[expect(dead_code, reason = "only its description is used")]
fn stream() {}

/// Ends a stream for good: the provider is cancelled, and nobody can come back to it.
#[utoipa::path(delete, path = "/v1/streams/{id}", tag = "apps", security(("project_key" = [])),
    params(("id" = String, Path, description = "`x-maig-stream-id` of the first answer")),
    responses((status = 204, description = "It is over, by this or before"),
        (status = 401, body = maig_api::ErrorBody, description = "The key was revoked or has expired"),
        (status = 404, body = maig_api::ErrorBody, description = "`stream_not_found`: no such stream of this key")))]
#[expect(dead_code, reason = "only its description is used")]
fn leave_stream() {}

/// Says of every operation what its errors look like: those of who may, of a body or a query that does not fit, of a
/// database that is away, are the same everywhere.
pub(super) fn with_errors(document: &mut utoipa::openapi::OpenApi) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ErrorBody"))).build();
    let error = ResponseBuilder::new()
        .description("Any other error; `message` says what to do")
        .content("application/json", content)
        .build();
    for path in document.paths.paths.values_mut() {
        let operations = [&mut path.get, &mut path.put, &mut path.post, &mut path.patch, &mut path.delete];
        for operation in operations.into_iter().flatten() {
            operation.responses.responses.entry("default".to_owned()).or_insert_with(|| error.clone().into());
        }
    }
}

/// The document, made once at the start.
pub(super) fn serve(text: String) -> MethodRouter<AppState> {
    get(async move || ([(CONTENT_TYPE, "application/json")], text).into_response())
}
