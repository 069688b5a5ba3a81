//! The routes of the process and the layers around them. Authorisation belongs to the handler that a route leads to, so
//! no path is ever rebuilt or looked at again behind this file.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::body::Incoming;
use maig_store::RequestId;
use tower::ServiceExt;

use crate::chat;
use crate::dashboard::Dashboard;
use crate::error::{ApiError, Code};
use crate::models;
use crate::state::AppState;
use crate::streams;

const CHAT: &str = "/v1/chat/completions";

/// What a page may read of an answer. The star is not understood by every browser that is still in use.
const EXPOSED: &str = "*, x-maig-request-id, x-maig-route, x-maig-served-by, x-maig-attempts, x-maig-fallback, \
     x-maig-dropped, x-maig-resumable, x-maig-stream-id, x-should-retry, retry-after";

/// One port's services.
pub struct App {
    /// Set where the hot path needs no layer around it.
    hot: Option<AppState>,
    router: Router,
}

impl App {
    /// What apps call, and with `people` what people call. A port of their own has both: the playground asks as an app
    /// does, and a page may only call where it came from.
    pub fn data_plane(state: AppState, people: Option<(Router, Arc<Dashboard>)>) -> Self {
        let hot = state.settings.cors_origins.is_empty().then(|| state.clone());
        let router = data_plane(state.clone());
        let router = match people {
            Some((admin, dashboard)) => with_pages(router.merge(admin), dashboard),
            None => router.fallback(unknown_url),
        };
        let router = router.method_not_allowed_fallback(wrong_method);
        // Around everything: a preflight is a method that no route takes.
        let router = match hot {
            Some(_) => router,
            None => router.layer(middleware::from_fn_with_state(state, cors)),
        };
        Self { hot, router }
    }

    /// Answers one request. Chat goes straight to its handler: on the way through the router every request would be
    /// boxed three times and given six extensions, a tenth of what it costs in all.
    pub async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response {
        if let Some(state) = self.hot.as_ref().filter(|_| is_chat(&request)) {
            return chat::handler::chat_completions(State(state.clone()), request.map(Body::new)).await;
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        match self.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

fn is_chat<B>(request: &Request<B>) -> bool {
    request.method() == Method::POST && request.uri().path() == CHAT
}

fn data_plane(state: AppState) -> Router {
    Router::new()
        .route(CHAT, post(chat::handler::chat_completions))
        .route("/v1/models", get(models::list))
        .route("/v1/streams/{id}", get(streams::resume::resume).delete(streams::leave::leave))
        .route("/health", get(health))
        .route("/ready", get(ready))
        .with_state(state)
}

/// The dashboard has the addresses that are left.
fn with_pages(router: Router, dashboard: Arc<Dashboard>) -> Router {
    router.fallback(async move |request: Request| match dashboard.answer(&request) {
        Some(page) => page,
        None => unknown_url(request).await,
    })
}

/// The process lives.
async fn health() -> Response {
    probe(StatusCode::OK, "ok\n")
}

/// Whether new requests should come here: not while draining. A database that is away is no reason: requests are
/// served from the snapshot.
async fn ready(State(state): State<AppState>) -> Response {
    match state.is_draining() {
        true => probe(StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
        false => probe(StatusCode::OK, "ready\n"),
    }
}

fn probe(status: StatusCode, says: &'static str) -> Response {
    let mut response = (status, says).into_response();
    chat::label_response(response.headers_mut(), RequestId::new());
    response
}

async fn unknown_url(request: Request) -> Response {
    let message = format!("There is no {} {}.", request.method(), request.uri().path());
    stray(ApiError::new(Code::UnknownUrl, message))
}

async fn wrong_method(request: Request) -> Response {
    let message = format!("{} does not take {}.", request.uri().path(), request.method());
    stray(ApiError::new(Code::MethodNotAllowed, message))
}

fn stray(error: ApiError) -> Response {
    chat::render_error(&error.should_retry(false), RequestId::new(), None)
}

/// Answers preflights, and lets the named origins read answers: of /v1, and of nothing else.
async fn cors(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let origins = &state.settings.cors_origins;
    let origin = request.headers().get(header::ORIGIN).filter(|_| request.uri().path().starts_with("/v1/"));
    let allowed = origin.cloned().filter(|origin| {
        origins
            .iter()
            .any(|allowed| allowed == "*" || origin.as_bytes().eq_ignore_ascii_case(allowed.as_bytes()))
    });
    let Some(origin) = allowed else { return next.run(request).await };
    let asks = header::ACCESS_CONTROL_REQUEST_METHOD;
    let preflight = request.method() == Method::OPTIONS && request.headers().contains_key(asks);
    let mut response = match preflight {
        true => StatusCode::NO_CONTENT.into_response(),
        false => next.run(request).await,
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    if preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST, DELETE"));
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*, authorization"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    } else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    response
}
