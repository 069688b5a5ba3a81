//! Times as people and programs read them: RFC 3339 in UTC outside, microseconds since 1970 inside.
//! It must never read a clock.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// `2026-11-21T10:15:00.123456Z`.
pub fn rfc3339(micros: i64) -> String {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX).to_string()
}

/// An RFC 3339 time with any offset, or a date, which means its first moment in UTC.
pub fn parse(text: &str) -> Option<i64> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.as_microsecond());
    }
    let date: Date = text.parse().ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp().as_microsecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_survive_the_way_there_and_back() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(parse(text).map(rfc3339).as_deref(), expect, "{text}");
        };
        check("2026-11-21T10:15:00.5Z", Some("2026-11-21T10:15:00.5Z"));
        check("2026-11-21T10:15:00+02:00", Some("2026-11-21T08:15:00Z"));
        check("2026-11-21", Some("2026-11-21T00:00:00Z"));
        check("tomorrow", None);
    }
}
