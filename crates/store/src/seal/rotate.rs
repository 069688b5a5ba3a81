//! Resealing everything under a new master key, in one transaction: afterwards the old key opens nothing.

use std::sync::Arc;

use sqlx::AnyConnection;

use super::{MasterKey, Place, canary, open, seal};
use crate::audit::Entry;
use crate::change::Actor;
use crate::error::Result;
use crate::row::Read;
use crate::second_factors;
use crate::store::Store;

impl Store {
    /// Reseals every secret under `new` and returns how many there were. On an error nothing has changed. Other
    /// instances keep the old key in memory and must be restarted. With a key file: [`super::key_file::stage`] the
    /// new key first, [`super::key_file::promote`] it after.
    pub async fn rotate_master_key(&self, actor: &Actor, new: MasterKey) -> Result<u64> {
        let mut change = self.change(actor).await?;
        let old = change.key();
        let resealed = reseal_provider_keys(change.conn(), &old, &new).await?
            + reseal_second_factors(change.conn(), &old, &new).await?;
        canary::write(change.conn(), &new).await?;
        change
            .audit(Entry {
                project: None,
                action: "master_key.rotate",
                object_kind: "master_key",
                object_id: "",
                object_name: "master key",
                before: None,
                after: Some(serde_json::json!({ "resealed": resealed })),
            })
            .await?;
        change.commit().await?;
        self.replace_key(Arc::new(new));
        Ok(resealed)
    }
}

async fn reseal_provider_keys(conn: &mut AnyConnection, old: &MasterKey, new: &MasterKey) -> Result<u64> {
    let rows = sqlx::query("SELECT id, project_id, sealed_secret, sealed_headers FROM provider_keys")
        .fetch_all(&mut *conn)
        .await?;
    let mut count = 0;
    for row in rows {
        let (id, project) = (row.text("id")?, row.text("project_id")?);
        let mut reseal = |column: &'static str| -> Result<Option<String>> {
            let Some(sealed) = row.text_or_null(column)? else { return Ok(None) };
            let place = Place { table: "provider_keys", column, id: &id, project: &project };
            count += 1;
            seal(new, place, open(old, place, &sealed)?.expose()).map(Some)
        };
        let (secret, headers) = (reseal("sealed_secret")?, reseal("sealed_headers")?);
        sqlx::query("UPDATE provider_keys SET sealed_secret = $1, sealed_headers = $2 WHERE id = $3")
            .bind(secret)
            .bind(headers)
            .bind(&id)
            .execute(&mut *conn)
            .await?;
    }
    Ok(count)
}

async fn reseal_second_factors(conn: &mut AnyConnection, old: &MasterKey, new: &MasterKey) -> Result<u64> {
    let rows = sqlx::query("SELECT user_id, sealed_secret FROM second_factors").fetch_all(&mut *conn).await?;
    let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    for row in rows {
        let user = row.text("user_id")?;
        let place = second_factors::place(&user);
        let sealed = seal(new, place, open(old, place, &row.text("sealed_secret")?)?.expose())?;
        sqlx::query("UPDATE second_factors SET sealed_secret = $1 WHERE user_id = $2")
            .bind(sealed)
            .bind(&user)
            .execute(&mut *conn)
            .await?;
    }
    Ok(count)
}
