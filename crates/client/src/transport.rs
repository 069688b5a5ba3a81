//! Requests out and heads back, over one pool of connections. Here alone the client knows an HTTP library, and here
//! what the network does becomes a typed error. It must never log, and never follow a redirect with a key.

use std::time::Duration;

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT,
};
use maig_core::secret::Secret;
use reqwest::{Method, Response};
use tokio::time::{Instant, timeout_at};

use crate::error::{Error, ErrorKind};
use crate::options::{App, ClientOptions};
use crate::{input, tls, wire};

/// Below the idle time of common servers and proxies (60 s and more), so that they do not close under a request.
const POOL_IDLE: Duration = Duration::from_secs(30);

/// An error page longer than this is read no further.
const MAX_ERROR: usize = 1024 * 1024;

/// What a response without it does not come from.
pub(crate) const REQUEST_ID: &str = "x-maig-request-id";

pub(crate) struct Transport {
    http: reqwest::Client,
    base: String,
    headers: HeaderMap,
}

impl Transport {
    /// Checks the key and the base URL; connects to nothing.
    pub(crate) fn new(key: &Secret<String>, options: &ClientOptions) -> Result<Self, Error> {
        input::check_key(key.expose())?;
        let base = input::base_url(options.base_url.as_deref())?;
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::config(&options.extra_roots)?)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(options.timeouts.connect)
            .pool_idle_timeout(POOL_IDLE)
            .tcp_nodelay(true)
            .http1_only();
        if base.starts_with("http:") {
            // A proxy is for other machines.
            http = http.no_proxy();
        }
        let http = http.build().map_err(|_| Error::bad_input("http", "The HTTP client cannot be made."))?;
        Ok(Self { http, base, headers: headers(key, &options.app)? })
    }

    /// Sends, and gives a response that is MAIG's and a success; everything else is an error.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Option<Bytes>,
        head_by: Instant,
    ) -> Result<Response, Error> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        request = request.headers(self.headers.clone()).headers(headers);
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let response = match timeout_at(head_by, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Err(trouble(&error)),
            Err(_) => return Err(silent()),
        };
        judge(response, head_by).await
    }
}

fn headers(key: &Secret<String>, app: &App) -> Result<HeaderMap, Error> {
    let mut headers = HeaderMap::new();
    let mut bearer = HeaderValue::try_from(format!("Bearer {}", key.expose())).map_err(|_| {
        Error::bad_input("key_malformed", "The API key has characters that a key cannot have.")
    })?;
    bearer.set_sensitive(true);
    headers.insert(AUTHORIZATION, bearer);
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("maig-client/", env!("CARGO_PKG_VERSION"))));
    for (name, value) in [
        ("x-maig-app-version", &app.version),
        ("x-maig-platform", &app.platform),
        ("x-maig-bundle-id", &app.bundle_id),
        ("x-maig-install-id", &app.install_id),
        ("x-maig-user", &app.user),
    ] {
        if let Some(value) = value {
            headers.insert(HeaderName::from_static(name), header_value(name, value)?);
        }
    }
    Ok(headers)
}

/// A header's value, or an error that names the header; a line end in a user's name must not become a header.
pub(crate) fn header_value(name: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_bytes(value.as_bytes()).map_err(|_| {
        Error::bad_input(
            "bad_header",
            format!("The value for {name} has characters that a header cannot carry."),
        )
    })
}

/// Takes a response of MAIG's that is a success.
async fn judge(mut response: Response, by: Instant) -> Result<Response, Error> {
    let status = response.status().as_u16();
    let request_id = text(response.headers(), REQUEST_ID);
    if response.status().is_success() && request_id.is_some() {
        return Ok(response);
    }
    let retry_after = text(response.headers(), RETRY_AFTER.as_str())
        .and_then(|seconds| seconds.trim().parse().ok())
        .map(Duration::from_secs);
    let should_retry = match text(response.headers(), "x-should-retry").as_deref() {
        Some("true") => Some(true),
        Some("false") => Some(false),
        _ => None,
    };
    let Some(request_id) = request_id else {
        return Err(not_maig(status, retry_after));
    };
    // Without its explanation, the status still says what happened.
    let body = read(&mut response, MAX_ERROR, by).await.unwrap_or_default();
    Err(wire::error(status, &body).with_request_id(Some(request_id)).with_advice(should_retry, retry_after))
}

