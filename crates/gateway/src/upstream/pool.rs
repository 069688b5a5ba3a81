//! Connections that are open and unused, by the server that they lead to. A request takes the one that was used last,
//! so that the others grow old and are closed. It must never open one, nor give out one that is known to be closed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use tokio::time::{Instant, sleep};

use super::origin::Origin;

/// Kept for one server at most, on each worker: more than a worker's share of streams that end in one moment.
const MOST: usize = 512;

/// What speaks for an open connection: one request at a time. Dropped, it closes the connection.
pub(super) type Sender = SendRequest<Full<Bytes>>;

/// The unused connections of one worker.
#[derive(Debug)]
pub(super) struct Pool {
    /// How long a connection is kept unused.
    keep: Duration,
    idle: Mutex<Idle>,
}

#[derive(Debug, Default)]
struct Idle {
    /// The last of a list was used last.
    by_origin: HashMap<Arc<Origin>, Vec<(Sender, Instant)>>,
    /// Somebody closes what has been unused for too long.
    is_swept: bool,
}

impl Pool {
    pub(super) fn new(keep: Duration) -> Self {
        Self { keep, idle: Mutex::default() }
    }

    /// An open connection, if there is one; since when it was unused, and the time at which it was taken.
    pub(super) fn take(&self, origin: &Origin) -> Option<(Sender, Instant, Instant)> {
        let mut idle = self.lock();
        let connections = idle.by_origin.get_mut(origin)?;
        while let Some((sender, since)) = connections.pop() {
            let now = Instant::now();
            if !sender.is_closed() && now.duration_since(since) < self.keep {
                return Some((sender, since, now));
            }
        }
        None
    }

    /// Keeps a connection whose last answer was read to its end.
    pub(super) fn put(self: &Arc<Self>, origin: &Arc<Origin>, sender: Sender) {
        if sender.is_closed() {
            return;
        }
        let mut idle = self.lock();
        let entry = (sender, Instant::now());
        match idle.by_origin.get_mut(origin) {
            Some(connections) if connections.len() < MOST => connections.push(entry),
            Some(_) => return,
            None => drop(idle.by_origin.insert(Arc::clone(origin), vec![entry])),
        }
        if !std::mem::replace(&mut idle.is_swept, true) {
            tokio::spawn(sweep(Arc::downgrade(self), self.keep / 2));
        }
    }

    /// Closes what has been unused for too long. True: some are left.
    fn close_old(&self) -> bool {
        let mut idle = self.lock();
        idle.by_origin.retain(|_, connections| {
            connections.retain(|(sender, since)| !sender.is_closed() && since.elapsed() < self.keep);
            !connections.is_empty()
        });
        idle.is_swept = !idle.by_origin.is_empty();
        idle.is_swept
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        // Nothing that can panic happens under the lock; were it so, a list of connections is still a list.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs while there is something to close.
async fn sweep(pool: Weak<Pool>, every: Duration) {
    loop {
        sleep(every).await;
        if !pool.upgrade().is_some_and(|pool| pool.close_old()) {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::client::conn::http1;
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

    use super::*;

    const KEEP: Duration = Duration::from_millis(200);

    fn origin(address: &str) -> Arc<Origin> {
        Origin::split(address.parse().expect("an address")).expect("http or https").0
    }

    /// An open connection, and the provider's end of it.
    async fn connection() -> (Sender, DuplexStream) {
        let (ours, theirs) = duplex(64);
        let (mut sender, connection) = http1::handshake(TokioIo::new(ours)).await.expect("a handshake");
        tokio::spawn(connection);
        sender.ready().await.expect("an open connection");
        (sender, theirs)
    }

    #[tokio::test]
    async fn a_connection_is_given_once_and_only_for_its_own_server() {
        let pool = Arc::new(Pool::new(KEEP));
        let (sender, _theirs) = connection().await;
        pool.put(&origin("https://a.example/v1"), sender);
        assert!(pool.take(&origin("https://b.example")).is_none());
        assert!(pool.take(&origin("http://a.example")).is_none());
        assert!(pool.take(&origin("https://A.example:443/v2")).is_some());
        assert!(pool.take(&origin("https://a.example")).is_none());
    }

    #[tokio::test]
    async fn a_connection_that_the_provider_closed_is_not_given() {
        let pool = Arc::new(Pool::new(KEEP));
        let (sender, theirs) = connection().await;
        pool.put(&origin("http://a.example"), sender);
        drop(theirs);
        sleep(KEEP / 10).await;
        assert!(pool.take(&origin("http://a.example")).is_none());
    }

    #[tokio::test]
    async fn what_is_unused_for_too_long_is_closed_without_a_request() {
        let pool = Arc::new(Pool::new(KEEP));
        let (sender, mut theirs) = connection().await;
        pool.put(&origin("http://a.example"), sender);
        // The provider sees the end.
        let end = tokio::time::timeout(KEEP * 20, theirs.read(&mut [0; 8])).await;
        assert_eq!(end.expect("it stayed open").expect("an orderly end"), 0);
        assert!(pool.take(&origin("http://a.example")).is_none());
        assert!(!pool.lock().is_swept, "nobody has to look after an empty pool");
    }

    #[tokio::test]
    async fn no_more_are_kept_than_the_bound() {
        let pool = Arc::new(Pool::new(KEEP));
        let mut ends = Vec::new();
        for _ in 0..MOST + 3 {
            let (sender, theirs) = connection().await;
            pool.put(&origin("http://a.example"), sender);
            ends.push(theirs);
        }
        assert_eq!(pool.lock().by_origin.values().map(Vec::len).sum::<usize>(), MOST);
    }
}
