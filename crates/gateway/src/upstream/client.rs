//! The HTTP client, one for each worker. HTTP/1.1 only: a broken connection then costs one request, not every stream
//! that shared it, and a cancelled stream is seen by the provider as a closed connection at once. It keeps its own pool
//! over the library's connections: a client for any address clones, formats and hashes that address for every request,
//! which was 9,000 of a request's 118,000 instructions.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use tower::{BoxError, Service as _};

use super::body::{Connection, ReplyBody};
use super::origin::Origin;
use super::pool::{Pool, Sender};
use crate::gather::Gather;

/// An unused connection is closed after this; most providers close theirs after a minute or more.
const IDLE: Duration = Duration::from_secs(30);
/// A server closes what was unused for a while: for this long at least. And a connection that was closed so breaks within
/// a round trip. One that was used a moment ago, or that breaks later, broke over the request.
const STALE: Duration = Duration::from_secs(1);

/// Where every provider is called through.
#[derive(Clone, Debug)]
pub struct Upstream {
    connector: Arc<HttpsConnector<HttpConnector>>,
    pool: Arc<Pool>,
}

/// Why a request has no response.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// There was no connection to send it over.
    #[error("no connection")]
    Connect(#[source] BoxError),
    /// A connection that had been used before was closed just when it was used again.
    #[error("the unused connection was closed")]
    Stale,
    /// It may have been received.
    #[error("the connection broke")]
    Broken(#[source] hyper::Error),
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
        Ok(Self { connector: Arc::new(tls), pool: Arc::new(Pool::new(IDLE)) })
    }

    /// One request over an unused connection, else over a new one that is opened within `connect`. `fresh`: over a new
    /// one. A server may close an unused connection just when it is used: what was not sent over it is sent over the
    /// next, and of what was, `Stale` is said.
    pub(super) async fn call(
        &self,
        origin: &Arc<Origin>,
        mut request: Request<Full<Bytes>>,
        connect: Duration,
        fresh: bool,
    ) -> Result<Response<ReplyBody>, CallError> {
        loop {
            let (mut sender, taken) = match (!fresh).then(|| self.pool.take(origin)).flatten() {
                Some((mut sender, since, at)) => {
                    // Its last answer was read to the end; its task may still have to notice.
                    if !sender.is_ready() && sender.ready().await.is_err() {
                        continue;
                    }
                    (sender, Some((since, at)))
                }
                // Boxed, as everything rare and large: a request's future is moved once, and carries room for all of it.
                None => (Box::pin(self.open(origin, connect)).await.map_err(CallError::Connect)?, None),
            };
            match sender.try_send_request(request).await {
                Ok(response) => {
                    let over =
                        Connection { pool: Arc::clone(&self.pool), origin: Arc::clone(origin), sender };
                    return Ok(response.map(|incoming| ReplyBody::new(incoming, over)));
                }
                Err(mut error) => match (error.take_message(), taken) {
                    (Some(unsent), Some(_)) => request = unsent,
                    (_, Some((since, at)))
                        if at.duration_since(since) >= STALE
                            && at.elapsed() < STALE
                            && !error.error().is_parse() =>
                    {
                        return Err(CallError::Stale);
                    }
                    _ => return Err(CallError::Broken(error.into_error())),
                },
            }
        }
    }

    /// Opens a connection: DNS, TCP and TLS together within `connect`.
    async fn open(&self, origin: &Origin, connect: Duration) -> Result<Sender, BoxError> {
        let opening = async {
            let mut connector = HttpsConnector::clone(&self.connector);
            poll_fn(|cx| connector.poll_ready(cx)).await?;
            let io = connector.call(origin.uri.clone()).await?;
            Ok::<_, BoxError>(http1::handshake(Gather::new(io)).await?)
        };
        let (sender, connection) = tokio::time::timeout(connect, opening).await??;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "upstream connection ended");
            }
        });
        Ok(sender)
    }
}
