//! Forgetting: old request rows in small batches, so that no delete holds the writer for long; rollups, counts, expired
//! sessions and links after longer times. The caller repeats while there is more, with a pause between.

use maig_core::id::ProjectId;

use crate::error::Result;
use crate::row::Read;
use crate::store::Store;

pub struct Retention<'a>(&'a Store);

impl Store {
    pub fn retention(&self) -> Retention<'_> {
        Retention(self)
    }
}

impl Retention<'_> {
    /// Deletes at most `batch` of a project's request rows from before `before`, oldest first. Returns how many; fewer
    /// than `batch` means that it is done.
    pub async fn delete_requests(&self, project: &ProjectId, before: i64, batch: u32) -> Result<u64> {
        let done = sqlx::query(
            "DELETE FROM requests WHERE project_id = $1 AND (started_at, id) IN (SELECT started_at, id FROM requests \
             WHERE project_id = $2 AND started_at < $3 ORDER BY started_at LIMIT $4)",
        )
        .bind(project.as_str())
        .bind(project.as_str())
        .bind(before)
        .bind(i64::from(batch))
        .execute(self.0.writer())
        .await?;
        if done.rows_affected() < u64::from(batch) {
            // Not before the last of their rows: a search finds rows by their block.
            sqlx::query("DELETE FROM request_blocks WHERE project_id = $1 AND last_at < $2")
                .bind(project.as_str())
                .bind(before)
                .execute(self.0.writer())
                .await?;
        }
        Ok(done.rows_affected())
    }

    /// Ids that requests or rollups name and that are no project any more: their rows go by
    /// [`Self::delete_requests`] and [`Self::delete_rollups`] with `i64::MAX`.
    pub async fn orphans(&self) -> Result<Vec<ProjectId>> {
        // One step of the index for each project, where DISTINCT would read a million rows.
        let rows = sqlx::query(
            "WITH RECURSIVE seen (id) AS (SELECT MIN(project_id) FROM requests UNION ALL \
             SELECT (SELECT MIN(project_id) FROM requests WHERE project_id > seen.id) FROM seen WHERE seen.id IS NOT NULL) \
             SELECT id FROM seen WHERE id IS NOT NULL AND id NOT IN (SELECT id FROM projects) \
             UNION SELECT DISTINCT project_id FROM rollups WHERE project_id NOT IN (SELECT id FROM projects) LIMIT 1000",
        )
        .fetch_all(self.0.reader())
        .await?;
        rows.iter().map(|row| Ok(ProjectId::from(row.text("id")?))).collect()
    }

    /// A project's hourly sums from before `before`.
    pub async fn delete_rollups(&self, project: &ProjectId, before: i64) -> Result<u64> {
        let done = sqlx::query("DELETE FROM rollups WHERE project_id = $1 AND hour < $2")
            .bind(project.as_str())
            .bind(before)
            .execute(self.0.writer())
            .await?;
        Ok(done.rows_affected())
    }

    /// Sessions, links and playground keys that are over at `now`, and counts of months before `month`.
    pub async fn delete_expired(&self, now: i64, month: i32) -> Result<()> {
        let mut tx = self.0.writer().begin_with(self.0.backend().begin()).await?;
        sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(&mut *tx).await?;
        sqlx::query("DELETE FROM setup_tokens WHERE expires_at <= $1").bind(now).execute(&mut *tx).await?;
        // No change of configuration: a key that is over opens nothing already.
        sqlx::query("DELETE FROM project_keys WHERE playground = 1 AND expires_at <= $1")
            .bind(now)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM monthly_usage WHERE month < $1")
            .bind(i64::from(month))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}
