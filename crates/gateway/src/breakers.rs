//! Every breaker of this process, one per provider key (at its version) and model, shared by all routes and requests.
//! It outlives snapshots, so that a change of a route does not forget an outage; a changed key begins anew.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use maig_core::id::ProviderKeyId;
use maig_core::plan::Breaker;

/// More models than any project names; beyond it, breakers that nobody holds are let go.
const SWEEP_AT: usize = 4096;

/// What a breaker belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BreakerKey {
    /// `None`: no account, a target that is skipped.
    pub account: Option<ProviderKeyId>,
    /// Rises when the key is rotated.
    pub key_version: i64,
    pub model: String,
    /// Test keys must not see, nor cause, the outages of live ones.
    pub test: bool,
}

#[derive(Default)]
pub struct Breakers {
    all: Mutex<HashMap<BreakerKey, Arc<Mutex<Breaker>>>>,
}

impl Breakers {
    /// The breaker of `key`, made when first asked for.
    pub fn of(&self, key: BreakerKey) -> Arc<Mutex<Breaker>> {
        let mut all = self.lock();
        if all.len() >= SWEEP_AT {
            all.retain(|_, breaker| Arc::strong_count(breaker) > 1);
        }
        Arc::clone(all.entry(key).or_default())
    }

    /// Every breaker, for the dashboard's health strip.
    pub fn list(&self) -> Vec<(BreakerKey, Arc<Mutex<Breaker>>)> {
        self.lock().iter().map(|(key, breaker)| (key.clone(), Arc::clone(breaker))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<BreakerKey, Arc<Mutex<Breaker>>>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
