//! What every handler and job of the process shares. Cheap to clone; nothing in it may be waited for by a request.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use arc_swap::ArcSwap;
use maig_core::catalog::Catalog;
use maig_store::Store;
use tokio_util::sync::CancellationToken;

use crate::breakers::Breakers;
use crate::clock::Clock;
use crate::jobs::{KeyTrouble, RequestLog};
use crate::limits::Limits;
use crate::settings::Settings;
use crate::snapshot::Snapshot;
use crate::streams::Streams;
use crate::upstream::Upstream;

/// A handle to the shared parts, and to the upstream connections of one thread.
#[derive(Clone)]
pub struct AppState {
    shared: Arc<Shared>,
    pub upstream: Upstream,
}

pub struct Shared {
    pub settings: Settings,
    pub clock: Clock,
    pub store: Store,
    pub snapshot: ArcSwap<Snapshot>,
    pub catalog: Arc<Catalog>,
    pub breakers: Arc<Breakers>,
    pub limits: Limits,
    pub log: RequestLog,
    /// Streams that outlive their connections.
    pub streams: Streams,
    /// Provider keys that providers refuse.
    pub trouble: KeyTrouble,
    /// Where the simulator answers test keys.
    pub simulator: String,
    /// The drain time is over: streams end.
    pub over: CancellationToken,
    /// SIGTERM came: no new requests.
    pub draining: AtomicBool,
    /// Chat requests that have not ended.
    pub running: AtomicUsize,
}

impl AppState {
    pub fn new(shared: Shared) -> anyhow::Result<Self> {
        Ok(Self { shared: Arc::new(shared), upstream: Upstream::new()? })
    }

    /// The same state with upstream connections of its own, for another thread.
    pub fn for_worker(&self) -> anyhow::Result<Self> {
        Ok(Self { shared: Arc::clone(&self.shared), upstream: Upstream::new()? })
    }

    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}
