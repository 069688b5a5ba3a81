//! What the gateway knows of models and providers.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maig_api::{CatalogModel, Page, ProviderInfo};
use maig_core::catalog::{CatalogFile, ModelCard};
use maig_core::provider::Provider;

use super::caller::Caller;
use super::error::Result;
use crate::state::AppState;

/// Every known model.
#[utoipa::path(get, path = "/catalog/models", tag = "catalog", responses((status = 200, body = Page<CatalogModel>)))]
pub(super) async fn models(
    State(state): State<AppState>,
    _caller: Caller,
) -> Result<Json<Page<CatalogModel>>> {
    let data = state.catalog.cards().iter().map(|card| shown(card)).collect();
    Ok(Json(Page { data, next_cursor: None }))
}

fn shown(card: &ModelCard) -> CatalogModel {
    let price = card.price.as_ref().map(|price| price.base);
    CatalogModel {
        id: card.id.clone(),
        provider: card.provider.slug().to_owned(),
        context_window: card.max_input,
        max_output_tokens: card.max_output,
        input_nano_usd_per_million: price.map(|rates| rates.input.0),
        output_nano_usd_per_million: price.map(|rates| rates.output.0),
        reasoning: card.reasoning,
        tools: card.can.tools,
        json_schema: card.can.json_schema,
        images: card.can.vision,
        ends: card.ends.map(|day| day.to_string()),
    }
}

/// Every provider that a key can be stored for.
#[utoipa::path(get, path = "/catalog/providers", tag = "catalog", responses((status = 200, body = Page<ProviderInfo>)))]
pub(super) async fn providers(_caller: Caller) -> Json<Page<ProviderInfo>> {
    let shown = |provider: &Provider| ProviderInfo {
        slug: provider.slug().to_owned(),
        label: provider.label().to_owned(),
        key_is_optional: provider.key_is_optional(),
        default_base_url: provider.default_base_url().map(str::to_owned),
    };
    Json(Page { data: Provider::ALL.iter().map(shown).collect(), next_cursor: None })
}

/// All that is known, the operator's part included, in the form of the catalogue's file: what an editor needs to judge
/// a route as the gateway does.
#[utoipa::path(get, path = "/catalog", tag = "catalog", responses((status = 200, body = serde_json::Value)))]
pub(super) async fn file(State(state): State<AppState>, _caller: Caller) -> Response {
    let file: &CatalogFile = state.catalog.file();
    Json(file).into_response()
}
