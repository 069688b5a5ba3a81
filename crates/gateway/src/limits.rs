//! The counters behind limits: buckets of keys, projects and end users, and the requests of a month. All in memory;
//! the month's numbers are written to the database by `jobs::quotas`. They outlive snapshots, so that a change of a
//! route hands nobody a fresh bucket. It must never wait, and never grow without bound.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use maig_core::limit::{Bucket, Counter, Month, Rate, Reservation};
use maig_core::time::Tick;

/// End users are many; a shard that is full lets those go whose bucket is full again anyway.
const SHARDS: usize = 16;
const USERS_PER_SHARD: usize = 8192;

/// Every counter of this process.
pub struct Limits {
    buckets: Mutex<HashMap<String, Arc<AtomicU64>>>,
    months: Mutex<HashMap<String, Arc<Mutex<Counter>>>>,
    users: [Mutex<HashMap<u64, u64>>; SHARDS],
    hasher: RandomState,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            buckets: Mutex::default(),
            months: Mutex::default(),
            users: std::array::from_fn(|_| Mutex::default()),
            hasher: RandomState::new(),
        }
    }
}

/// One limited thing's rate, ready to be asked on the hot path.
#[derive(Clone, Debug)]
pub struct RateGate {
    bucket: Bucket,
    state: Arc<AtomicU64>,
}

/// One limited thing's requests of a month.
#[derive(Clone, Debug)]
pub struct MonthGate {
    pub quota: u64,
    counter: Arc<Mutex<Counter>>,
}

impl Limits {
    /// The gate of `owner` (a key's or a project's id).
    pub fn rate(&self, owner: &str, rate: Rate) -> RateGate {
        let state = Arc::clone(lock(&self.buckets).entry(owner.to_owned()).or_default());
        RateGate { bucket: Bucket::new(rate), state }
    }

    /// The monthly gate of `owner`. `used`: what the database counted this month, where nothing is counted here yet.
    pub fn month(&self, owner: &str, quota: u64, month: Month, used: u64) -> MonthGate {
        let counter = Arc::clone(
            lock(&self.months)
                .entry(owner.to_owned())
                .or_insert_with(|| Arc::new(Mutex::new(Counter { month, used }))),
        );
        MonthGate { quota, counter }
    }

    /// Takes one request of an end user of `owner`; the token by which it can be handed back.
    pub fn user(&self, owner: &str, user: &str, rate: Rate, now: Tick) -> Result<UserTaken, Duration> {
        let bucket = Bucket::new(rate);
        let id = self.hasher.hash_one((owner, user));
        let mut shard = lock(&self.users[Self::shard(id)]);
        if shard.len() >= USERS_PER_SHARD && !shard.contains_key(&id) {
            shard.retain(|_, state| bucket.left(*state, now) < u64::from(rate.count()));
            if shard.len() >= USERS_PER_SHARD {
                // All of them are being limited right now: better to forget one than to refuse a newcomer.
                let some = shard.keys().next().copied();
                some.map(|key| shard.remove(&key));
            }
        }
        let state = shard.entry(id).or_default();
        *state = bucket.try_take(*state, now).map_err(|refused| refused.retry_after)?;
        Ok(UserTaken { id, bucket })
    }

    pub fn give_back_user(&self, taken: UserTaken) {
        if let Some(state) = lock(&self.users[Self::shard(taken.id)]).get_mut(&taken.id) {
            *state = taken.bucket.give_back(*state);
        }
    }

    /// The month's numbers of every owner, for the writer.
    pub fn months(&self) -> Vec<(String, Counter)> {
        lock(&self.months).iter().map(|(owner, counter)| (owner.clone(), *lock(counter))).collect()
    }

    fn shard(id: u64) -> usize {
        usize::try_from(id % SHARDS as u64).unwrap_or_default()
    }
}

/// One request taken from an end user's bucket.
#[derive(Clone, Copy, Debug)]
pub struct UserTaken {
    id: u64,
    bucket: Bucket,
}

impl RateGate {
    pub fn take(&self, now: Tick) -> Result<(), Duration> {
        let mut seen = self.state.load(Ordering::Relaxed);
        loop {
            let next = self.bucket.try_take(seen, now).map_err(|refused| refused.retry_after)?;
            match self.state.compare_exchange_weak(seen, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(changed) => seen = changed,
            }
        }
    }

    pub fn give_back(&self) {
        let _ = self
            .state
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |state| Some(self.bucket.give_back(state)));
    }
}

impl MonthGate {
    /// `None`: the quota is used up.
    pub fn take(&self, now: Month) -> Option<Reservation> {
        lock(&self.counter).reserve(now, self.quota).ok()
    }

    pub fn give_back(&self, reservation: Reservation) {
        lock(&self.counter).give_back(reservation);
    }
}

/// A poisoned lock holds numbers that are whole all the same: each is written in one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
