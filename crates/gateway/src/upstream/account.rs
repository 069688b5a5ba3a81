//! One upstream account, ready to be called: address, credential and extra headers, made once from a stored provider
//! key. Credentials are header values marked sensitive, so that no debug output prints them.

use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, HeaderValue, Uri};
use maig_core::id::ProviderKeyId;
use maig_core::provider::Provider;
use maig_core::secret::Secret;
use maig_store::{Credentials, ProviderKey};

use super::head::Heads;
use super::origin::Origin;
use super::vertex::ServiceAccount;

/// How to call one account.
#[derive(Debug)]
pub struct Account {
    pub id: ProviderKeyId,
    pub name: String,
    pub provider: Provider,
    /// Without a slash at its end.
    pub(super) base: String,
    /// Where `base` leads to, and what of it stands before every path.
    pub(super) origin: Arc<Origin>,
    pub(super) prefix: String,
    /// The one path of wires whose path does not name the model; made once.
    pub(super) chat: Option<Uri>,
    /// What every request to it is headed with; made once.
    pub(super) heads: Heads,
    pub(super) credential: Credential,
    pub(super) headers: HeaderMap,
    pub(super) region: Option<String>,
    pub(super) cloud_project: Option<String>,
    pub(super) api_version: Option<String>,
}

#[derive(Debug)]
pub(super) enum Credential {
    None,
    Header(HeaderName, HeaderValue),
    ServiceAccount(Arc<ServiceAccount>),
}

/// What an account is made of, as stored.
#[derive(Clone)]
pub struct AccountParts {
    pub id: ProviderKeyId,
    pub name: String,
    pub provider: Provider,
    pub secret: Option<Secret>,
    pub base_url: Option<String>,
    pub region: Option<String>,
    pub headers: Vec<(String, Secret)>,
    pub api_version: Option<String>,
    pub cloud_project: Option<String>,
}

impl AccountParts {
    /// As the store keeps them.
    pub fn stored(key: &ProviderKey, credentials: Credentials) -> Self {
        Self {
            id: key.id.clone(),
            name: key.name.clone(),
            provider: key.provider,
            secret: credentials.secret,
            base_url: key.base_url.clone(),
            region: key.region.clone(),
            headers: credentials.headers.into_iter().map(|header| (header.name, header.value)).collect(),
            api_version: key.api_version.clone(),
            cloud_project: key.cloud_project.clone(),
        }
    }

    pub fn open(self) -> Result<Account, AccountFault> {
        Account::new(self)
    }
}

/// Why a stored key cannot be used; said in the dashboard and by `maig check`.
#[derive(Debug, thiserror::Error)]
pub enum AccountFault {
    #[error("it has no secret; set api_key")]
    NoSecret,
    #[error("its secret holds characters that no HTTP header can; copy it again")]
    BadSecret,
    #[error("base_url `{0}` is not an http or https address")]
    BadBaseUrl(String),
    #[error("its base_url holds {0}; put a credential into api_key or headers, which are sealed")]
    OpenBaseUrl(&'static str),
    #[error("it needs a base_url, for instance {0}")]
    NeedsBaseUrl(&'static str),
    #[error("extra header `{0}` is not a valid header")]
    BadHeader(String),
    #[error("its api_key is not the JSON of a service account: {0}")]
    BadServiceAccount(String),
    #[error("it needs a region, such as us-central1 or global")]
    NeedsRegion,
}

impl Account {
    pub fn new(parts: AccountParts) -> Result<Self, AccountFault> {
        let provider = parts.provider;
        let mut cloud_project = parts.cloud_project;
        let credential = match (provider, parts.secret) {
            (Provider::Vertex, Some(secret)) => {
                let account = ServiceAccount::parse(&secret)?;
                cloud_project = cloud_project.or_else(|| account.project_id.clone());
                Credential::ServiceAccount(Arc::new(account))
            }
            (_, Some(secret)) if !secret.expose().is_empty() => header_credential(provider, &secret)?,
            (provider, _) if provider.key_is_optional() => Credential::None,
            _ => return Err(AccountFault::NoSecret),
        };
        let base = base_url(provider, parts.base_url, parts.region.as_deref())?;
        if let Some(what) = written_openly(&base) {
            return Err(AccountFault::OpenBaseUrl(what));
        }
        let Some((origin, path)) = base.parse().ok().and_then(Origin::split) else {
            return Err(AccountFault::BadBaseUrl(base));
        };
        let prefix = path.path().trim_end_matches('/').to_owned();
        let mut headers = HeaderMap::new();
        for (name, value) in parts.headers {
            let header = HeaderName::try_from(&name).map_err(|_| AccountFault::BadHeader(name.clone()))?;
            let mut value =
                HeaderValue::try_from(value.expose()).map_err(|_| AccountFault::BadHeader(name))?;
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        let mut account = Self {
            id: parts.id,
            name: parts.name,
            provider,
            base,
            origin,
            prefix,
            chat: None,
            heads: Heads::default(),
            credential,
            headers,
            region: parts.region,
            cloud_project,
            api_version: parts.api_version,
        };
        account.chat = super::prepare::fixed_path(&account);
        account.heads = Heads::of(&account);
        Ok(account)
    }

    /// The address that a check asks for the account's models.
    pub fn base(&self) -> &str {
        &self.base
    }
}

/// Where each vendor's own client puts the key. Gemini's goes in a header: in the URL it would land in logs.
fn header_credential(provider: Provider, secret: &Secret) -> Result<Credential, AccountFault> {
    let (name, text) = match provider {
        Provider::Anthropic => (HeaderName::from_static("x-api-key"), secret.expose().clone()),
        Provider::Gemini => (HeaderName::from_static("x-goog-api-key"), secret.expose().clone()),
        Provider::Azure => (HeaderName::from_static("api-key"), secret.expose().clone()),
        _ => (AUTHORIZATION, format!("Bearer {}", secret.expose())),
    };
    let mut value = HeaderValue::try_from(text).map_err(|_| AccountFault::BadSecret)?;
    value.set_sensitive(true);
    Ok(Credential::Header(name, value))
}

/// What makes an address no address for a base: it is stored and shown as it is, and paths are put behind it.
fn written_openly(base: &str) -> Option<&'static str> {
    match base {
        base if base.contains('@') => Some("a user or a password"),
        base if base.contains(['?', '#']) => Some("a query"),
        _ => None,
    }
}

fn base_url(
    provider: Provider,
    written: Option<String>,
    region: Option<&str>,
) -> Result<String, AccountFault> {
    if let Some(written) = written.filter(|url| !url.trim().is_empty()) {
        return Ok(written.trim().trim_end_matches('/').to_owned());
    }
    match (provider, provider.default_base_url(), region) {
        (_, Some(known), _) => Ok(known.to_owned()),
        (Provider::Vertex, _, Some("global")) => Ok("https://aiplatform.googleapis.com".to_owned()),
        (Provider::Vertex, _, Some(region)) => Ok(format!("https://{region}-aiplatform.googleapis.com")),
        (Provider::Vertex, _, None) => Err(AccountFault::NeedsRegion),
        (Provider::Azure, ..) => Err(AccountFault::NeedsBaseUrl("https://NAME.openai.azure.com")),
        _ => Err(AccountFault::NeedsBaseUrl("http://127.0.0.1:8000/v1")),
    }
}
