//! Telling gateways that the configuration changed. Within a process through a channel; between processes by polling
//! the version, which Postgres shortens with LISTEN/NOTIFY. It must never miss a change for longer than one poll.

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::watch;

use crate::connect::Backend;
use crate::store::Inner;

pub(crate) const CHANNEL: &str = "maig_config";
const POLL_SQLITE: Duration = Duration::from_millis(250);
/// Behind LISTEN, for a notice that was lost with its connection.
const POLL_POSTGRES: Duration = Duration::from_secs(1);

pub(crate) struct Watch {
    url: String,
    sender: watch::Sender<i64>,
    follower: OnceLock<()>,
}

impl Watch {
    pub(crate) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), sender: watch::Sender::new(0), follower: OnceLock::new() }
    }

    /// Versions only rise: a late poll must not take a newer one back.
    pub(crate) fn saw(&self, version: i64) {
        self.sender.send_if_modified(|seen| {
            let newer = version > *seen;
            if newer {
                *seen = version;
            }
            newer
        });
    }
}

/// A receiver of configuration versions. A slow reader sees the newest one only.
pub struct Changes {
    receiver: watch::Receiver<i64>,
    /// Keeps the store, and with it the sender, alive.
    _store: Arc<Inner>,
}

impl Changes {
    pub(crate) fn start(store: &Arc<Inner>) -> Self {
        let receiver = store.watch.sender.subscribe();
        store.watch.follower.get_or_init(|| {
            tokio::spawn(follow(Arc::downgrade(store), store.watch.url.clone()));
        });
        Self { receiver, _store: Arc::clone(store) }
    }

    /// Waits for a version newer than the last one that this receiver returned. The first call may return the
    /// current version at once. Dropping the future loses nothing.
    pub async fn next(&mut self) -> i64 {
        if self.receiver.changed().await.is_err() {
            // Unreachable while `_store` holds the sender; waiting for ever is what "no more changes" means.
            std::future::pending::<()>().await;
        }
        *self.receiver.borrow_and_update()
    }
}

/// Runs until the store is dropped or its pool closed. A database that is away is asked again at the next turn.
async fn follow(store: Weak<Inner>, url: String) {
    let mut listener = None;
    loop {
        let Some(inner) = store.upgrade() else { return };
        let backend = inner.pools.backend;
        if inner.pools.reader.is_closed() {
            return;
        }
        if backend == Backend::Postgres && listener.is_none() {
            listener = listen(&url).await;
        }
        if let Ok(version) = inner.version().await {
            inner.watch.saw(version);
        }
        drop(inner);
        match (&mut listener, backend) {
            (Some(live), _) => {
                // `Err` is a poll's turn; a listener that failed is made anew.
                if let Ok(Err(_)) = tokio::time::timeout(POLL_POSTGRES, live.recv()).await {
                    listener = None;
                }
            }
            (None, Backend::Sqlite) => tokio::time::sleep(POLL_SQLITE).await,
            (None, Backend::Postgres) => tokio::time::sleep(POLL_POSTGRES).await,
        }
    }
}

async fn listen(url: &str) -> Option<PgListener> {
    let mut listener = PgListener::connect(url).await.ok()?;
    listener.listen(CHANNEL).await.ok()?;
    Some(listener)
}
