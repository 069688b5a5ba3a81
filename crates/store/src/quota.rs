//! Monthly counts of keys and projects. The gateway decides on its own counters; here they survive a restart and, on
//! Postgres, add up over instances. Deltas are added by the database, never read and written back.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::page::{MAX_LIST, whole};
use crate::row::Read;
use crate::store::Store;

/// Whose count.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QuotaScope {
    /// By id.
    Project(String),
    /// A project key, by id.
    Key(String),
}

/// What to add to a month: negative takes back what was counted for a request that no target answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageDelta {
    /// `year * 12 + month - 1`, UTC.
    pub month: i32,
    pub scope: QuotaScope,
    pub requests: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow {
    pub scope: QuotaScope,
    pub requests: i64,
}

pub struct Quota<'a>(&'a Store);

impl Store {
    pub fn quota(&self) -> Quota<'_> {
        Quota(self)
    }
}

impl QuotaScope {
    fn columns(&self) -> (&'static str, &str) {
        match self {
            Self::Project(id) => ("project", id),
            Self::Key(id) => ("key", id),
        }
    }
}

impl Quota<'_> {
    /// Every count of a month, at the gateway's start and to learn what other instances added.
    pub async fn load(&self, month: i32) -> Result<Vec<UsageRow>> {
        let rows = sqlx::query("SELECT scope, id, requests FROM monthly_usage WHERE month = $1 LIMIT $2")
            .bind(i64::from(month))
            .bind(MAX_LIST)
            .fetch_all(self.0.reader())
            .await?;
        let read = |row: &sqlx::any::AnyRow| {
            let id = row.text("id")?;
            let scope = row.word("scope", |word| match word {
                "project" => Some(QuotaScope::Project(id)),
                "key" => Some(QuotaScope::Key(id)),
                _ => None,
            })?;
            Ok(UsageRow { scope, requests: row.int("requests")? })
        };
        whole(rows.iter().map(read).collect::<Result<_>>()?, "counts")
    }

    /// All, or on an error none.
    pub async fn add(&self, deltas: &[UsageDelta]) -> Result<()> {
        // One row each and always in the same order, so that two instances cannot wait for each other.
        let mut sums = BTreeMap::<(i64, &QuotaScope), i64>::new();
        for delta in deltas {
            *sums.entry((i64::from(delta.month), &delta.scope)).or_default() += delta.requests;
        }
        sums.retain(|_, sum| *sum != 0);
        if sums.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.writer().begin_with(self.0.backend().begin()).await?;
        for ((month, scope), requests) in sums {
            let (scope, id) = scope.columns();
            sqlx::query(
                "INSERT INTO monthly_usage (month, scope, id, requests) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (month, scope, id) DO UPDATE SET requests = monthly_usage.requests + excluded.requests",
            )
            .bind(month)
            .bind(scope)
            .bind(id)
            .bind(requests)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }
}
