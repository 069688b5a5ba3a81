//! Deletes what has been kept long enough: log rows after the project's retention, rollups after much longer, and
//! sessions and tokens that are over. In small batches, so that the writer is never kept waiting.

use std::time::Duration;

use maig_core::limit::Month;

use crate::clock::Clock;
use crate::state::AppState;

const EVERY: Duration = Duration::from_secs(600);
const DAY_US: i64 = 86_400_000_000;
/// What a project keeps when it does not say.
pub const DEFAULT_DAYS: u32 = 30;
const ROLLUP_DAYS: i64 = 400;
const BATCH: u32 = 1000;

/// Runs until the process ends.
pub async fn retain(state: AppState) {
    loop {
        if let Err(error) = once(&state).await {
            tracing::warn!(%error, "old rows could not be deleted; trying again in ten minutes");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = state.over.cancelled() => return,
        }
    }
}

async fn once(state: &AppState) -> anyhow::Result<()> {
    let now = Clock::unix_micros();
    let store = &state.store;
    for project in store.projects().list().await? {
        let days = project.retention_days.unwrap_or(i64::from(DEFAULT_DAYS));
        while store.retention().delete_requests(&project.id, now - days * DAY_US, BATCH).await?
            >= u64::from(BATCH)
        {
            tokio::task::yield_now().await;
        }
        store.retention().delete_rollups(&project.id, now - ROLLUP_DAYS * DAY_US).await?;
    }
    for orphan in store.retention().orphans().await? {
        while store.retention().delete_requests(&orphan, i64::MAX, BATCH).await? >= u64::from(BATCH) {}
        store.retention().delete_rollups(&orphan, i64::MAX).await?;
    }
    let month = i32::try_from(Month::of_unix(Clock::unix_seconds()).0)?;
    store.retention().delete_expired(now, month).await?;
    Ok(())
}
