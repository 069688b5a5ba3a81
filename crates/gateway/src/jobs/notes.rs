//! What the dashboard shows of keys without asking anybody: when a project key was last used, and what a provider last
//! said against a provider key. Gathered in memory, written now and then; losing a note loses nothing.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use maig_core::failure::{Failure, FailureKind};
use maig_core::id::{ProjectKeyId, ProviderKeyId};

use crate::state::AppState;

const EVERY: Duration = Duration::from_secs(5);

/// Provider keys that were refused since the last writing.
#[derive(Default)]
pub struct KeyTrouble(Mutex<HashMap<ProviderKeyId, String>>);

impl KeyTrouble {
    /// Notes a refusal of the key itself, and says it in the log: an operator must act on it.
    pub fn note(&self, key: &ProviderKeyId, target: &str, failure: &Failure) {
        if failure.kind != FailureKind::ProviderAuth && !failure.account_empty {
            return;
        }
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Said once per writing, not once per request.
        if noted.insert(key.clone(), failure.error.message.clone()).is_none() {
            let what = match failure.account_empty {
                true => "a provider's account is empty",
                false => "a provider refuses the gateway's own key",
            };
            // Not named `target`: so every line of the log names the module that wrote it.
            tracing::error!(model = target, kind = %failure.kind, "{what}: {}", failure.error.message);
        }
    }

    fn take(&self) -> HashMap<ProviderKeyId, String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Runs until the process ends, and writes once more then.
pub async fn write_notes(state: AppState) {
    let mut written: HashMap<ProjectKeyId, i64> = HashMap::new();
    loop {
        let last = tokio::select! {
            () = tokio::time::sleep(EVERY) => false,
            () = state.over.cancelled() => true,
        };
        if let Err(error) = write(&state, &mut written).await {
            tracing::warn!(%error, "notes on keys could not be written");
        }
        if last {
            return;
        }
    }
}

async fn write(state: &AppState, written: &mut HashMap<ProjectKeyId, i64>) -> anyhow::Result<()> {
    for (key, message) in state.trouble.take() {
        state.store.provider_keys().note_error(&key, Some(&message)).await?;
    }
    let mut used = Vec::new();
    for caller in state.snapshot.load_full().callers.values() {
        let at = caller.last_used.load(Ordering::Relaxed);
        if at > written.get(&caller.key).copied().unwrap_or(0) {
            used.push((caller.key.clone(), at));
        }
    }
    if !used.is_empty() {
        state.store.project_keys().note_used(&used).await?;
        written.extend(used);
    }
    Ok(())
}
