//! One entry of `provider_keys`. The secret is read into [`Secret`] at once and never into a message.

use std::collections::BTreeMap;

use maig_core::provider::Provider;
use maig_core::secret::Secret;

use super::Named;
use crate::declare::fault::did_you_mean;
use crate::declare::fields::{Fields, Reading, Value};
use crate::declare::file::ProviderKeyDeclared;

impl Named for ProviderKeyDeclared {
    fn name(&self) -> &str {
        &self.name
    }
}

pub(super) fn read(value: &Value<'_>, reading: &mut Reading<'_>) -> Option<ProviderKeyDeclared> {
    let mut fields = Fields::open(value, reading)?;
    let name = fields.require("name", "give the account a name", reading).and_then(|v| v.name(reading));
    let provider = fields.require("provider", "say whose account it is, such as `openai`", reading);
    let provider = provider.and_then(|v| read_provider(&v, reading));
    let api_key = fields.take("api_key").and_then(|v| read_secret(&v, reading));
    let mut text = |field| fields.take(field).and_then(|v: Value<'_>| v.text(reading));
    let base_url = text("base_url");
    let region = text("region");
    let api_version = text("api_version");
    let project_id = text("project_id");
    let headers = fields.take("headers").map(|v| read_headers(&v, reading));
    let enabled = fields.take("enabled").and_then(|v| v.boolean(reading));
    fields.close(&[], reading);
    Some(ProviderKeyDeclared {
        name: name?,
        provider: provider?,
        api_key,
        base_url,
        region,
        api_version,
        project_id,
        headers,
        enabled,
    })
}

/// Providers of the contract that this version cannot speak to.
const PLANNED: &[&str] = &["bedrock", "cohere"];

fn read_provider(value: &Value<'_>, reading: &mut Reading<'_>) -> Option<Provider> {
    let slug = value.text(reading)?;
    let provider = Provider::from_slug(&slug);
    if provider.is_none() {
        let known = || Provider::ALL.iter().map(|provider| provider.slug());
        let message = if PLANNED.contains(&slug.as_str()) {
            format!("{slug} is not supported by this version; use another provider that has the model")
        } else if let Some(near) = did_you_mean(&slug, known()) {
            format!("unknown provider {slug:?}; did you mean `{near}`?")
        } else {
            let known = known().collect::<Vec<_>>().join(", ");
            format!("unknown provider {slug:?}; use `openai-compatible` with a base_url, or one of {known}")
        };
        value.fault(message, reading);
    }
    provider
}

fn read_secret(value: &Value<'_>, reading: &mut Reading<'_>) -> Option<Secret> {
    let text = value.text(reading)?;
    if value.written().is_some_and(|written| !written.contains("${")) {
        let message = "a secret stands in the file itself; write ${NAME} and set NAME in the environment";
        reading.found.warn(value.line, value.path.clone(), message);
    }
    Some(Secret::new(text.trim().to_owned()))
}

fn read_headers(value: &Value<'_>, reading: &mut Reading<'_>) -> BTreeMap<String, Secret> {
    let mut headers = BTreeMap::new();
    for (name, value) in value.entries(reading) {
        if let Some(text) = value.text(reading) {
            headers.insert(name, Secret::new(text));
        }
    }
    headers
}
