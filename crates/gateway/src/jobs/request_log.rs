//! The request log's way to the database: a bounded queue and one writer that inserts in batches. A row that finds the
//! queue full is lost, and counted: the log may fall behind under overload, requests may not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use maig_store::{RequestRow, Store};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

/// Half a second of an instance at its limit, minutes of one in use.
const QUEUE: usize = 16 * 1024;
/// A transaction's own cost, its pages that every batch writes anew above all, is shared by so many rows.
const BATCH: usize = 1024;
/// How often the queue is looked at; what people see in Logs is no older.
const LINGER: Duration = Duration::from_millis(100);
const RETRY: Duration = Duration::from_millis(500);
const RETRIES: u32 = 20;

/// Where finished requests are handed in.
#[derive(Clone)]
pub struct RequestLog {
    queue: mpsc::Sender<RequestRow>,
    shared: Arc<LogState>,
}

/// What the senders and the writer know of each other.
#[derive(Default)]
pub struct LogState {
    lost: AtomicU64,
    /// No row will follow those in the queue.
    ended: AtomicBool,
}

impl RequestLog {
    pub fn new() -> (Self, mpsc::Receiver<RequestRow>) {
        let (queue, rows) = mpsc::channel(QUEUE);
        (Self { queue, shared: Arc::default() }, rows)
    }

    /// Hands a row in, or counts it as lost.
    pub fn write(&self, row: RequestRow) {
        if self.queue.try_send(row).is_err() {
            self.shared.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Lets the writer end once the queue is empty, whoever still holds a sender.
    pub fn end(&self) {
        self.shared.ended.store(true, Ordering::Release);
    }

    /// Rows that were not written since the start.
    pub fn lost(&self) -> u64 {
        self.shared.lost.load(Ordering::Relaxed)
    }
}

/// Writes until the log was told to end, or every sender is gone, and the queue is empty. It looks at the queue by its
/// own clock: a writer that waited for rows would have to be woken by the request that brings one.
pub async fn write_requests(store: Store, log: Arc<LogState>, mut rows: mpsc::Receiver<RequestRow>) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        if log.ended.load(Ordering::Acquire) {
            // What is in the queue can still be taken out.
            rows.close();
        }
        let ended = loop {
            match rows.try_recv() {
                Ok(row) => batch.push(row),
                Err(TryRecvError::Empty) => break false,
                Err(TryRecvError::Disconnected) => break true,
            }
            if batch.len() == BATCH {
                break false;
            }
        };
        let full = batch.len() == BATCH;
        if !batch.is_empty() {
            insert(&store, &batch, &log.lost).await;
            batch.clear();
        }
        if ended {
            return;
        }
        if !full {
            tokio::time::sleep(LINGER).await;
        }
    }
}

async fn insert(store: &Store, batch: &[RequestRow], lost: &AtomicU64) {
    for attempt in 1..=RETRIES {
        match store.requests().insert(batch).await {
            Ok(_) => return,
            Err(error) if attempt == RETRIES => {
                lost.fetch_add(u64::try_from(batch.len()).unwrap_or(u64::MAX), Ordering::Relaxed);
                tracing::error!(%error, rows = batch.len(), "log rows could not be written and are lost");
            }
            Err(error) => {
                tracing::warn!(%error, rows = batch.len(), "log rows could not be written; trying again");
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

impl RequestLog {
    /// What the writer must know.
    pub fn state(&self) -> Arc<LogState> {
        Arc::clone(&self.shared)
    }
}
