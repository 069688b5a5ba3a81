//! A stream that the gateway holds for us: its id, how far we got, and the duty to say when we want no more of it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::Method;
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::client::Shared;
use crate::transport;

/// A resumable stream says something every 15 s (ARCHITECTURE, "Streams that outlive a connection"); a connection that
/// is silent for longer is dead, however quiet its death was.
const SILENCE: Duration = Duration::from_secs(20);

/// What a stream without an id has none of.
pub(crate) struct Held {
    shared: Arc<Shared>,
    id: Option<String>,
    /// The number of the last event that was taken.
    seen: u64,
    /// Its id, as the gateway wrote it.
    last: Option<Bytes>,
    /// The id that stands on this connection: an event that has none of its own repeats it.
    standing: Option<Bytes>,
    /// Where a last word can be said when the app drops the stream outside the runtime.
    runtime: Handle,
}

/// Where to go on.
pub(crate) struct Place {
    pub path: String,
    last: HeaderValue,
}

impl Held {
    /// How long one attempt to come back may take: on a bad network the next may find a better moment.
    pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

    pub(crate) fn new(shared: &Arc<Shared>, head: &HeaderMap) -> Self {
        // The id stands in a path: nothing but letters and digits may come in there.
        let id = transport::text(head, "x-maig-stream-id")
            .filter(|id| !id.is_empty() && id.bytes().all(|c| c.is_ascii_alphanumeric()));
        Self {
            shared: Arc::clone(shared),
            id,
            seen: 0,
            last: None,
            standing: None,
            runtime: Handle::current(),
        }
    }

    pub(crate) fn silence(&self, idle: Duration) -> Duration {
        if self.id.is_some() { idle.min(SILENCE) } else { idle }
    }

    /// A connection begins; on it no id stands yet.
    pub(crate) fn connected(&mut self) {
        self.standing = None;
    }

    /// Notes an event, and says whether it is one that was not taken before.
    pub(crate) fn is_new(&mut self, event: Option<&Bytes>) -> bool {
        let (Some(_), Some(event)) = (&self.id, event) else { return true };
        if self.standing.as_ref() == Some(event) {
            return true;
        }
        self.standing = Some(event.clone());
        let number = event.rsplit(|c| *c == b':').next();
        let number = number.and_then(|n| std::str::from_utf8(n).ok()).and_then(|n| n.parse().ok());
        match number {
            Some(number) if number <= self.seen => false,
            Some(number) => {
                self.seen = number;
                self.last = Some(event.clone());
                true
            }
            None => true,
        }
    }

    pub(crate) fn place(&self) -> Option<Place> {
        let id = self.id.as_ref()?;
        let last = match &self.last {
            Some(last) => HeaderValue::from_bytes(last).ok()?,
            None => HeaderValue::try_from(format!("{id}:0")).ok()?,
        };
        Some(Place { path: path(id), last })
    }

    /// The stream is over on the gateway's side.
    pub(crate) fn release(&mut self) {
        self.id = None;
    }
}

/// The app left before the end. A resumable stream outlives its connection, so closing it is not enough.
impl Drop for Held {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let shared = Arc::clone(&self.shared);
        self.runtime.spawn(async move {
            let Ok(transport) = shared.transport() else { return };
            let by = Instant::now() + Self::PATIENCE;
            // Without a network the gateway finds out by itself, when its grace is over.
            let _ = transport.send(Method::DELETE, &path(&id), HeaderMap::new(), None, by).await;
        });
    }
}

impl Place {
    pub(crate) fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter([(HeaderName::from_static("last-event-id"), self.last.clone())])
    }
}

fn path(id: &str) -> String {
    format!("/v1/streams/{id}")
}
