//! `GET /v1/models`: what the key may call, in OpenAI's shape: its routes, and the models that its project's accounts
//! serve. It must never name what is outside the key's scope.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use maig_store::RequestId;
use serde::Serialize;

use crate::chat;
use crate::snapshot::Caller;
use crate::state::AppState;

#[derive(Serialize)]
struct ModelList {
    object: &'static str,
    data: Vec<Model>,
}

#[derive(Serialize)]
struct Model {
    id: String,
    object: &'static str,
    created: u64,
    owned_by: String,
}

pub async fn list(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let id = RequestId::new();
    let snapshot = state.snapshot.load_full();
    let caller = match chat::authenticate(&headers, &snapshot) {
        Ok(caller) => caller,
        Err(error) => return chat::render_error(&error, id, None),
    };
    let mut response = Json(ModelList { object: "list", data: models(&caller) }).into_response();
    chat::label_response(response.headers_mut(), id);
    response
}

fn models(caller: &Caller) -> Vec<Model> {
    let routing = caller.routing();
    let model =
        |id: String, owned_by: &str| Model { id, object: "model", created: 0, owned_by: owned_by.to_owned() };
    let mut routes: Vec<String> =
        routing.routes.keys().filter(|name| caller.scope.allows(name)).cloned().collect();
    routes.sort();
    let mut data: Vec<Model> = routes.into_iter().map(|name| model(name, "maig")).collect();
    if !caller.scope.routes_only {
        for card in routing.models() {
            if caller.scope.allows(&card.id) && !data.iter().any(|known| known.id == card.id) {
                data.push(model(card.id.clone(), card.provider.slug()));
            }
        }
    }
    data
}
