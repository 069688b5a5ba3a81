//! Calendar months in UTC, which quotas count by. It must never read a clock.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::date::Date;

/// A month as one number, so that counters can be keyed and ordered by it: 12 × year + (month − 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Month(pub u32);

impl Month {
    pub fn of_unix(seconds: u64) -> Self {
        let date = Date::from_unix(seconds);
        Self(u32::from(date.year()) * 12 + u32::from(date.month()) - 1)
    }

    /// The Unix second at which the month begins.
    pub fn unix(self) -> u64 {
        let year = u16::try_from(self.0 / 12).unwrap_or(u16::MAX);
        let month = u8::try_from(self.0 % 12).unwrap_or(0) + 1;
        Date::new(year, month, 1).map_or(0, Date::unix)
    }

    /// The time from a Unix second until the next month begins: what a client over its quota has to wait.
    pub fn time_to_next(seconds: u64) -> Duration {
        let next = Self(Self::of_unix(seconds).0 + 1).unix();
        Duration::from_secs(next.saturating_sub(seconds))
    }
}

impl std::fmt::Display for Month {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}", self.0 / 12, self.0 % 12 + 1)
    }
}
