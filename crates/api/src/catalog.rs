//! What the gateway knows of models and providers.

use serde::{Deserialize, Serialize};

/// A model. What is not known is null, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogModel {
    pub id: String,
    pub provider: String,
    pub context_window: Option<u64>,
    pub max_output_tokens: Option<u64>,
    /// Nano-dollars for a million tokens of prompt.
    pub input_nano_usd_per_million: Option<i64>,
    /// Nano-dollars for a million tokens of answer.
    pub output_nano_usd_per_million: Option<i64>,
    pub reasoning: bool,
    pub tools: Option<bool>,
    pub json_schema: Option<bool>,
    pub images: Option<bool>,
    /// The day from which the provider no longer serves it.
    pub ends: Option<String>,
}

/// Which models.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
#[serde(deny_unknown_fields)]
pub struct CatalogQuery {
    /// Part of the id, in whatever case.
    pub q: Option<String>,
    /// A provider's slug.
    pub provider: Option<String>,
    /// 1 to 10,000; all without.
    pub limit: Option<u32>,
    pub cursor: Option<String>,
}

/// A provider, for forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProviderInfo {
    pub slug: String,
    pub label: String,
    /// Whether an account works without a secret.
    pub key_is_optional: bool,
    /// Where it is called unless the account says otherwise.
    pub default_base_url: Option<String>,
}
