//! The handle on the database: open it once, clone it freely. Reads go through `store.projects()` and its siblings,
//! changes through `store.change(actor)`. It must never hand out a connection.

use std::sync::{Arc, PoisonError, RwLock};

use sqlx::Pool;
use sqlx::any::Any;

use crate::change::{Actor, Change};
use crate::connect::{Backend, Pools, connect};
use crate::error::Result;
use crate::migrate::migrate;
use crate::row::Read;
use crate::seal::{MasterKey, canary};
use crate::watch::{Changes, Watch};

#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) pools: Pools,
    key: RwLock<Arc<MasterKey>>,
    pub(crate) watch: Watch,
}

impl Store {
    /// Opens `sqlite:PATH` (made if it is not there) or `postgres://…`, brings it to this program's schema, and
    /// checks the master key. TLS to Postgres by `?sslmode=require` or `verify-full` in the URL.
    ///
    /// Fails with `Newer`, `HalfMigrated`, `Tampered`, `WrongMasterKey`, `BadUrl` or `Unavailable`.
    pub async fn open(url: &str, key: MasterKey) -> Result<Self> {
        let pools = connect(url).await?;
        migrate(&pools).await?;
        let mut tx = pools.writer.begin_with(pools.backend.begin()).await?;
        // Two first starts with two keys: the lock makes the second one check what the first one wrote.
        sqlx::query("UPDATE config_version SET version = version WHERE id = 1").execute(&mut *tx).await?;
        canary::check(&mut tx, &key).await?;
        tx.commit().await?;
        let watch = Watch::new(url);
        Ok(Self { inner: Arc::new(Inner { pools, key: RwLock::new(Arc::new(key)), watch }) })
    }

    /// Starts a transaction of changes in `actor`'s name. Nothing is changed until [`Change::commit`].
    pub async fn change(&self, actor: &Actor) -> Result<Change> {
        Change::begin(self, actor).await
    }

    /// The number of the current configuration; it rises with every committed [`Change`].
    pub async fn version(&self) -> Result<i64> {
        self.inner.version().await
    }

    /// Wakes when the configuration changes, here or in another process: at once for this process's own changes
    /// and with Postgres, within a quarter of a second with SQLite.
    pub fn changes(&self) -> Changes {
        Changes::start(&self.inner)
    }

    /// Whether the database answers; for `/ready`.
    pub async fn ping(&self) -> Result<()> {
        self.version().await.map(drop)
    }

    pub fn backend(&self) -> Backend {
        self.inner.pools.backend
    }

    /// Closes all connections after the running statements.
    pub async fn close(&self) {
        self.inner.pools.reader.close().await;
        self.inner.pools.writer.close().await;
    }

    pub(crate) fn reader(&self) -> &Pool<Any> {
        &self.inner.pools.reader
    }

    pub(crate) fn writer(&self) -> &Pool<Any> {
        &self.inner.pools.writer
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    pub(crate) fn key(&self) -> Arc<MasterKey> {
        Arc::clone(&self.inner.key.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace_key(&self, key: Arc<MasterKey>) {
        *self.inner.key.write().unwrap_or_else(PoisonError::into_inner) = key;
    }
}

impl Inner {
    pub(crate) async fn version(&self) -> Result<i64> {
        sqlx::query("SELECT version FROM config_version WHERE id = 1")
            .fetch_one(&self.pools.reader)
            .await?
            .int("version")
    }
}
