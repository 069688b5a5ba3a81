//! How long to wait before the same target is tried again: exponential, jittered, and never sooner than the provider
//! asks. A pure function of the request's seed, so that a plan can be replayed.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(4);

/// The wait after the `failures`th failure in a row of one target (1 for the first): between half of 250 ms, 500 ms,
/// 1 s, … 4 s and all of it, so that many clients of one failed target do not come back at the same moment.
pub(super) fn backoff(seed: u64, failures: u32, retry_after: Option<Duration>) -> Duration {
    let doublings = failures.saturating_sub(1).min(8);
    let ceiling = (FIRST * (1 << doublings)).min(LONGEST);
    let half = ceiling / 2;
    let spread = u64::try_from(half.as_micros()).unwrap_or(u64::MAX).saturating_add(1);
    let jitter = Duration::from_micros(scramble(seed.wrapping_add(u64::from(failures))) % spread);
    (half + jitter).max(retry_after.unwrap_or_default())
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014): neighbouring inputs give unrelated outputs.
fn scramble(input: u64) -> u64 {
    let mut z = input.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wait_lies_between_half_of_its_step_and_all_of_it() {
        for (failures, step_ms) in
            [(1, 250), (2, 500), (3, 1_000), (4, 2_000), (5, 4_000), (6, 4_000), (99, 4_000)]
        {
            for seed in 0..200 {
                let wait = backoff(seed, failures, None);
                let step = Duration::from_millis(step_ms);
                assert!(wait >= step / 2 && wait <= step, "{failures}: {wait:?} of {step:?}");
            }
        }
    }

    #[test]
    fn the_same_seed_waits_the_same_and_others_spread() {
        assert_eq!(backoff(7, 1, None), backoff(7, 1, None));
        let mut waits: Vec<_> = (0..100).map(|seed| backoff(seed, 1, None)).collect();
        waits.sort_unstable();
        waits.dedup();
        assert!(waits.len() > 90, "only {} different waits", waits.len());
    }

    #[test]
    fn a_wait_is_never_sooner_than_the_provider_asks() {
        let asked = Duration::from_secs(3);
        assert_eq!(backoff(1, 1, Some(asked)), asked);
        assert!(backoff(1, 1, Some(Duration::ZERO)) >= FIRST / 2);
    }
}
