//! The month's numbers, kept across restarts: what the counters in memory gained is added to the database, not set, so
//! that several instances add up.

use std::collections::HashMap;
use std::time::Duration;

use maig_core::limit::{Counter, Month};
use maig_store::{QuotaScope, Store, UsageDelta};

use crate::clock::Clock;
use crate::state::AppState;

const EVERY: Duration = Duration::from_secs(2);

/// What owners are called in `Limits`: a project's or a key's id under its kind.
pub fn owner(scope: &QuotaScope) -> String {
    match scope {
        QuotaScope::Project(id) => format!("project:{id}"),
        QuotaScope::Key(id) => format!("key:{id}"),
    }
}

fn scope(owner: &str) -> Option<QuotaScope> {
    match owner.split_once(':')? {
        ("project", id) => Some(QuotaScope::Project(id.to_owned())),
        ("key", id) => Some(QuotaScope::Key(id.to_owned())),
        _ => None,
    }
}

/// The database's count of this month, by owner.
pub async fn load_month(store: &Store) -> anyhow::Result<HashMap<String, u64>> {
    let month = month_number(Month::of_unix(Clock::unix_seconds()));
    let rows = store.quota().load(month).await?;
    Ok(rows.into_iter().map(|row| (owner(&row.scope), u64::try_from(row.requests).unwrap_or(0))).collect())
}

/// Adds what was counted since the last time, every two seconds; once more at the end. `written` begins as what the
/// database had at the start, so that what came from there is not added again.
pub async fn save_months(state: AppState, start: HashMap<String, u64>) {
    let month = Month::of_unix(Clock::unix_seconds());
    let mut written: HashMap<String, Counter> =
        start.into_iter().map(|(owner, used)| (owner, Counter { month, used })).collect();
    loop {
        let last = tokio::select! {
            () = tokio::time::sleep(EVERY) => false,
            () = state.over.cancelled() => true,
        };
        save(&state, &mut written).await;
        if last {
            return;
        }
    }
}

async fn save(state: &AppState, written: &mut HashMap<String, Counter>) {
    let now = state.limits.months();
    let deltas: Vec<UsageDelta> = now
        .iter()
        .filter_map(|(owner, counter)| {
            let before = written.get(owner).filter(|w| w.month == counter.month).map_or(0, |w| w.used);
            let requests = i64::try_from(counter.used).ok()? - i64::try_from(before).ok()?;
            (requests != 0).then_some(UsageDelta {
                month: month_number(counter.month),
                scope: scope(owner)?,
                requests,
            })
        })
        .collect();
    if deltas.is_empty() {
        return;
    }
    match state.store.quota().add(&deltas).await {
        Ok(()) => written.extend(now),
        Err(error) => tracing::warn!(%error, "the month's numbers could not be written; trying again"),
    }
}

fn month_number(month: Month) -> i32 {
    i32::try_from(month.0).unwrap_or(i32::MAX)
}
