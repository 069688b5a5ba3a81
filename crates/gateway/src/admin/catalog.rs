//! What the gateway knows of models and providers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use maig_api::{CatalogModel, CatalogQuery, Page, PageQuery, ProviderInfo};
use maig_core::catalog::{CatalogFile, ModelCard};
use maig_core::provider::Provider;

use super::body::Asked;
use super::caller::Caller;
use super::error::Result;
use super::paging::{page, part};
use crate::state::AppState;

/// The known models, by id.
#[utoipa::path(get, path = "/catalog/models", tag = "catalog", params(CatalogQuery), responses((status = 200, body = Page<CatalogModel>)))]
pub(super) async fn models(
    State(state): State<AppState>,
    _caller: Caller,
    Asked(asked): Asked<CatalogQuery>,
) -> Result<Json<Page<CatalogModel>>> {
    let part_of_id = asked.q.unwrap_or_default().to_lowercase();
    let fits = |card: &&Arc<ModelCard>| {
        card.id.to_lowercase().contains(&part_of_id)
            && asked.provider.as_deref().is_none_or(|slug| card.provider.slug() == slug)
    };
    let mut data: Vec<_> = state.catalog.cards().iter().filter(fits).map(|card| shown(card)).collect();
    data.sort_by(|a, b| (&a.id, &a.provider).cmp(&(&b.id, &b.provider)));
    // The same id may be two providers', so a cursor names both.
    let named: Vec<_> =
        data.into_iter().map(|model| (format!("{}/{}", model.provider, model.id), model)).collect();
    let limit = asked.limit.unwrap_or(10_000).clamp(1, 10_000) as usize;
    let Page { data, next_cursor } = part(named, limit, asked.cursor.as_deref(), |(name, _)| name)?;
    Ok(Json(Page { data: data.into_iter().map(|(_, model)| model).collect(), next_cursor }))
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
#[utoipa::path(get, path = "/catalog/providers", tag = "catalog", params(PageQuery), responses((status = 200, body = Page<ProviderInfo>)))]
pub(super) async fn providers(
    _caller: Caller,
    Asked(asked): Asked<PageQuery>,
) -> Result<Json<Page<ProviderInfo>>> {
    let shown = |provider: &Provider| ProviderInfo {
        slug: provider.slug().to_owned(),
        label: provider.label().to_owned(),
        key_is_optional: provider.key_is_optional(),
        default_base_url: provider.default_base_url().map(str::to_owned),
    };
    page(Provider::ALL.iter().map(shown).collect(), &asked, |provider: &ProviderInfo| &provider.slug)
        .map(Json)
}

/// All that is known, the operator's part included, in the form of the catalogue's file: what an editor needs to judge
/// a route as the gateway does.
#[utoipa::path(get, path = "/catalog", tag = "catalog", responses((status = 200, body = serde_json::Value)))]
pub(super) async fn file(State(state): State<AppState>, _caller: Caller) -> Response {
    let file: &CatalogFile = state.catalog.file();
    Json(file).into_response()
}
