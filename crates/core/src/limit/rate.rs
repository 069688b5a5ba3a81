//! A rate as an operator writes it: `600/min`. Data only.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// So many requests in so much time. The text is its only form outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Rate {
    count: u32,
    per: Per,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Per {
    Second,
    Minute,
    Hour,
    Day,
}

const UNITS: &[(Per, u64, &str, &[&str])] = &[
    (Per::Second, 1, "s", &["s", "sec", "second"]),
    (Per::Minute, 60, "min", &["min", "m", "minute"]),
    (Per::Hour, 3_600, "hour", &["hour", "h"]),
    (Per::Day, 86_400, "day", &["day", "d"]),
];

impl Rate {
    /// Requests that may come at once, and that come back in one period.
    pub fn count(self) -> u32 {
        self.count
    }

    pub fn period(self) -> Duration {
        Duration::from_secs(self.unit().1)
    }

    fn unit(self) -> &'static (Per, u64, &'static str, &'static [&'static str]) {
        UNITS.iter().find(|unit| unit.0 == self.per).unwrap_or(&UNITS[0])
    }
}

/// A text that is not a rate. The message says how one is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a rate; write a whole number above 0 and a unit, such as 10/s, 600/min, 60/hour or 5000/day")]
pub struct NotARate;

impl std::str::FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let (count, unit) = text.split_once('/').ok_or(NotARate)?;
        let unit = unit.trim();
        let (per, ..) = UNITS.iter().find(|(.., names)| names.contains(&unit)).ok_or(NotARate)?;
        // A sign is no digit: `+5/s` is more likely a slip than a wish.
        let count = count.trim();
        let count = count.bytes().all(|b| b.is_ascii_digit()).then(|| count.parse().ok()).flatten();
        count.filter(|n| *n > 0).map(|count| Self { count, per: *per }).ok_or(NotARate)
    }
}

impl TryFrom<String> for Rate {
    type Error = NotARate;

    fn try_from(text: String) -> Result<Self, NotARate> {
        text.parse()
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.to_string()
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.count, self.unit().2)
    }
}