fn not_maig(status: u16, retry_after: Option<Duration>) -> Error {
    if matches!(status, 502..=504) {
        let message = "The gateway is not there at the moment: what stands before it said so.";
        return Error::new(ErrorKind::Unavailable, "gateway_away", message)
            .with_status(status)
            .with_advice(None, retry_after);
    }
    Error::new(
        ErrorKind::NotMaig,
        "not_maig",
        format!(
            "The server answered HTTP {status} and is not MAIG. Check the base URL; on a public Wi-Fi, sign in to it \
             first."
        ),
    )
    .with_status(status)
}

/// Reads a whole body, but not past a size and not past a moment.
pub(crate) async fn read(response: &mut Response, most: usize, by: Instant) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    loop {
        match timeout_at(by, response.chunk()).await {
            Ok(Ok(Some(piece))) if body.len() + piece.len() > most => {
                return Err(Error::new(
                    ErrorKind::TooLarge,
                    "answer_too_large",
                    format!(
                        "The answer is longer than {} MiB and was not read to its end.",
                        most / 1024 / 1024
                    ),
                ));
            }
            Ok(Ok(Some(piece))) => body.extend_from_slice(&piece),
            Ok(Ok(None)) => return Ok(body),
            Ok(Err(error)) => return Err(trouble(&error)),
            Err(_) => return Err(silent()),
        }
    }
}

pub(crate) fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

pub(crate) fn silent() -> Error {
    Error::new(ErrorKind::Timeout, "timeout", "The gateway did not answer in time.")
}

/// What the network did, in our words. The library's own text is not repeated: it can name addresses.
pub(crate) fn trouble(error: &reqwest::Error) -> Error {
    if let Some(tls) = cause::<rustls::Error>(error) {
        return distrust(tls);
    }
    if error.is_timeout() {
        let message = "No connection could be opened in time: the network is bad, or the base URL is wrong.";
        return Error::new(ErrorKind::Timeout, "connect_timeout", message);
    }
    if error.is_connect() {
        return match cause::<std::io::Error>(error).map(std::io::Error::kind) {
            Some(std::io::ErrorKind::ConnectionRefused) => Error::new(
                ErrorKind::Network,
                "unreachable",
                "The gateway refuses connections: it is not running there, or is being restarted.",
            ),
            _ => Error::new(
                ErrorKind::Network,
                "offline",
                "The gateway cannot be reached: no network (airplane mode?), or the base URL's host does not exist.",
            ),
        };
    }
    Error::new(
        ErrorKind::Network,
        "connection_lost",
        "The connection was lost before the answer was complete.",
    )
}

fn distrust(error: &rustls::Error) -> Error {
    use rustls::CertificateError as Bad;
    match error {
        rustls::Error::InvalidCertificate(
            Bad::Expired | Bad::ExpiredContext { .. } | Bad::NotValidYet | Bad::NotValidYetContext { .. },
        ) => Error::new(
            ErrorKind::Clock,
            "clock",
            "The server's certificate is not valid at this device's date: check the device's date and time. If they \
             are right, the server's certificate has expired.",
        ),
        rustls::Error::InvalidCertificate(_) => Error::new(
            ErrorKind::Untrusted,
            "untrusted",
            "The server's certificate is not trusted. A company's own authority can be added as an extra root.",
        ),
        _ => Error::new(ErrorKind::Untrusted, "tls", "No secure connection could be made with the server."),
    }
}

/// The first cause of a type. An `io::Error` hides the error that it wraps from `source`, so it is opened first.
fn cause<'a, T: std::error::Error + 'static>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a T> {
    if let Some(found) = error.downcast_ref() {
        return Some(found);
    }
    let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match wrapped {
        Some(wrapped) => cause(wrapped),
        None => cause(error.source()?),
    }
}
