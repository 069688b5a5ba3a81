//! Calendar days in UTC, without a clock: what a date is, and which one a Unix second falls on.
//! It must never read a clock or know a time zone.

use serde::{Deserialize, Serialize};

const SECONDS_A_DAY: u64 = 86_400;

/// A day of the Gregorian calendar, `2026-11-30`. Ordered as days are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// `None` for a day that no calendar has (2026-02-30).
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let date = Self { year, month, day };
        let real = (1..=12).contains(&month) && day >= 1 && date == Self::from_days(date.days());
        real.then_some(date)
    }

    /// The day on which a Unix second falls in UTC; a second before 1970 does not exist here.
    pub fn from_unix(seconds: u64) -> Self {
        Self::from_days(i64::try_from(seconds / SECONDS_A_DAY).unwrap_or(i64::MAX))
    }

    /// The Unix second at which the day begins in UTC; 0 for days before 1970.
    pub fn unix(self) -> u64 {
        u64::try_from(self.days()).unwrap_or(0) * SECONDS_A_DAY
    }

    pub fn year(self) -> u16 {
        self.year
    }

    pub fn month(self) -> u8 {
        self.month
    }

    pub fn day(self) -> u8 {
        self.day
    }

    /// Days from `self` to `later`; negative when `later` is earlier.
    pub fn days_until(self, later: Self) -> i64 {
        later.days() - self.days()
    }

    /// Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year; 400 such
    /// years have 146,097 days.
    fn days(self) -> i64 {
        let (year, month, day) = (i64::from(self.year), i64::from(self.month), i64::from(self.day));
        let march_year = if month <= 2 { year - 1 } else { year };
        let march_month = (month + 9) % 12;
        let day_of_year = (153 * march_month + 2) / 5 + day - 1;
        let leap_days = march_year.div_euclid(4) - march_year.div_euclid(100) + march_year.div_euclid(400);
        march_year * 365 + leap_days + day_of_year - 719_468
    }

    fn from_days(days: i64) -> Self {
        // Beyond the year 9999 a date says nothing to anybody.
        let days = days.clamp(-719_162, 2_932_896) + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        let narrow = |n: i64| u8::try_from(n).unwrap_or(1);
        Self { year: u16::try_from(year).unwrap_or(9999), month: narrow(month), day: narrow(day) }
    }
}

/// A text that is not a day written `YYYY-MM-DD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a date; write it as 2026-11-30")]
pub struct NotADate;

impl std::str::FromStr for Date {
    type Err = NotADate;

    fn from_str(text: &str) -> Result<Self, NotADate> {
        let b = text.as_bytes();
        if b.len() != 10 || b[4] != b'-' || b[7] != b'-' {
            return Err(NotADate);
        }
        let digits = |range: std::ops::Range<usize>| {
            b[range].iter().try_fold(0u16, |n, c| c.is_ascii_digit().then(|| n * 10 + u16::from(c - b'0')))
        };
        let (year, month, day) = (digits(0..4), digits(5..7), digits(8..10));
        let narrow = |n: Option<u16>| n.and_then(|n| u8::try_from(n).ok()).ok_or(NotADate);
        Self::new(year.ok_or(NotADate)?, narrow(month)?, narrow(day)?).ok_or(NotADate)
    }
}

impl TryFrom<String> for Date {
    type Error = NotADate;

    fn try_from(text: String) -> Result<Self, NotADate> {
        text.parse()
    }
}

impl From<Date> for String {
    fn from(date: Date) -> Self {
        date.to_string()
    }
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_seconds_fall_on_known_days() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (86_399, "1970-01-01"),
            (86_400, "1970-01-02"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (1_709_164_800, "2024-02-29"),
            (1_795_219_199, "2026-11-20"),
            (1_795_219_200, "2026-11-21"),
            (4_107_542_400, "2100-03-01"),
        ] {
            assert_eq!(Date::from_unix(seconds).to_string(), day, "{seconds}");
        }
        assert_eq!("2026-11-21".parse::<Date>().unwrap().unix(), 1_795_219_200);
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        let first = Date::new(1970, 1, 1).unwrap();
        let mut last = None;
        for n in 0..146_097u64 {
            let date = Date::from_unix(n * SECONDS_A_DAY);
            assert_eq!(date.unix(), n * SECONDS_A_DAY);
            assert_eq!(first.days_until(date), i64::try_from(n).unwrap());
            assert!(last < Some(date), "days ascend");
            assert_eq!(date.to_string().parse(), Ok(date));
            last = Some(date);
        }
    }

    #[test]
    fn what_is_no_day_is_refused() {
        for text in [
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "2026-1-1",
            "26-01-01",
            "+026-01-01",
            "",
            "2026-11-30T",
        ] {
            assert_eq!(text.parse::<Date>(), Err(NotADate), "{text}");
        }
    }
}
