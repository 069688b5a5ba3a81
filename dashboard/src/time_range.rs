//! Which time a page shows, as it stands in the address: `range=24h`, or `from` and `to`. Pure.

use crate::query::Query;
use crate::time;

/// The ranges that a person picks from: how they are written in the address, and what they are called.
pub const PRESETS: &[(&str, &str)] = &[
    ("15m", "Last 15 minutes"),
    ("1h", "Last hour"),
    ("24h", "Last 24 hours"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
];

/// Where the address names none.
pub const DEFAULT: &str = "24h";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeRange {
    /// So many milliseconds up to now, and on with the clock.
    Last { name: String, ms: i64 },
    /// From one moment to another; both are milliseconds since 1970.
    Between { from: i64, to: Option<i64> },
}

impl TimeRange {
    /// What the address says; what it says wrongly is as if it said nothing.
    pub fn of(query: &Query) -> Self {
        if let Some(from) = query.get("from").and_then(time::parse) {
            return Self::Between { from, to: query.get("to").and_then(time::parse) };
        }
        let name = query.get("range").filter(|name| length(name).is_some()).unwrap_or(DEFAULT);
        Self::Last { name: name.to_owned(), ms: length(name).unwrap_or(86_400_000) }
    }

    /// As the API takes it. A range up to now has no end, so that new rows are in it.
    pub fn bounds(&self, now_ms: i64) -> (String, Option<String>) {
        match self {
            Self::Last { ms, .. } => (time::rfc3339(now_ms - ms), None),
            Self::Between { from, to } => (time::rfc3339(*from), to.map(time::rfc3339)),
        }
    }

    pub fn label(&self, offset_min: i64) -> String {
        match self {
            Self::Last { name, .. } => PRESETS
                .iter()
                .find(|(preset, _)| preset == name)
                .map_or_else(|| format!("Last {name}"), |(_, label)| (*label).to_owned()),
            Self::Between { from, to: Some(to) } => {
                format!("{} – {}", time::absolute(*from, offset_min), time::absolute(*to, offset_min))
            }
            Self::Between { from, to: None } => format!("since {}", time::absolute(*from, offset_min)),
        }
    }
}

/// `15m`, `24h`, `7d` in milliseconds.
fn length(name: &str) -> Option<i64> {
    let unit = match name.chars().last()? {
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => return None,
    };
    let number: i64 = name.get(..name.len() - 1)?.parse().ok()?;
    (1..=3660).contains(&number).then_some(number * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_which_time() {
        let last = |name: &str, ms| TimeRange::Last { name: name.to_owned(), ms };
        for (search, expect) in [
            ("", last("24h", 86_400_000)),
            ("?range=7d", last("7d", 7 * 86_400_000)),
            ("?range=90m", last("90m", 90 * 60_000)),
            ("?range=soon", last("24h", 86_400_000)),
            ("?range=0h", last("24h", 86_400_000)),
            ("?range=é", last("24h", 86_400_000)),
            ("?from=2026-11-21", TimeRange::Between { from: 1_795_219_200_000, to: None }),
        ] {
            assert_eq!(TimeRange::of(&Query::parse(search)), expect, "{search}");
        }
        assert_eq!(
            TimeRange::of(&Query::parse("?range=1h")).bounds(1_795_222_800_000).0,
            "2026-11-21T00:00:00.000Z"
        );
    }
}
