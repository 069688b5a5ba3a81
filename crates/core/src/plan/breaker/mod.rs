//! Whether a target is asked at all. One breaker stands before each model of each provider key, shared by every route
//! that uses it. It is pure: `now` is given, the same calls give the same states.
//!
//! It counts `connect`, `server_error`, `timeout`, `bad_response`, `stream_cut` and `provider_auth`. Everything else,
//! and a client that left, says nothing about the target's health and changes nothing.
//!
//! 1. Closed → open: 3 counted failures in a row, or half of at least 10 outcomes in 30 s. For 5 s.
//! 2. Closed → open: a rate limit, at once. For its Retry-After, at most 10 minutes; 5 s when it names none; 5 minutes
//!    when the account is empty. Any counted failure that names a Retry-After does the same.
//! 3. Open → open: a failure of a request that was already under way. The later end holds, and its cause with it; no
//!    signal ever shortens a wait.
//! 4. Open → half-open: its time is over. Nothing needs to happen for it.
//! 5. Half-open: one request, the probe, is let through; all others are held back until it is reported.
//! 6. Half-open → closed: the probe succeeded. All counts start afresh.
//! 7. Half-open → open: the probe failed. For twice as long as before, at most 30 s, or as long as 2 says.
//! 8. Half-open → half-open: the probe was cancelled, or failed in a way that says nothing: the next one may go.
//! 9. Open → probing: when every target of a request is held back, the plan may [`force`](Breaker::force) a probe
//!    early. Its success closes (6), unless a failure of another request came in meanwhile: then the wait stands.

mod window;

use std::time::Duration;

use crate::failure::{Failure, FailureKind};
use crate::time::Tick;

use self::window::Window;

const IN_A_ROW: u32 = 3;
const OUTCOMES: u64 = 10;
const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(30);
const LONGEST_ASKED: Duration = Duration::from_secs(10 * 60);
const EMPTY_ACCOUNT: Duration = Duration::from_secs(5 * 60);

#[derive(Debug, Default)]
pub struct Breaker {
    recent: Window,
    in_a_row: u32,
    /// `None`: closed.
    open: Option<Open>,
    /// Probes let through so far; numbers them.
    probes: u64,
}

#[derive(Debug)]
struct Open {
    until: Tick,
    because: FailureKind,
    /// How often the wait was doubled.
    doublings: u32,
    probe: Option<Probe>,
}

#[derive(Debug)]
struct Probe {
    number: u64,
    /// Another request failed while the probe was under way: its success would say less than that failure.
    doubted: bool,
}

/// Leave to send one request, to be given back with its outcome. It is not `Clone`: one request, one outcome.
#[derive(Debug)]
#[must_use = "a probe that is never reported holds back every other request"]
pub struct Permit {
    probe: Option<u64>,
}

#[derive(Debug)]
pub enum Admission {
    Admitted(Permit),
    /// `until` may be past: then a probe is under way.
    HeldBack {
        until: Tick,
        because: FailureKind,
    },
}

/// For the dashboard and the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    Closed,
    Open { until: Tick, because: FailureKind },
    HalfOpen { because: FailureKind },
}

impl Permit {
    /// For a retry of a target that its breaker has already admitted: the plan does not ask again in between.
    pub fn ordinary() -> Self {
        Self { probe: None }
    }
}

impl Breaker {
    /// Whether a request may be sent now. In half-open the first that asks becomes the probe.
    pub fn ask(&mut self, now: Tick) -> Admission {
        match &self.open {
            None => Admission::Admitted(Permit::ordinary()),
            Some(open) if now < open.until || open.probe.is_some() => {
                Admission::HeldBack { until: open.until, because: open.because }
            }
            Some(_) => {
                self.force().map_or_else(|| Admission::Admitted(Permit::ordinary()), Admission::Admitted)
            }
        }
    }

    /// A probe before its time; `None`: one is under way already.
    pub fn force(&mut self) -> Option<Permit> {
        let Some(open) = &mut self.open else { return Some(Permit::ordinary()) };
        if open.probe.is_some() {
            return None;
        }
        self.probes += 1;
        open.probe = Some(Probe { number: self.probes, doubted: false });
        Some(Permit { probe: Some(self.probes) })
    }

    /// Whether a request that asks at `at` would be admitted, as things stand.
    pub fn would_admit(&self, at: Tick) -> bool {
        self.open.as_ref().is_none_or(|open| open.until <= at && open.probe.is_none())
    }

    pub fn succeeded(&mut self, now: Tick, permit: Permit) {
        match &mut self.open {
            None => {
                self.in_a_row = 0;
                self.recent.add(now, true);
            }
            Some(open) => {
                let believed = open.probe.as_ref().is_some_and(|p| permit.is(p) && !p.doubted);
                if believed {
                    *self = Self { probes: self.probes, ..Self::default() };
                } else {
                    self.release(permit);
                }
            }
        }
    }

    pub fn failed(&mut self, now: Tick, permit: Permit, failure: &Failure) {
        let was_probe = self.release(permit);
        let counted = failure.kind.counts_against_health();
        let busy = failure.kind == FailureKind::RateLimit;
        if !counted && !busy {
            return;
        }
        let asked = asked(failure);
        let own = counted || asked.is_none();
        match &mut self.open {
            Some(open) => {
                if was_probe && own {
                    open.doublings = open.doublings.saturating_add(1);
                }
                if let Some(probe) = &mut open.probe {
                    probe.doubted = true;
                }
                let own = own.then(|| cool_down(open.doublings));
                open.lengthen(now + own.max(asked).unwrap_or_default(), failure.kind);
            }
            None => {
                let own = own && (busy || self.count(now));
                let wait = own.then(|| cool_down(0)).max(asked).unwrap_or_default();
                // A provider that asks for no wait at all gets none.
                if !wait.is_zero() {
                    self.open =
                        Some(Open { until: now + wait, because: failure.kind, doublings: 0, probe: None });
                }
            }
        }
    }

    /// The request ended without saying anything about the target. Returns whether it was the probe.
    pub fn release(&mut self, permit: Permit) -> bool {
        let Some(open) = &mut self.open else { return false };
        let was_probe = open.probe.as_ref().is_some_and(|probe| permit.is(probe));
        if was_probe {
            open.probe = None;
        }
        was_probe
    }

    pub fn state(&self, now: Tick) -> BreakerState {
        match &self.open {
            None => BreakerState::Closed,
            Some(open) if now < open.until => BreakerState::Open { until: open.until, because: open.because },
            Some(open) => BreakerState::HalfOpen { because: open.because },
        }
    }

    /// Counts a failure while closed; returns whether it is one too many.
    fn count(&mut self, now: Tick) -> bool {
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.recent.add(now, false);
        self.in_a_row >= IN_A_ROW || self.recent.half_bad(OUTCOMES)
    }
}

impl Permit {
    fn is(&self, probe: &Probe) -> bool {
        self.probe == Some(probe.number)
    }
}

impl Open {
    fn lengthen(&mut self, until: Tick, because: FailureKind) {
        if until > self.until {
            self.until = until;
            self.because = because;
        }
    }
}

/// The wait that we choose ourselves.
fn cool_down(doublings: u32) -> Duration {
    SHORTEST.saturating_mul(1 << doublings.min(8)).min(LONGEST)
}

/// The wait that the provider asks for.
fn asked(failure: &Failure) -> Option<Duration> {
    let named = failure.retry_after.map(|wait| wait.min(LONGEST_ASKED));
    if failure.account_empty { named.max(Some(EMPTY_ACCOUNT)) } else { named }
}

#[cfg(test)]
mod tests;
