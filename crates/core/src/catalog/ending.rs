//! When a model ends, in words. `today` is the caller's.

use crate::date::Date;

use super::ModelCard;

/// A model that has ended, or will soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Ended(Date),
    EndsIn { days: i64, on: Date },
}

impl ModelCard {
    /// Whether it has ended, or ends within `days`.
    pub fn ending(&self, today: Date, days: i64) -> Option<Ending> {
        let on = self.ends?;
        match today.days_until(on) {
            left if left <= 0 => Some(Ending::Ended(on)),
            left if left <= days => Some(Ending::EndsIn { days: left, on }),
            _ => None,
        }
    }
}

impl std::fmt::Display for Ending {
    /// As the end of a sentence: "gpt-5 …".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ended(on) => write!(f, "was retired by its provider on {on}"),
            Self::EndsIn { days: 1, on } => write!(f, "is retired by its provider tomorrow, on {on}"),
            Self::EndsIn { days, on } => write!(f, "is retired by its provider in {days} days, on {on}"),
        }
    }
}
