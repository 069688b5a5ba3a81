//! One vendor's account in a gateway: a project of its own with one provider key, whose address is a recorded provider.
//! Projects of their own, since of several `openai-compatible` keys in one none would be the first.

use maig_core::id::{ProjectId, ProviderKeyId};
use maig_core::key::KeyKind;
use maig_core::provider::Provider;
use maig_core::secret::Secret;
use maig_store::{Actor, KeyLimits, KeyScopes, NewProject, NewProjectKey, NewProviderKey};
use serde_json::json;

use super::exchange::{Dialect, Exchange};
use super::provider::RecordedProvider;
use crate::world::World;

/// Which account an exchange needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct LaneName {
    /// As the recordings call it.
    pub(super) vendor: String,
    /// Azure's three addresses, and vendors that also speak OpenAI's wire.
    style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Style {
    Own,
    AzureDeployments,
    AzureModels,
    /// An Anthropic or a Gemini behind OpenAI's wire.
    OpenAiForm,
}

pub(super) struct Lane {
    pub(super) provider: Provider,
    pub(super) server: RecordedProvider,
    pub(super) project: ProjectId,
    pub(super) account: ProviderKeyId,
    /// A `maig_live_` key.
    pub(super) key: String,
}

impl LaneName {
    pub(super) fn of(exchange: &Exchange) -> Self {
        let style = match exchange.vendor.as_str() {
            "azure" if exchange.path.contains("/deployments/") => Style::AzureDeployments,
            "azure" if exchange.path.starts_with("/models/") => Style::AzureModels,
            "anthropic" | "gemini" | "vertex" if exchange.dialect == Dialect::OpenAi => Style::OpenAiForm,
            _ => Style::Own,
        };
        Self { vendor: exchange.vendor.clone(), style }
    }

    fn provider(&self) -> Provider {
        Provider::from_slug(&self.vendor)
            .filter(|_| self.style != Style::OpenAiForm)
            .unwrap_or(Provider::OpenAiCompatible)
    }
}

impl Lane {
    pub(super) async fn open(world: &World, name: &LaneName) -> Self {
        let server = RecordedProvider::start().await;
        let provider = name.provider();
        let secret = match provider {
            Provider::Vertex => service_account(&server.base),
            _ => format!("secret-of-{}", name.vendor),
        };
        let mut key = NewProviderKey::new("main", provider, Some(Secret::new(secret)));
        let base = &server.base;
        key.base_url = Some(match (provider, name.style) {
            (_, Style::AzureModels) => format!("{base}/models"),
            (Provider::Azure | Provider::Anthropic | Provider::Gemini | Provider::Vertex, _) => base.clone(),
            _ => format!("{base}/v1"),
        });
        key.api_version = (name.style == Style::AzureDeployments).then(|| "2024-12-01-preview".to_owned());
        key.region = (provider == Provider::Vertex).then(|| "us-central1".to_owned());

        let minted = maig_gateway::mint::mint(KeyKind::Live).unwrap();
        let mut change = world.state.store.change(&Actor::cli("test")).await.unwrap();
        let project = format!("{}-{:?}", name.vendor, name.style).to_lowercase();
        let project = NewProject { name: project, limits: Default::default(), retention_days: None };
        let project = change.projects().create(project).await.unwrap().id;
        let account = change.provider_keys().create(&project, key).await.unwrap().id;
        let app = NewProjectKey {
            name: "app".into(),
            kind: maig_store::KeyKind::Live,
            digest: minted.new_digest(),
            scopes: KeyScopes::default(),
            limits: KeyLimits::default(),
            expires_at: None,
        };
        change.project_keys().create(&project, app).await.unwrap();
        let version = change.commit().await.unwrap();
        world.in_force(version).await;
        Self { provider, server, project, account, key: minted.secret.expose().clone() }
    }
}

/// A service account whose tokens come from the recorded provider.
fn service_account(base: &str) -> String {
    let pem = include_str!("../../fixtures/rsa-key-for-tests-only.pem");
    json!({
        "type": "service_account",
        "project_id": "a-cloud-project",
        "client_email": "gateway@a-cloud-project.example",
        "private_key": pem,
        "token_uri": format!("{base}/token"),
    })
    .to_string()
}
