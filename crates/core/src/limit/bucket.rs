//! A bucket that refills continuously, as one number, so that the gateway can keep it in an `AtomicU64` and a refusal
//! can say exactly how long to wait.
//!
//! The number is the moment (in microseconds of the gateway's own clock) at which the bucket will be full again: the
//! "generic cell rate algorithm". Each token taken moves it one token's time further; a bucket of 600 a minute
//! refuses when it would lie more than a minute ahead. It must never read a clock.

use std::time::Duration;

use crate::time::Tick;

use super::Rate;

/// The fixed part of a bucket; the state is the caller's `u64`, 0 for a full bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    /// Microseconds in which one token comes back, times `FINE`.
    per_token: u64,
    /// How far ahead of now the state may lie: a whole empty bucket, times `FINE`.
    depth: u64,
}

/// States count 1/64 µs, so that the rounding of one token's time (10/s is exact, 7000/s is not) stays far below what a
/// limit means; a `u64` still holds nine thousand years of it.
const FINE: u64 = 64;

/// There is no token; the next one comes after `retry_after`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    pub retry_after: Duration,
}

impl Bucket {
    pub fn new(rate: Rate) -> Self {
        let period = u64::try_from(rate.period().as_micros()).unwrap_or(u64::MAX).saturating_mul(FINE);
        let count = u64::from(rate.count());
        // Rounded up, so that never more than the rate comes through; the depth is a multiple, so that a full bucket
        // holds exactly `count`.
        let per_token = period.div_ceil(count);
        Self { per_token, depth: per_token.saturating_mul(count) }
    }

    /// Takes one token: the state to store in place of `state`, or how long to wait.
    pub fn try_take(self, state: u64, now: Tick) -> Result<u64, Refused> {
        let now = now.as_micros().saturating_mul(FINE);
        let next = state.max(now).saturating_add(self.per_token);
        let ahead = next - now;
        if ahead <= self.depth {
            return Ok(next);
        }
        Err(Refused { retry_after: Duration::from_micros((ahead - self.depth).div_ceil(FINE)) })
    }

    /// Hands back one token that was taken (no target answered). Never makes more than a full bucket: a state in the
    /// past is full already.
    pub fn give_back(self, state: u64) -> u64 {
        state.saturating_sub(self.per_token)
    }

    /// Tokens that could be taken now.
    pub fn left(self, state: u64, now: Tick) -> u64 {
        let ahead = state.saturating_sub(now.as_micros().saturating_mul(FINE));
        self.depth.saturating_sub(ahead) / self.per_token
    }
}
