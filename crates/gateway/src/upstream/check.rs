//! Whether an account answers: one cheap authenticated GET of its list of models. It must never cost a token, wait
//! longer than it was told, or repeat what a stranger's server said when it could hold a secret.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, HOST, HeaderName};
use http::{HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use maig_core::provider::{Provider, Wire};

use super::Upstream;
use super::account::{Account, Credential};

/// More than any vendor's list of models.
const MAX_LIST: usize = 8 * 1024 * 1024;

/// What a check saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub ok: bool,
    /// In words, for a person.
    pub message: String,
    pub status: Option<u16>,
    pub ms: u64,
    /// How many models the account lists.
    pub models: Option<u32>,
}

impl Upstream {
    /// Asks the account for its models.
    pub async fn check(&self, account: &Account, within: Duration) -> Checked {
        let start = Instant::now();
        let (status, outcome) = match tokio::time::timeout(within, self.list_models(account, within)).await {
            Ok(Ok((status, models))) => (Some(status), judge(account, status, models)),
            Ok(Err(message)) => (None, Err(message)),
            Err(_) => (
                None,
                Err(format!(
                    "{} did not answer within {} s; check base_url and the network",
                    account.provider.label(),
                    within.as_secs()
                )),
            ),
        };
        let ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
        match outcome {
            Ok(models) => {
                let listed = models.map_or(String::new(), |n| format!("; it lists {n} models"));
                let message = format!("{} answers{listed}", account.provider.label());
                Checked { ok: true, message, status, ms, models }
            }
            Err(message) => Checked { ok: false, message, status, ms, models: None },
        }
    }

    /// The status, and how many models a 200 lists.
    async fn list_models(&self, account: &Account, within: Duration) -> Result<(u16, Option<u32>), String> {
        let bearer = self.bearer(account, || within).await.map_err(|failure| failure.error.message)?;
        let path = path(account).ok_or("base_url is no address; correct it")?;
        let mut request = Request::new(Full::new(Bytes::new()));
        *request.method_mut() = Method::GET;
        *request.uri_mut() = path;
        let headers = request.headers_mut();
        headers.insert(HOST, account.origin.host.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        match (&account.credential, bearer) {
            (Credential::Header(name, value), _) => drop(headers.insert(name.clone(), value.clone())),
            (Credential::ServiceAccount(_), Some(token)) => drop(headers.insert(AUTHORIZATION, token)),
            _ => {}
        }
        if account.provider.wire() == Wire::Anthropic {
            headers
                .insert(HeaderName::from_static("anthropic-version"), HeaderValue::from_static("2023-06-01"));
        }
        headers.extend(account.headers.clone());
        let response = self.call(&account.origin, request, within, true).await.map_err(|_| {
            format!("no connection to {}; check base_url and the network", account.provider.label())
        })?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), MAX_LIST)
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes);
        Ok((status, body.ok().as_deref().and_then(count)))
    }
}

/// Where each vendor lists its models.
fn path(account: &Account) -> Option<Uri> {
    let prefix = &account.prefix;
    let text = match account.provider {
        Provider::Azure => {
            let version = account.api_version.as_deref().unwrap_or("2024-10-21");
            format!("{prefix}/openai/models?api-version={version}")
        }
        Provider::Anthropic => format!("{prefix}/v1/models?limit=1000"),
        Provider::Gemini => format!("{prefix}/v1beta/models?pageSize=1000"),
        Provider::Vertex => format!("{prefix}/v1beta1/publishers/google/models"),
        _ => format!("{prefix}/models"),
    };
    text.parse().ok()
}

/// A vendor without such a list still tells whether it took the key: 404 and 405 come after the door.
fn judge(account: &Account, status: u16, models: Option<u32>) -> Result<Option<u32>, String> {
    let who = account.provider.label();
    match status {
        200..=299 => Ok(models),
        401 | 403 => Err(format!("{who} refuses the key (status {status}); set a valid api_key")),
        404 | 405 => Ok(None),
        429 => Ok(None),
        402 => Err(format!("the account at {who} is empty (status 402); top it up")),
        500.. => Err(format!("{who} is in trouble (status {status}); try again later")),
        _ => Err(format!("{who} answers with status {status}; check base_url")),
    }
}

fn count(body: &[u8]) -> Option<u32> {
    let list: serde_json::Value = serde_json::from_slice(body).ok()?;
    let items = list
        .as_array()
        .or_else(|| ["data", "models", "publisherModels"].iter().find_map(|field| list[*field].as_array()))?;
    u32::try_from(items.len()).ok()
}
