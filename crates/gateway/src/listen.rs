//! Listening: opens the ports and hands every connection to a worker. It must never read from a connection itself.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::workers::Workers;

/// Opens `addr`; the error says what to do, since a port in use is a newcomer's first mistake.
pub async fn bind(addr: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(addr).await.with_context(|| {
        format!("cannot listen on {addr}; if another program uses the port, choose another with {setting}")
    })
}

/// Accepts until `over`; then lets the workers end.
pub async fn serve(listener: TcpListener, mut workers: Workers, over: CancellationToken) {
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => workers.give(stream, peer).await,
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
    workers.end().await;
}
