//! The description of /api/v1, which writes itself from the handlers, and of /v1, whose handlers forward bytes and so
//! are described by hand.

use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, get};
use http::header::CONTENT_TYPE;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

use super::caller::COOKIE_NAME;
use crate::state::AppState;

#[derive(OpenApi)]
#[openapi(
    info(title = "MAIG", description = "The admin API (/api/v1) and what apps call (/v1).", version = env!("CARGO_PKG_VERSION")),
    paths(chat_completions, models),
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
    responses((status = 200, body = Object, description = "OpenAI's answer, or its events when `stream` is true"),
        (status = "default", body = maig_api::ErrorBody)))]
#[expect(dead_code, reason = "only its description is used")]
fn chat_completions() {}

/// The routes and models that a project key may call.
#[utoipa::path(get, path = "/v1/models", tag = "apps", security(("project_key" = [])),
    responses((status = 200, body = Object), (status = "default", body = maig_api::ErrorBody)))]
#[expect(dead_code, reason = "only its description is used")]
fn models() {}

/// The document, made once at the start.
pub(super) fn serve(text: String) -> MethodRouter<AppState> {
    get(async move || ([(CONTENT_TYPE, "application/json")], text).into_response())
}
