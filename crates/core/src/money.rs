//! Money as integer nano-dollars: exact to add, the same in both databases, and never a float.

use serde::{Deserialize, Serialize};

/// An amount in 10⁻⁹ US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NanoUsd(pub i64);

impl NanoUsd {
    pub const ZERO: Self = Self(0);

    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl std::fmt::Display for NanoUsd {
    /// Dollars with as many digits as needed; a positive amount is never shown as zero.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (sign, n) = if self.0 < 0 { ("-", self.0.unsigned_abs()) } else { ("", self.0.unsigned_abs()) };
        let (dollars, rest) = (n / 1_000_000_000, n % 1_000_000_000);
        let cents = format!("{rest:09}");
        let shown = cents.trim_end_matches('0');
        let width = shown.len().max(2);
        write!(f, "{sign}${dollars}.{}", &cents[..width])
    }
}
