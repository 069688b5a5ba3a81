//! Vertex's sign-in: a service account's JSON becomes a signed assertion, which its `token_uri` exchanges for a bearer
//! token of an hour (Google's OAuth 2.0 for service accounts, RFC 7523). The token is kept until shortly before its
//! end; while one request fetches a new one, the others use the old one or wait for the same fetch.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderValue, Method, Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use maig_core::failure::{Failure, FailureKind};
use maig_core::secret::Secret;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::account::{Account, AccountFault, Credential};
use super::client::Upstream;
use super::origin::Origin;
use crate::clock::Clock;

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// A token is renewed this long before its end, so that none ends in flight.
const EARLY: Duration = Duration::from_secs(120);

/// To connect to where tokens are fetched.
const CONNECT: Duration = Duration::from_secs(5);

/// A service account that can sign in.
pub(super) struct ServiceAccount {
    email: String,
    pub(super) project_id: Option<String>,
    /// Where tokens are fetched: as written, and as it is called.
    token_uri: String,
    origin: Arc<Origin>,
    path: Uri,
    key: RsaKeyPair,
    token: ArcSwapOption<Token>,
    fetching: Mutex<()>,
}

impl std::fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServiceAccount").field("email", &self.email).finish_non_exhaustive()
    }
}

struct Token {
    bearer: HeaderValue,
    renew_at: Instant,
    ends_at: Instant,
}

#[derive(Deserialize)]
struct KeyFile {
    client_email: String,
    private_key: String,
    token_uri: String,
    project_id: Option<String>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default = "an_hour")]
    expires_in: u64,
}

fn an_hour() -> u64 {
    3600
}

impl ServiceAccount {
    pub(super) fn parse(secret: &Secret) -> Result<Self, AccountFault> {
        let bad = |what: &str| AccountFault::BadServiceAccount(what.to_owned());
        let file: KeyFile = serde_json::from_str(secret.expose())
            .map_err(|_| bad("client_email, private_key and token_uri are needed"))?;
        let pem = Secret::new(file.private_key);
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.expose().as_bytes())
            .map_err(|_| bad("private_key is not a PEM block"))?;
        let key = RsaKeyPair::from_pkcs8(der.secret_pkcs8_der())
            .map_err(|_| bad("private_key is not an RSA key"))?;
        let address = file.token_uri.parse().ok().and_then(Origin::split);
        let (origin, path) = address.ok_or_else(|| bad("token_uri is not an address"))?;
        Ok(Self {
            email: file.client_email,
            project_id: file.project_id,
            token_uri: file.token_uri,
            origin,
            path,
            key,
            token: ArcSwapOption::empty(),
            fetching: Mutex::new(()),
        })
    }

    /// The token that is sent, if there is one.
    pub(super) fn held(&self) -> Option<HeaderValue> {
        self.token.load_full().map(|token| token.bearer.clone())
    }

    /// The assertion that the token endpoint exchanges.
    fn assertion(&self) -> Result<String, Failure> {
        let now = Clock::unix_seconds();
        let claims = serde_json::json!({
            "iss": self.email, "scope": SCOPE, "aud": self.token_uri, "iat": now, "exp": now + 3600,
        });
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let mut signature = vec![0; self.key.public().modulus_len()];
        self.key
            .sign(&RSA_PKCS1_SHA256, &ring::rand::SystemRandom::new(), signed.as_bytes(), &mut signature)
            .map_err(|_| refused("the service account's key could not sign"))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Upstream {
    /// The bearer token of accounts that sign in; `None` for all others.
    pub async fn bearer(
        &self,
        account: &Account,
        within: impl FnOnce() -> Duration,
    ) -> Result<Option<HeaderValue>, Failure> {
        let Credential::ServiceAccount(service) = &account.credential else { return Ok(None) };
        if let Some(token) = service.token.load_full().filter(|token| Instant::now() < token.renew_at) {
            return Ok(Some(token.bearer.clone()));
        }
        timeout(within(), Box::pin(self.renew(service)))
            .await
            .map_err(|_| Failure::seen(FailureKind::Timeout, "the sign-in to Google Cloud took too long"))?
            .map(Some)
    }

    async fn renew(&self, service: &ServiceAccount) -> Result<HeaderValue, Failure> {
        let _one_at_a_time = service.fetching.lock().await;
        let held = service.token.load_full();
        if let Some(token) = held.as_ref().filter(|token| Instant::now() < token.renew_at) {
            return Ok(token.bearer.clone());
        }
        match self.fetch(service).await {
            Ok(token) => {
                let bearer = token.bearer.clone();
                service.token.store(Some(token.into()));
                Ok(bearer)
            }
            // The old token still works for a while: an outage of the sign-in is not yet one of the model.
            Err(failure) => held
                .filter(|token| Instant::now() < token.ends_at)
                .map(|token| token.bearer.clone())
                .ok_or(failure),
        }
    }

    async fn fetch(&self, service: &ServiceAccount) -> Result<Token, Failure> {
        let form = format!(
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={}",
            service.assertion()?
        );
        let mut request = Request::new(Full::new(Bytes::from(form)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = service.path.clone();
        let headers = request.headers_mut();
        headers.insert(HOST, service.origin.host.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
        let response = self.call(&service.origin, request, CONNECT, true).await.map_err(|error| {
            tracing::debug!(%error, "token endpoint");
            Failure::seen(FailureKind::Connect, "the sign-in to Google Cloud could not be reached")
        })?;
        let status = response.status();
        let body = Limited::new(response.into_body(), 64 * 1024)
            .collect()
            .await
            .map_err(|_| Failure::seen(FailureKind::Connect, "the sign-in to Google Cloud broke off"))?
            .to_bytes();
        if status.is_server_error() {
            return Err(Failure::seen(FailureKind::ServerError, "the sign-in to Google Cloud failed"));
        }
        let answer: TokenAnswer = serde_json::from_slice(&body)
            .map_err(|_| refused("Google Cloud refused the service account; check the key and its roles"))?;
        let mut bearer = HeaderValue::try_from(format!("Bearer {}", answer.access_token))
            .map_err(|_| refused("Google Cloud gave no usable token"))?;
        bearer.set_sensitive(true);
        let life = Duration::from_secs(answer.expires_in);
        let now = Instant::now();
        Ok(Token { bearer, renew_at: now + life.saturating_sub(EARLY), ends_at: now + life })
    }
}

fn refused(message: &str) -> Failure {
    Failure::seen(FailureKind::ProviderAuth, message)
}
