//! Sign-in attempts, counted by account and by the machine's address: after some wrong ones in a quarter of an hour, a
//! wait. In memory: a restart forgives, which costs an attacker nothing that argon2id does not.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Wrong passwords of one account.
pub(super) const ACCOUNT: u32 = 10;
/// Of one address, behind which a whole office may sit.
pub(super) const MACHINE: u32 = 50;
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// More entries than any honest day has; beyond it, those that are over are let go.
const SWEEP_AT: usize = 10_000;

static WRONG: OnceLock<Mutex<HashMap<String, (u32, Instant)>>> = OnceLock::new();

fn with<T>(work: impl FnOnce(&mut HashMap<String, (u32, Instant)>) -> T) -> T {
    let map = WRONG.get_or_init(Mutex::default);
    work(&mut map.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Seconds to wait, if `who` has used up the attempts that it is allowed.
pub(super) fn wait(who: &str, allowed: u32) -> Option<u64> {
    with(|map| {
        let (count, since) = map.get(who)?;
        let left = WINDOW.checked_sub(since.elapsed())?;
        (*count >= allowed).then(|| left.as_secs().max(1))
    })
}

pub(super) fn wrong(who: &str) {
    with(|map| {
        if map.len() >= SWEEP_AT {
            map.retain(|_, (_, since)| since.elapsed() < WINDOW);
        }
        let entry = map.entry(who.to_owned()).or_insert((0, Instant::now()));
        if entry.1.elapsed() >= WINDOW {
            *entry = (0, Instant::now());
        }
        entry.0 += 1;
    });
}

pub(super) fn right(who: &str) {
    with(|map| map.remove(who));
}
