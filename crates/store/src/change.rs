//! A transaction of configuration changes in somebody's name. There is no other way to change configuration, so no
//! change is without its audit row and its new version. A `Change` that is dropped has changed nothing.

use std::sync::Arc;

use maig_core::id::ProjectId;
use sqlx::any::Any;
use sqlx::{AnyConnection, Transaction};

use crate::audit::{self, Entry};
use crate::clock::now_us;
use crate::connect::Backend;
use crate::error::{Result, StoreError};
use crate::row::Read;
use crate::seal::MasterKey;
use crate::store::Store;
use crate::watch::CHANNEL;

/// Who makes a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub kind: ActorKind,
    /// The user's or token's id, if there is one.
    pub id: Option<String>,
    /// What people read: an e-mail address, a token's name, `cli:root`.
    pub label: String,
    /// Where the request came from.
    pub ip: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActorKind {
    User,
    Token,
    /// Someone with access to the machine.
    Cli,
    /// A one-time set-up link.
    Setup,
    /// MAIG itself.
    System,
}

impl Actor {
    pub fn new(kind: ActorKind, id: Option<&str>, label: &str) -> Self {
        Self { kind, id: id.map(str::to_owned), label: label.to_owned(), ip: None }
    }

    pub fn cli(label: &str) -> Self {
        Self::new(ActorKind::Cli, None, label)
    }

    pub fn system() -> Self {
        Self::new(ActorKind::System, None, "maig")
    }
}

impl ActorKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Token => "token",
            Self::Cli => "cli",
            Self::Setup => "setup",
            Self::System => "system",
        }
    }

    pub(crate) fn parse(word: &str) -> Option<Self> {
        [Self::User, Self::Token, Self::Cli, Self::Setup, Self::System]
            .into_iter()
            .find(|k| k.as_str() == word)
    }
}

/// Changes are one at a time, in every process: each waits for the one before it to be committed or dropped. So keep
/// it short, and never hold one while waiting for anything but the store.
pub struct Change {
    tx: Transaction<'static, Any>,
    store: Store,
    actor: Actor,
    key: Arc<MasterKey>,
    version: i64,
    now: i64,
    touched: bool,
}

impl Change {
    pub(crate) async fn begin(store: &Store, actor: &Actor) -> Result<Self> {
        let mut tx = store.writer().begin_with(store.backend().begin()).await?;
        // First the lock that makes changes one at a time, so that all that follows reads what is current.
        let version =
            sqlx::query("UPDATE config_version SET version = version + 1 WHERE id = 1 RETURNING version")
                .fetch_one(&mut *tx)
                .await?
                .int("version")?;
        let (store, actor) = (store.clone(), actor.clone());
        let key = store.key();
        Ok(Self { tx, store, actor, key, version, now: now_us(), touched: false })
    }

    /// Makes all of it real and wakes the gateways. Returns the configuration's version; a `Change` that changed
    /// nothing leaves the version as it was.
    pub async fn commit(mut self) -> Result<i64> {
        if !self.touched {
            self.tx.rollback().await?;
            return Ok(self.version - 1);
        }
        if self.store.backend() == Backend::Postgres {
            sqlx::query("SELECT pg_notify($1, $2)")
                .bind(CHANNEL)
                .bind(self.version.to_string())
                .execute(&mut *self.tx)
                .await?;
        }
        self.tx.commit().await?;
        self.store.inner().watch.saw(self.version);
        Ok(self.version)
    }

    /// Takes everything back, as dropping does.
    pub async fn roll_back(self) -> Result<()> {
        Ok(self.tx.rollback().await?)
    }

    /// Writes an audit row for something that is no row of the store (a sign-in, an export).
    pub async fn note(
        &mut self,
        project: Option<&ProjectId>,
        action: &'static str,
        object: (&'static str, &str, &str),
    ) -> Result<()> {
        let (object_kind, object_id, object_name) = object;
        self.audit(Entry { project, action, object_kind, object_id, object_name, before: None, after: None })
            .await
    }

    pub(crate) async fn audit(&mut self, entry: Entry<'_>) -> Result<()> {
        self.touched = true;
        audit::insert(&mut self.tx, &self.actor, self.now, entry).await
    }

    pub(crate) fn conn(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    pub(crate) fn actor(&self) -> &Actor {
        &self.actor
    }

    pub(crate) fn key(&self) -> Arc<MasterKey> {
        Arc::clone(&self.key)
    }

    /// One moment for all rows of the change.
    pub(crate) fn now(&self) -> i64 {
        self.now
    }
}

/// `Conflict` unless the caller expected nothing, or what is there.
pub(crate) fn expect_version(current: i64, expected: Option<i64>) -> Result<()> {
    match expected {
        Some(version) if version != current => Err(StoreError::Conflict { current }),
        _ => Ok(()),
    }
}
