//! Writing a batch: its rows and what they add to the hourly sums, in one transaction, so that both always agree.

use std::sync::LazyLock;

use sqlx::any::{Any, AnyArguments};
use sqlx::{AnyConnection, Arguments as _};

use super::Requests;
use super::blocks::add_to_blocks;
use super::id::RequestId;
use super::row::{COLUMN_COUNT, COLUMNS, RequestRow};
use crate::connect::Backend;
use crate::error::Result;
use crate::rollups::add_to_rollups;
use crate::row::flag;

/// Rows of one statement. Few sizes, so that each has its prepared statement; the largest stays below both databases'
/// limit of parameters (32,766 in SQLite, 65,535 in Postgres).
const SIZES: [usize; 4] = [256, 32, 4, 1];

/// SQLite's driver looks every numbered parameter up by its name, which walks the list of all; a plain `?` is not looked
/// up. Postgres knows only numbers.
static IN_SQLITE: LazyLock<[String; SIZES.len()]> =
    LazyLock::new(|| SIZES.map(|rows| statement(rows, |_| "?".into())));
static IN_POSTGRES: LazyLock<[String; SIZES.len()]> =
    LazyLock::new(|| SIZES.map(|rows| statement(rows, |n| format!("${n}"))));

fn statements(backend: Backend) -> &'static [String; SIZES.len()] {
    match backend {
        Backend::Sqlite => &IN_SQLITE,
        Backend::Postgres => &IN_POSTGRES,
    }
}

impl Requests<'_> {
    /// Writes all rows, or on an error none. A row whose id is there already (in its project, with its start) is left as it was and counted once, so
    /// that a batch may be written again when it is not known whether its commit arrived. Returns how many were new.
    pub async fn insert(&self, rows: &[RequestRow]) -> Result<u64> {
        if rows.is_empty() {
            return Ok(0);
        }
        let mut tx = self.0.writer().begin_with(self.0.backend().begin()).await?;
        let mut rest = rows;
        let mut fresh = 0;
        let mut repeated = false;
        for (size, statement) in SIZES.iter().zip(statements(self.0.backend())) {
            while let Some((chunk, after)) = rest.split_at_checked(*size) {
                let new = insert_chunk(&mut tx, statement, chunk).await?;
                repeated |= new != chunk.len() as u64;
                fresh += new;
                rest = after;
            }
        }
        if repeated {
            // Rare: only now it matters which rows were new, so take it back and go row by row.
            tx.rollback().await?;
            return self.insert_one_by_one(rows).await;
        }
        add_to_blocks(&mut tx, rows.iter()).await?;
        add_to_rollups(&mut tx, rows.iter()).await?;
        tx.commit().await?;
        Ok(fresh)
    }

    async fn insert_one_by_one(&self, rows: &[RequestRow]) -> Result<u64> {
        let mut tx = self.0.writer().begin_with(self.0.backend().begin()).await?;
        let mut fresh = Vec::new();
        let one = &statements(self.0.backend())[SIZES.len() - 1];
        for row in rows {
            if insert_chunk(&mut tx, one, std::slice::from_ref(row)).await? == 1 {
                fresh.push(row);
            }
        }
        add_to_blocks(&mut tx, fresh.iter().copied()).await?;
        add_to_rollups(&mut tx, fresh.iter().copied()).await?;
        tx.commit().await?;
        Ok(fresh.len() as u64)
    }
}

async fn insert_chunk(conn: &mut AnyConnection, statement: &'static str, rows: &[RequestRow]) -> Result<u64> {
    let mut arguments = AnyArguments::default();
    arguments.reserve(rows.len() * COLUMN_COUNT, 0);
    for row in rows {
        bind(&mut arguments, row).map_err(sqlx::Error::Encode)?;
    }
    Ok(sqlx::query_with::<Any, _>(statement, arguments).execute(conn).await?.rows_affected())
}

/// In the order of [`COLUMNS`].
fn bind(to: &mut AnyArguments, row: &RequestRow) -> Result<(), sqlx::error::BoxDynError> {
    to.add(row.id.text(&mut [0; RequestId::LENGTH]))?;
    to.add(row.project_id.as_str())?;
    to.add(row.key_id.as_ref().map(|id| id.as_str()))?;
    to.add(&*row.route)?;
    to.add(row.served_by.as_deref())?;
    to.add(i64::from(row.status))?;
    to.add(row.error_code.as_deref())?;
    to.add(flag(row.test))?;
    to.add(flag(row.fallback))?;
    to.add(row.started_at)?;
    to.add(row.app_version.as_deref())?;
    to.add(row.platform.as_deref())?;
    to.add(row.end_user.as_deref())?;
    to.add(serde_json::to_string(row)?)
}

fn statement(rows: usize, parameter: impl Fn(usize) -> String) -> String {
    let mut sql = format!("INSERT INTO requests ({COLUMNS}) VALUES ");
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..COLUMN_COUNT {
            if column > 0 {
                sql.push_str(", ");
            }
            sql.push_str(&parameter(row * COLUMN_COUNT + column + 1));
        }
        sql.push(')');
    }
    sql.push_str(" ON CONFLICT (project_id, started_at, id) DO NOTHING");
    sql
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_columns_are_named_as_are_bound() {
        assert_eq!(COLUMNS.split(',').count(), COLUMN_COUNT);
        assert!(IN_POSTGRES[0].contains("$3583, $3584) ON CONFLICT"));
        assert_eq!(IN_SQLITE[0].matches('?').count(), 256 * COLUMN_COUNT);
    }
}
