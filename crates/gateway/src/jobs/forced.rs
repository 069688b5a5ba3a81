//! Ends Force Fallback at the time that was set with it. Requests end it by themselves (the time is in their plan); this
//! makes the configuration say so, as a version and an audit row of MAIG's own.

use std::time::Duration;

use maig_store::{Actor, StoreError};

use crate::clock::Clock;
use crate::state::AppState;

/// How late the configuration may say it.
const EVERY: Duration = Duration::from_secs(1);

/// Runs until the process ends.
pub async fn end_forced(state: AppState) {
    loop {
        let due =
            state.snapshot.load().forced_until.is_some_and(|end| end.as_micros() <= Clock::unix_micros());
        if due && let Err(error) = end_due(&state).await {
            tracing::warn!(%error, "a Force Fallback that is over could not be switched off; trying again");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = state.over.cancelled() => return,
        }
    }
}

async fn end_due(state: &AppState) -> Result<(), StoreError> {
    let now = Clock::unix_micros();
    for route in state.store.routes().all().await? {
        let over = route.spec.force_fallback_until.is_some_and(|end| end.as_micros() <= now);
        if !over || !route.spec.force_fallback {
            continue;
        }
        let mut change = state.store.change(&Actor::system()).await?;
        // Another instance, or a person, may have been here first.
        match change
            .routes()
            .force_fallback(&route.project_id, &route.name, false, None, Some(route.version))
            .await
        {
            Ok(_) => drop(change.commit().await?),
            Err(StoreError::Conflict { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
