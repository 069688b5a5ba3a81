//! A known word sealed under the master key, so that a wrong key is refused at the start and not at the first request.

use sqlx::AnyConnection;

use super::{MasterKey, Place, open, seal};
use crate::error::Result;
use crate::row::Read;

const KEY: &str = "seal_canary";
const WORD: &str = "the master key is right";
pub(super) const PLACE: Place<'static> = Place { table: "meta", column: "value", id: KEY, project: "" };

/// Checks the canary, or makes it in a new database.
pub(crate) async fn check(conn: &mut AnyConnection, key: &MasterKey) -> Result<()> {
    let row =
        sqlx::query("SELECT value FROM meta WHERE key = $1").bind(KEY).fetch_optional(&mut *conn).await?;
    match row {
        Some(row) => open(key, PLACE, &row.text("value")?).map(drop),
        None => write(conn, key).await,
    }
}

pub(super) async fn write(conn: &mut AnyConnection, key: &MasterKey) -> Result<()> {
    sqlx::query(
        "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    .bind(KEY)
    .bind(seal(key, PLACE, WORD)?)
    .execute(conn)
    .await?;
    Ok(())
}
