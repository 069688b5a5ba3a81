//! The pooled client, one for the process. HTTP/1.1 only: a broken connection then costs one request, not every stream
//! that shared it, and a cancelled stream is seen by the provider as a closed connection at once.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tower::{BoxError, Service};

/// An unused connection is closed after this; most providers close theirs after a minute or more.
const IDLE: Duration = Duration::from_secs(30);

tokio::task_local! {
    /// The connect clock of the attempt that is being sent; a connection may be opened by nobody else's patience.
    pub(super) static CONNECT_WITHIN: Duration;
}

/// Where every provider is called through.
#[derive(Clone)]
pub struct Upstream {
    /// Shared, because a request holds several handles and each copy of a client is a dozen counters.
    pub(super) http: Arc<Client<TimedConnector, Full<Bytes>>>,
}

impl Upstream {
    pub fn new() -> anyhow::Result<Self> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(Duration::from_secs(30)));
        let tls = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let http = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(TimedConnector { inner: tls });
        Ok(Self { http: Arc::new(http) })
    }
}

/// Opens connections within the attempt's connect clock: DNS, TCP and TLS together.
#[derive(Clone)]
pub(super) struct TimedConnector {
    inner: HttpsConnector<HttpConnector>,
}

impl Service<Uri> for TimedConnector {
    type Response = <HttpsConnector<HttpConnector> as Service<Uri>>::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let within = CONNECT_WITHIN.try_with(|limit| *limit).unwrap_or(Duration::from_secs(5));
        let connecting = self.inner.call(to);
        Box::pin(async move { tokio::time::timeout(within, connecting).await? })
    }
}
