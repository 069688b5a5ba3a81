//! One thread a core, each with a runtime and a pool of upstream connections of its own. A request stays on the thread
//! of its connection, upstream included, so no step of it wakes another thread; that is most of what a request costs.
//! A worker must never block: passwords are hashed, and databases asked, elsewhere.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::gather::Gather;

/// A request's head must arrive in this time; slow senders would otherwise hold sockets.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// What connections get to end once everything has been said.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// Connections that wait for their worker; the kernel's own queue is behind it.
const INBOX: usize = 1024;

type Accepted = (std::net::TcpStream, SocketAddr);

/// The threads that serve one port.
pub struct Workers {
    inboxes: Vec<mpsc::Sender<Accepted>>,
    ended: Vec<oneshot::Receiver<()>>,
    next: usize,
}

impl Workers {
    /// Starts `count` threads; `app` is called once for each.
    pub fn start(
        count: usize,
        over: &CancellationToken,
        mut app: impl FnMut() -> anyhow::Result<App>,
    ) -> anyhow::Result<Self> {
        let (mut inboxes, mut ended) = (Vec::new(), Vec::new());
        for index in 0..count.max(1) {
            let (inbox, connections) = mpsc::channel(INBOX);
            let (end, has_ended) = oneshot::channel();
            let app = Arc::new(app()?);
            let over = over.clone();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            thread::Builder::new()
                .name(format!("maig-worker-{index}"))
                .spawn(move || {
                    runtime.block_on(work(connections, app, over));
                    // A client that does not read holds its request open; dropped here, it still writes its row.
                    // It must not wait for a look-up of a name that is still under way.
                    runtime.shutdown_background();
                    // The listener may have stopped waiting; nobody else wants to know.
                    let _ = end.send(());
                })
                .context("a worker thread could not be started")?;
            inboxes.push(inbox);
            ended.push(has_ended);
        }
        Ok(Self { inboxes, ended, next: 0 })
    }

    /// Hands a connection to the next worker in turn.
    pub async fn give(&mut self, stream: TcpStream, peer: SocketAddr) {
        self.next = (self.next + 1) % self.inboxes.len();
        match stream.into_std() {
            // A worker ends only after the listener.
            Ok(stream) => drop(self.inboxes[self.next].send((stream, peer)).await),
            Err(error) => tracing::warn!(%error, "a connection could not be handed to its worker"),
        }
    }

    /// Waits until every worker has ended.
    pub async fn end(self) {
        drop(self.inboxes);
        for ended in self.ended {
            let _ = ended.await;
        }
    }
}

/// A worker's life.
async fn work(mut connections: mpsc::Receiver<Accepted>, app: Arc<App>, over: CancellationToken) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = connections.recv() => accepted,
            () = over.cancelled() => None,
        };
        let Some((stream, peer)) = accepted else { break };
        match TcpStream::from_std(stream) {
            Ok(stream) => drop(tokio::spawn(connection(stream, peer, Arc::clone(&app), graceful.watcher()))),
            Err(error) => tracing::warn!(%error, "a connection could not be served"),
        }
    }
    if tokio::time::timeout(LAST_WORDS, graceful.shutdown()).await.is_err() {
        tracing::warn!("connections were still busy at the end");
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, app: Arc<App>, watcher: Watcher) {
    // Without it a small second write waits for the peer's delayed ACK: 44 ms on a first token.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, %peer, "TCP_NODELAY could not be set");
    }
    let service = service_fn(move |request: Request<Incoming>| {
        let app = Arc::clone(&app);
        async move { Ok::<_, Infallible>(app.answer(request, peer).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .serve_connection(Gather::new(TokioIo::new(stream)), service);
    // An error here is a client that left or spoke no HTTP; the request's own row says the rest.
    if let Err(error) = watcher.watch(served).await {
        tracing::debug!(%error, %peer, "connection ended");
    }
}
