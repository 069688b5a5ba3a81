//! Follows the database: whenever its version moves, a new snapshot takes the old one's place, within a second.
//! A snapshot that cannot be made is said in the log and tried again; the old one serves on.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::state::AppState;

const RETRY: Duration = Duration::from_secs(1);

/// Runs until the process ends. `used`: what the database had counted of this month at the start; counters that are
/// made later begin there.
pub async fn watch(state: AppState, used: HashMap<String, u64>) {
    let mut changes = state.store.changes();
    loop {
        let version = changes.next().await;
        if version == state.snapshot.load().version {
            continue;
        }
        while let Err(error) = refresh(&state, &used).await {
            tracing::error!(%error, "the new configuration could not be read; the old one serves on");
            tokio::time::sleep(RETRY).await;
        }
    }
}

async fn refresh(state: &AppState, used: &HashMap<String, u64>) -> anyhow::Result<()> {
    let next = super::build(state, used).await?;
    tracing::info!(version = next.version, "configuration in force");
    state.snapshot.store(Arc::new(next));
    Ok(())
}
