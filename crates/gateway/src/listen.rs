//! Accepts connections and serves them until told to stop. It must never wait for one connection before another, nor
//! let a slow client hold a socket without sending a request.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::ConnectInfo;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// A request's head must arrive in this time; slow senders would otherwise hold sockets.
const HEAD_TIME: Duration = Duration::from_secs(30);

/// What connections get to end once everything has been said.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Opens `addr`; the error says what to do, since a port in use is a newcomer's first mistake.
pub async fn bind(addr: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(addr).await.with_context(|| {
        format!("cannot listen on {addr}; if another program uses the port, choose another with {setting}")
    })
}

/// Serves `router` until `over`; then closes what is idle, and the rest a second later.
pub async fn serve(listener: TcpListener, router: Router, over: CancellationToken) {
    let graceful = GracefulShutdown::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    tokio::spawn(connection(stream, peer, router.clone(), graceful.watcher()));
                }
                Err(error) => {
                    // Out of descriptors, or a connection that died in the queue: neither may end the gateway.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
            () = over.cancelled() => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(LAST_WORDS, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were still busy at the end");
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, watcher: Watcher) {
    // Without it a small second write waits for the peer's delayed ACK: 44 ms on a first token.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, %peer, "TCP_NODELAY could not be set");
    }
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(TokioIo::new(stream), service);
    // An error here is a client that left or spoke no HTTP; the request's own row says the rest.
    if let Err(error) = watcher.watch(served).await {
        tracing::debug!(%error, %peer, "connection ended");
    }
}
