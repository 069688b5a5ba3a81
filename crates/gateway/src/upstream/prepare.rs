//! One attempt's HTTP request: path, headers, body. It must never put a credential into the address.

use std::fmt::Write as _;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use maig_core::failure::{Failure, FailureKind};
use maig_core::provider::{Provider, Wire};

use super::account::Account;
use super::origin::Origin;

const ANTHROPIC_VERSION: HeaderName = HeaderName::from_static("anthropic-version");
const ANTHROPIC_BETA: HeaderName = HeaderName::from_static("anthropic-beta");
const OPENAI_BETA: HeaderName = HeaderName::from_static("openai-beta");
const TRACE: HeaderName = HeaderName::from_static("traceparent");

/// A request, ready to be sent.
pub struct Prepared {
    origin: Arc<Origin>,
    path: Uri,
    headers: HeaderMap,
    body: Bytes,
}

/// What of the caller's headers goes upstream: beta switches, to the vendor that defined them.
#[derive(Clone, Debug, Default)]
pub struct Betas {
    pub openai: Option<HeaderValue>,
    pub anthropic: Option<HeaderValue>,
}

/// What differs between two requests to one account.
pub struct Errand<'a> {
    /// The model's name as it goes upstream.
    pub model: &'a str,
    pub stream: bool,
    pub body: Bytes,
    /// The API version that the body is written for, where the wire has one.
    pub version: Option<&'static str>,
    pub betas: &'a Betas,
    /// The caller's trace, continued.
    pub trace: Option<&'a HeaderValue>,
}

impl Prepared {
    pub(super) fn into_request(self) -> (Arc<Origin>, Request<Full<Bytes>>) {
        let mut request = Request::new(Full::new(self.body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.path;
        *request.headers_mut() = self.headers;
        (self.origin, request)
    }
}

/// Puts a request together; `bearer` is the token of accounts that sign in (Vertex).
pub fn prepare(
    account: &Account,
    errand: Errand<'_>,
    bearer: Option<HeaderValue>,
) -> Result<Prepared, Failure> {
    let path = match &account.chat {
        Some(path) => path.clone(),
        None => path(account, errand.model, errand.stream).ok_or_else(|| {
            Failure::seen(
                FailureKind::ModelUnavailable,
                "the model's name cannot stand in this provider's address",
            )
        })?,
    };
    let mut headers = account.heads.copy(errand.stream);
    // What the operator says in headers of the account goes before what a request says.
    let mut insert = |name: HeaderName, value: Option<HeaderValue>| {
        if let Some(value) = value.filter(|_| !account.headers.contains_key(&name)) {
            headers.insert(name, value);
        }
    };
    insert(AUTHORIZATION, bearer);
    insert(ANTHROPIC_VERSION, errand.version.map(HeaderValue::from_static));
    match account.provider.wire() {
        Wire::OpenAi => insert(OPENAI_BETA, errand.betas.openai.clone()),
        Wire::Anthropic => insert(ANTHROPIC_BETA, errand.betas.anthropic.clone()),
        Wire::Gemini => {}
    }
    insert(TRACE, errand.trace.cloned());
    Ok(Prepared { origin: Arc::clone(&account.origin), path, headers, body: errand.body })
}

/// The path of accounts where every model has the same.
pub(super) fn fixed_path(account: &Account) -> Option<Uri> {
    let prefix = &account.prefix;
    match account.provider {
        Provider::Azure => match azure_style(account) {
            AzureStyle::Deployment(_) => None,
            AzureStyle::V1 => format!("{prefix}/openai/v1/chat/completions").parse().ok(),
            AzureStyle::Inference(version) => {
                format!("{prefix}/chat/completions?api-version={version}").parse().ok()
            }
        },
        provider => match provider.wire() {
            Wire::OpenAi => format!("{prefix}/chat/completions").parse().ok(),
            Wire::Anthropic => format!("{prefix}/v1/messages").parse().ok(),
            Wire::Gemini => None,
        },
    }
}

/// Azure has three addresses for one API; which one an account means is told by what it was given.
enum AzureStyle<'a> {
    /// With an api_version: the deployment stands in the path and the body's `model` is ignored.
    Deployment(&'a str),
    /// Without: the model is the deployment's name.
    V1,
    /// A base that ends in `/models`: Foundry's model inference.
    Inference(&'a str),
}

fn azure_style(account: &Account) -> AzureStyle<'_> {
    match account.api_version.as_deref() {
        version if account.base.ends_with("/models") => {
            AzureStyle::Inference(version.unwrap_or("2024-05-01-preview"))
        }
        Some(version) if version != "v1" => AzureStyle::Deployment(version),
        _ => AzureStyle::V1,
    }
}

fn path(account: &Account, model: &str, stream: bool) -> Option<Uri> {
    let prefix = &account.prefix;
    let model = path_segment(model);
    let text = match account.provider {
        Provider::Azure => {
            let AzureStyle::Deployment(version) = azure_style(account) else { return None };
            format!("{prefix}/openai/deployments/{model}/chat/completions?api-version={version}")
        }
        Provider::Vertex => {
            let project = path_segment(account.cloud_project.as_deref()?);
            let region = path_segment(account.region.as_deref().unwrap_or("global"));
            let verb = gemini_verb(stream);
            format!(
                "{prefix}/v1beta1/projects/{project}/locations/{region}/publishers/google/models/{model}:{verb}"
            )
        }
        _ => format!("{prefix}/v1beta/models/{model}:{}", gemini_verb(stream)),
    };
    text.parse().ok()
}

fn gemini_verb(stream: bool) -> &'static str {
    if stream { "streamGenerateContent?alt=sse" } else { "generateContent" }
}

/// A model's name as one path segment: a name may come from a caller, and must not reach another endpoint.
fn path_segment(name: &str) -> String {
    name.bytes().fold(String::with_capacity(name.len()), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                out.push(char::from(byte))
            }
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    })
}
