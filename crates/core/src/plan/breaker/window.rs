//! A target's recent outcomes, counted by the second: what a breaker's "half of at least 10 in 30 s" is read from.
//! Its size is fixed, whatever the traffic.

use crate::time::Tick;

const SECONDS: u64 = 30;

/// Outcomes of the current second and the 29 before it.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    buckets: [Bucket; SECONDS as usize],
    /// The second of the newest bucket.
    newest: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Bucket {
    good: u32,
    bad: u32,
}

impl Window {
    pub(super) fn add(&mut self, now: Tick, good: bool) {
        self.turn_to(second(now));
        let bucket = &mut self.buckets[slot(self.newest)];
        let count = if good { &mut bucket.good } else { &mut bucket.bad };
        *count = count.saturating_add(1);
    }

    /// Whether at least `floor` outcomes are known and half of them or more are bad.
    pub(super) fn half_bad(&self, floor: u64) -> bool {
        let (good, bad) = self.buckets.iter().fold((0u64, 0u64), |(good, bad), bucket| {
            (good + u64::from(bucket.good), bad + u64::from(bucket.bad))
        });
        good + bad >= floor && bad >= good
    }

    /// Forgets what has become too old. A moment before the newest (threads report out of order) counts as the newest.
    fn turn_to(&mut self, second: u64) {
        let passed = second.saturating_sub(self.newest).min(SECONDS);
        for step in 1..=passed {
            self.buckets[slot(second - passed + step)] = Bucket::default();
        }
        self.newest = self.newest.max(second);
    }
}

fn second(now: Tick) -> u64 {
    now.as_micros() / 1_000_000
}

fn slot(second: u64) -> usize {
    (second % SECONDS) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(outcomes: &[(u64, bool)]) -> Window {
        let mut window = Window::default();
        for (second, good) in outcomes {
            window.add(Tick::from_micros(second * 1_000_000), *good);
        }
        window
    }

    fn check(outcomes: impl IntoIterator<Item = (u64, bool)>, half_bad: bool) {
        let outcomes: Vec<_> = outcomes.into_iter().collect();
        assert_eq!(window(&outcomes).half_bad(10), half_bad, "{outcomes:?}");
    }

    #[test]
    fn half_of_at_least_ten_is_bad() {
        check([], false);
        check((0..9).map(|n| (n, false)), false);
        check((0..10).map(|n| (n, false)), true);
        check((0..10).map(|n| (n, n % 2 == 0)), true);
        check((0..11).map(|n| (n, n % 2 == 0)), false);
    }

    #[test]
    fn what_is_older_than_thirty_seconds_is_forgotten() {
        check((0..10).map(|_| (0, false)).chain((0..9).map(|_| (29, true))), true);
        check((0..10).map(|_| (0, false)).chain((0..9).map(|_| (30, true))), false);
        check((0..10).map(|_| (0, false)).chain([(1_000_000, false)]), false);
    }

    #[test]
    fn a_late_report_counts_as_the_newest() {
        check((0..9).map(|_| (40, false)).chain([(3, false)]), true);
    }
}
