//! Opening connections: the one place where SQLite and Postgres differ in how they are reached.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::any::{Any, AnyPoolOptions};
use sqlx::{AnyConnection, Connection as _, Executor, Pool};

use crate::error::{Result, StoreError};

/// How long a caller waits for a free connection, and SQLite for another process's write lock.
const WAIT: Duration = Duration::from_secs(5);
const SQLITE_READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// SQLite: one writer connection and a pool of readers. Postgres: the same pool twice.
#[derive(Clone)]
pub(crate) struct Pools {
    pub(crate) backend: Backend,
    pub(crate) writer: Pool<Any>,
    pub(crate) reader: Pool<Any>,
}

impl Backend {
    pub(crate) fn of(url: &str) -> Result<Self> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Ok(Self::Sqlite),
            Some("postgres" | "postgresql") => Ok(Self::Postgres),
            _ => Err(StoreError::BadUrl("it must start with sqlite: or postgres:".into())),
        }
    }

    /// How a write transaction begins. SQLite's default would take the write lock at the first write, and fail at
    /// once when another process wrote in between.
    pub(crate) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }
}

pub(crate) async fn connect(url: &str) -> Result<Pools> {
    sqlx::any::install_default_drivers();
    match Backend::of(url)? {
        Backend::Sqlite => connect_sqlite(url).await,
        Backend::Postgres => {
            reach(url).await?;
            let pool = AnyPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(WAIT)
                .after_connect(|conn, _| {
                    // What is asked for is recent and in memory: taken for as far as on a turning disk, a thousand
                    // blocks of the log would rather be read all and sorted.
                    Box::pin(async move { conn.execute("SET random_page_cost = 1.1").await.map(drop) })
                })
                .connect(url)
                .await?;
            Ok(Pools { backend: Backend::Postgres, writer: pool.clone(), reader: pool })
        }
    }
}

/// Asks the database something with a connection of its own, and says why it does not answer: a pool tries again until
/// its time is over, and then knows only that it is. A server that is just being started is waited for.
async fn reach(url: &str) -> Result<()> {
    let begun = Instant::now();
    loop {
        let asked = async {
            let mut connection = AnyConnection::connect(url).await?;
            // SQLite reads nothing of a file before it must.
            let backend = Backend::of(url)?;
            let question = if backend == Backend::Sqlite { "PRAGMA schema_version" } else { "SELECT 1" };
            connection.execute(question).await?;
            // Dropped, not closed: the driver's orderly end of a Postgres connection sometimes waits for ever.
            Ok(())
        };
        match tokio::time::timeout(WAIT, asked).await {
            Ok(Err(StoreError::Unavailable(_))) if begun.elapsed() < WAIT => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Ok(done) => return done,
            Err(_) => return Err(StoreError::Unavailable("nothing came back in time".into())),
        }
    }
}

async fn connect_sqlite(url: &str) -> Result<Pools> {
    if url.contains(":memory:") || url.contains("mode=memory") {
        // Readers and the writer would each see a database of their own.
        return Err(StoreError::BadUrl("a database in memory is not supported; name a file".into()));
    }
    let path = sqlite_path(url);
    make_private(Path::new(&path))?;
    reach(url).await?;
    let options = AnyPoolOptions::new().acquire_timeout(WAIT).idle_timeout(None).max_lifetime(None);
    // The first connection turns the file to WAL, so that the readers find it so.
    let writer = options
        .clone()
        .max_connections(1)
        .after_connect(|conn, _| Box::pin(prepare_writer(conn)))
        .connect(url)
        .await?;
    let reader = options
        .max_connections(SQLITE_READERS)
        .after_connect(|conn, _| {
            Box::pin(async move {
                conn.execute("PRAGMA busy_timeout = 5000; PRAGMA query_only = 1; PRAGMA foreign_keys = 1;")
                    .await
                    .map(drop)
            })
        })
        .connect(url)
        .await?;
    Ok(Pools { backend: Backend::Sqlite, writer, reader })
}

async fn prepare_writer(conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
    // Each checkpoint writes and syncs the pages that every batch changes: once in 16 MB instead of in 4. The cache keeps
    // those pages from being read again. Each page costs two writes and a read on its way, so larger ones cost less; a
    // database that is there keeps the size that it was made with. What a statement would need to take itself back is
    // kept in memory: else every batch of log rows makes a file and writes most of its pages there too.
    conn.execute(
        "PRAGMA page_size = 16384; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = 1; PRAGMA synchronous = NORMAL; \
         PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY;",
    )
    .await?;
    // SQLite does not call its busy handler for this switch: two processes that make the file together must wait here.
    let mut waited = Duration::ZERO;
    loop {
        match conn.execute("PRAGMA journal_mode = WAL;").await {
            Err(sqlx::Error::Database(e)) if e.message().contains("locked") && waited < WAIT => {
                let step = Duration::from_millis(20);
                tokio::time::sleep(step).await;
                waited += step;
            }
            other => return other.map(drop),
        }
    }
}

/// The file of `sqlite:PATH`, `sqlite://PATH` with `%xx` and `?…` taken off, as the driver reads it.
fn sqlite_path(url: &str) -> String {
    let rest = url.trim_start_matches("sqlite:").trim_start_matches("//");
    let path = rest.split_once('?').map_or(rest, |(path, _)| path);
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = (first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Makes the file readable by its owner alone; SQLite gives its -wal and -shm files the same mode.
fn make_private(path: &Path) -> Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|e| StoreError::BadUrl(format!("the file {} cannot be opened: {e}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::sqlite_path;

    #[test]
    fn the_path_of_a_sqlite_url_is_what_the_driver_reads() {
        for (url, path) in [
            ("sqlite:/tmp/a.db", "/tmp/a.db"),
            ("sqlite:///tmp/a.db?mode=rwc", "/tmp/a.db"),
            ("sqlite://data/a%20b%3F.db", "data/a b?.db"),
            ("sqlite:a%zz.db", "a%zz.db"),
        ] {
            assert_eq!(sqlite_path(url), path, "{url}");
        }
    }
}
