//! The request log's way to the database: a bounded queue and one writer that inserts in batches. A row that finds the
//! queue full is lost, and counted: the log may fall behind under overload, requests may not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use maig_store::{RequestRow, Result, Store, StoreError};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TryRecvError;

/// Half a second of an instance at its limit, minutes of one in use.
const QUEUE: usize = 16 * 1024;
/// A transaction's own cost, its pages that every batch writes anew above all, is shared by so many rows.
const BATCH: usize = 1024;
/// How often the queue is looked at; what people see in Logs is no older.
const LINGER: Duration = Duration::from_millis(100);
const RETRY: Duration = Duration::from_millis(500);
/// How often a database that is away is asked once the gateway ends.
const LAST_TRIES: u32 = 3;
/// Rows of a batch that are looked for one by one. Where more are refused it is not the rows' fault.
const MOST_REFUSED: u32 = 16;

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
    /// Of these, what found the queue full and was not told yet.
    overflowed: AtomicU64,
    /// No row will follow those in the queue.
    ended: AtomicBool,
    /// How often a database that is away was asked after that, for all that is in the queue.
    last_tries: AtomicU32,
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
            self.shared.overflowed.fetch_add(1, Ordering::Relaxed);
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
            write_all(&batch, &log, &store).await;
            batch.clear();
        }
        log.tell_overflow();
        if ended {
            return;
        }
        if !full {
            tokio::time::sleep(LINGER).await;
        }
    }
}

impl LogState {
    /// Says in the process's log what is missing in the requests': nobody else would notice.
    fn tell_overflow(&self) {
        match self.overflowed.swap(0, Ordering::Relaxed) {
            0 => {}
            rows => tracing::error!(rows, "the queue of log rows was full; these rows are lost"),
        }
    }
}

/// Where rows are written: all of those given, or none.
trait Database {
    fn insert(&self, rows: &[RequestRow]) -> impl Future<Output = Result<u64>> + Send;
}

impl Database for Store {
    async fn insert(&self, rows: &[RequestRow]) -> Result<u64> {
        self.requests().insert(rows).await
    }
}

/// Writes a batch whatever it takes. A database that is away is waited for: meanwhile the queue fills, and beyond its bound
/// rows are lost. A row that the database refuses is lost alone, and not those that came with it.
async fn write_all(batch: &[RequestRow], log: &LogState, database: &impl Database) {
    let mut parts = vec![batch];
    let mut refused = 0;
    while let Some(part) = parts.pop() {
        let Err(error) = database.insert(part).await else { continue };
        let lost = match error {
            StoreError::Unavailable(_) if log.last_tries.load(Ordering::Relaxed) < LAST_TRIES => {
                tracing::warn!(%error, rows = part.len(), "log rows could not be written; trying again");
                log.tell_overflow();
                log.last_tries.fetch_add(log.ended.load(Ordering::Acquire).into(), Ordering::Relaxed);
                parts.push(part);
                tokio::time::sleep(RETRY).await;
                continue;
            }
            StoreError::Unavailable(_) => part,
            _ if part.len() > 1 && refused < MOST_REFUSED => {
                let (first, second) = part.split_at(part.len() / 2);
                parts.extend([second, first]);
                continue;
            }
            _ => part,
        };
        refused += 1;
        log.lost.fetch_add(lost.len() as u64, Ordering::Relaxed);
        tracing::error!(%error, rows = lost.len(), "log rows could not be written and are lost");
    }
}

impl RequestLog {
    /// What the writer must know.
    pub fn state(&self) -> Arc<LogState> {
        Arc::clone(&self.shared)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Is away at first, and refuses rows of a certain name ever after.
    #[derive(Default)]
    struct Fake {
        refuses: &'static str,
        away: AtomicU64,
        asked: AtomicU64,
        written: Mutex<Vec<String>>,
    }

    impl Database for Fake {
        async fn insert(&self, rows: &[RequestRow]) -> Result<u64> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            if self.away.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1)).is_ok() {
                return Err(StoreError::Unavailable("away".into()));
            }
            if rows.iter().any(|row| &*row.route == self.refuses) {
                return Err(StoreError::Database("refused".into()));
            }
            self.written.lock().unwrap().extend(rows.iter().map(|row| row.route.to_string()));
            Ok(rows.len() as u64)
        }
    }

    /// What was written, and how many rows were lost.
    async fn write(names: &[&str], fake: &Fake, ended: bool) -> (String, u64) {
        let row = |name: &&str| RequestRow { route: (*name).into(), ..RequestRow::default() };
        let batch: Vec<RequestRow> = names.iter().map(row).collect();
        let log = LogState { ended: ended.into(), ..LogState::default() };
        write_all(&batch, &log, fake).await;
        (fake.written.lock().unwrap().concat(), log.lost.into_inner())
    }

    #[tokio::test]
    async fn a_row_that_the_database_refuses_takes_no_other_with_it() {
        let fake = Fake { refuses: "bad", ..Fake::default() };
        let names = ["a", "bad", "b", "c", "bad", "d", "e"];
        assert_eq!(write(&names, &fake, false).await, ("abcde".to_owned(), 2));
    }

    #[tokio::test]
    async fn a_database_that_refuses_everything_is_not_asked_for_every_row() {
        let fake = Fake { refuses: "bad", ..Fake::default() };
        assert_eq!(write(&["bad"; 1000], &fake, false).await, (String::new(), 1000));
        assert!(fake.asked.into_inner() < 100);
    }

    #[test]
    fn a_row_that_finds_the_queue_full_is_counted_and_told_once() {
        let (log, _rows) = RequestLog::new();
        for _ in 0..QUEUE + 3 {
            log.write(RequestRow::default());
        }
        assert_eq!((log.lost(), log.shared.overflowed.load(Ordering::Relaxed)), (3, 3));
        log.shared.tell_overflow();
        assert_eq!((log.lost(), log.shared.overflowed.load(Ordering::Relaxed)), (3, 0));
    }

    #[tokio::test]
    async fn a_database_that_is_away_costs_no_row_until_the_gateway_ends() {
        let away = || Fake { away: 5.into(), ..Fake::default() };
        assert_eq!(write(&["a", "b"], &away(), false).await, ("ab".to_owned(), 0));
        let fake = away();
        assert_eq!(write(&["a", "b"], &fake, true).await, (String::new(), 2));
        assert_eq!(fake.asked.into_inner(), 4);
    }
}
