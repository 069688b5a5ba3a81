//! Bringing the database to this program's schema: forward only, each migration in a transaction of its own, safe when
//! two processes start together. It must never start on a database that it does not fully understand.

use sha2::{Digest, Sha256};
use sqlx::any::Any;
use sqlx::{AnyConnection, Executor, Transaction};

use crate::clock::now_us;
use crate::connect::{Backend, Pools};
use crate::error::{Result, StoreError};
use crate::row::Read;

struct Migration {
    version: i64,
    name: &'static str,
    sql: &'static str,
}

macro_rules! migrations {
    ($($version:literal $name:literal),* $(,)?) => {
        &[$(Migration {
            version: $version,
            name: $name,
            sql: include_str!(concat!("../../../migrations/", $name, ".sql")),
        }),*]
    };
}

/// Every migration in order; `migrations/README.md` says how to add one.
const MIGRATIONS: &[Migration] = migrations![1 "0001_init", 2 "0002_places"];

/// "maig" in ASCII: the advisory lock under which Postgres migrates.
const POSTGRES_LOCK: i64 = 0x6d61_6967;

/// Applies what is missing; refuses newer, half-migrated and tampered databases.
pub(crate) async fn migrate(pools: &Pools) -> Result<()> {
    loop {
        let mut tx = pools.writer.begin_with(pools.backend.begin()).await?;
        if pools.backend == Backend::Postgres {
            sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(POSTGRES_LOCK).execute(&mut *tx).await?;
        }
        let applied = applied(pools.backend, &mut tx).await?;
        check(&applied)?;
        let Some(next) = MIGRATIONS.get(applied.len()) else {
            return Ok(tx.commit().await?);
        };
        apply(pools.backend, &mut tx, next).await.map_err(|error| match error {
            // There is something of it already, or of another program.
            StoreError::Database(why) => {
                StoreError::HalfMigrated { what: format!("{} cannot be applied ({why})", next.name) }
            }
            other => other,
        })?;
        tx.commit().await?;
    }
}

struct Applied {
    version: i64,
    checksum: String,
}

/// What the database says was applied, after making the table that says so.
async fn applied(backend: Backend, tx: &mut Transaction<'static, Any>) -> Result<Vec<Applied>> {
    if !has_table(backend, tx, "schema_migrations").await? {
        if has_table(backend, tx, "config_version").await? {
            return Err(StoreError::HalfMigrated { what: "its list of migrations is gone".into() });
        }
        tx.execute(
            "CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, \
             checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)",
        )
        .await?;
    }
    let rows = sqlx::query("SELECT version, checksum FROM schema_migrations ORDER BY version LIMIT 10000")
        .fetch_all(&mut **tx)
        .await?;
    if !rows.is_empty() && !has_table(backend, tx, "config_version").await? {
        return Err(StoreError::HalfMigrated { what: "its tables are gone".into() });
    }
    rows.iter().map(|r| Ok(Applied { version: r.int("version")?, checksum: r.text("checksum")? })).collect()
}

fn check(applied: &[Applied]) -> Result<()> {
    let known = MIGRATIONS.last().map_or(0, |m| m.version);
    if let Some(found) = applied.last().map(|a| a.version).filter(|&found| found > known) {
        return Err(StoreError::Newer { found, known });
    }
    for (done, expected) in applied.iter().zip(MIGRATIONS) {
        if done.version != expected.version {
            return Err(StoreError::HalfMigrated {
                what: format!("migration {} was never applied", expected.name),
            });
        }
        if done.checksum != checksum(expected.sql) {
            return Err(StoreError::Tampered { version: done.version });
        }
    }
    Ok(())
}

async fn apply(backend: Backend, tx: &mut AnyConnection, migration: &Migration) -> Result<()> {
    let sql = match backend {
        Backend::Sqlite => for_sqlite(migration.sql),
        // A comment to it.
        Backend::Postgres => migration.sql.to_owned(),
    };
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await?;
    sqlx::query(
        "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(migration.version)
    .bind(migration.name)
    .bind(checksum(migration.sql))
    .bind(now_us())
    .execute(tx)
    .await?;
    Ok(())
}

/// Opens the comments that are meant for SQLite, `/*sqlite … */`.
fn for_sqlite(sql: &str) -> String {
    let mut parts = sql.split("/*sqlite ");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(&part.replacen("*/", "", 1));
    }
    text
}

/// Each database keeps its list of tables in a place of its own.
async fn has_table(backend: Backend, tx: &mut AnyConnection, name: &str) -> Result<bool> {
    let sql = match backend {
        Backend::Sqlite => "SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = $1",
        Backend::Postgres => {
            "SELECT COUNT(*) AS n FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1"
        }
    };
    Ok(sqlx::query(sql).bind(name).fetch_one(tx).await?.int("n")? > 0)
}

/// Line ends do not count: a checkout on another system has the same migration.
fn checksum(sql: &str) -> String {
    Sha256::digest(sql.replace("\r\n", "\n")).iter().map(|b| format!("{b:02x}")).collect()
}
