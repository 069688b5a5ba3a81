//! How long things took, in buckets whose counts can be added: percentiles of an hour cannot be averaged to those of a
//! day, but their buckets can be merged. Eight buckets to each doubling, so that a percentile is right within 5 %.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::error::{Result, StoreError};

/// Values in microseconds; zero and less count as 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: BTreeMap<u16, u64>,
}

/// Buckets of one doubling, as a power of two.
const FINE: u32 = 3;

impl Histogram {
    pub fn record(&mut self, micros: i64) {
        let value = u64::try_from(micros.max(1)).unwrap_or(1);
        *self.counts.entry(bucket(value)).or_default() += 1;
    }

    pub fn merge(&mut self, other: &Self) {
        for (&bucket, &count) in &other.counts {
            let sum = self.counts.entry(bucket).or_default();
            *sum = sum.saturating_add(count);
        }
    }

    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The value in microseconds below which the part `q` (0 to 1) of all lies: the middle of its bucket. `None`
    /// without values.
    pub fn quantile(&self, q: f64) -> Option<i64> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a rank of at most the count, where being one off does not matter"
        )]
        let rank = ((self.count() as f64 * q.clamp(0.0, 1.0)).ceil() as u64).max(1);
        let mut seen = 0;
        self.counts.iter().find_map(|(&bucket, &count)| {
            seen += count;
            (seen >= rank).then(|| middle(bucket))
        })
    }

    /// `bucket:count` pairs with a space between.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        for (bucket, count) in &self.counts {
            let space = if text.is_empty() { "" } else { " " };
            // Writing to a String cannot fail.
            let _ = write!(text, "{space}{bucket}:{count}");
        }
        text
    }

    pub(super) fn from_text(text: &str) -> Result<Self> {
        let pair = |pair: &str| {
            let (bucket, count) = pair.split_once(':')?;
            Some((bucket.parse().ok()?, count.parse().ok()?))
        };
        let counts = text.split_whitespace().map(pair).collect::<Option<_>>();
        counts
            .map(|counts| Self { counts })
            .ok_or_else(|| StoreError::Corrupt { what: "a histogram".into(), why: "it is not pairs".into() })
    }
}

/// The doubling (position of the highest bit) and the next three bits.
fn bucket(value: u64) -> u16 {
    let doubling = value.ilog2();
    let step = if doubling >= FINE { value >> (doubling - FINE) } else { value << (FINE - doubling) };
    let within = step & ((1 << FINE) - 1);
    u16::try_from(u64::from(doubling << FINE) | within).unwrap_or(u16::MAX)
}

fn middle(bucket: u16) -> i64 {
    let doubling = u32::from(bucket) >> FINE;
    let step = u128::from(bucket & ((1 << FINE) - 1)) | (1 << FINE);
    let low = (step << doubling) >> FINE;
    let high = ((step + 1) << doubling) >> FINE;
    // Below 8 µs a bucket is one value.
    i64::try_from(low.midpoint(high.max(low + 1) - 1)).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_right_within_a_sixteenth() {
        for value in (0..62).flat_map(|n| [1_i64 << n, (1 << n) + (1 << n) / 3, (1 << n) * 2 - 1]) {
            let mut one = Histogram::default();
            one.record(value);
            let found = one.quantile(0.5).unwrap();
            assert!((found - value).abs() <= value / 16, "{value} became {found}");
        }
    }

    #[test]
    fn percentiles_of_a_known_spread() {
        let mut all = Histogram::default();
        (1..=1000).for_each(|ms| all.record(ms * 1000));
        for (q, ms) in [(0.0, 1), (0.5, 500), (0.95, 950), (0.99, 990), (1.0, 1000)] {
            let found = all.quantile(q).unwrap();
            assert!((found - ms * 1000).abs() <= ms * 1000 / 16, "p{q}: {found}");
        }
        assert_eq!(Histogram::default().quantile(0.5), None);
    }

    #[test]
    fn merging_counts_what_recording_all_would() {
        let (mut a, mut b, mut all) = (Histogram::default(), Histogram::default(), Histogram::default());
        for n in 0..1000_i64 {
            let value = n * n * 37 % 900_000;
            if n % 3 == 0 {
                a.record(value)
            } else {
                b.record(value)
            }
            all.record(value);
        }
        a.merge(&Histogram::from_text(&b.to_text()).unwrap());
        assert_eq!(a, all);
        assert_eq!(a.count(), 1000);
    }

    #[test]
    fn a_text_that_is_no_histogram_is_refused() {
        for bad in ["x", "1", "1:x", "70000:1", "1:-1"] {
            assert!(Histogram::from_text(bad).is_err(), "{bad}");
        }
        assert!(Histogram::from_text("").unwrap().is_empty());
    }
}
