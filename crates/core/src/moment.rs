//! Calendar moments without a clock: what people write as RFC 3339, kept as microseconds since 1970 in UTC.
//! It must never read a clock; `time::Tick` is for what is measured.

use serde::{Deserialize, Serialize};

use crate::date::Date;

const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;

/// A moment, written `2027-01-31T12:00:00Z`. Ordered as time goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Moment(i64);

impl Moment {
    /// Microseconds since 1970, UTC. A moment before 1970 becomes 1970.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.max(0))
    }

    pub fn as_micros(self) -> i64 {
        self.0
    }
}

/// A text that is not a moment in RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time; write it as 2027-01-31T12:00:00Z")]
pub struct NotAMoment;

impl std::str::FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        parse(text).map(Self::from_micros).ok_or(NotAMoment)
    }
}

fn parse(text: &str) -> Option<i64> {
    let (day, time) = text.split_at_checked(10)?;
    let day: Date = day.parse().ok()?;
    let time = time.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = time.split_at_checked(8)?;
    let [hours, minutes, seconds] = three(clock)?;
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let digits = rest.strip_prefix('.').map_or(0, |part| part.bytes().take_while(u8::is_ascii_digit).count());
    let (fraction, zone) = if digits > 0 { rest.split_at(digits + 1) } else { ("", rest) };
    let micros = fraction.bytes().skip(1).chain(std::iter::repeat(b'0')).take(6);
    let micros = micros.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    let seconds = i64::try_from(day.unix()).ok()? + hours * 3600 + minutes * 60 + seconds - offset(zone)?;
    Some(seconds * SECOND + micros)
}

/// Seconds that a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    if matches!(zone, "Z" | "z") {
        return Some(0);
    }
    let sign = if zone.starts_with('+') { 1 } else { -1 };
    let (hours, minutes) = zone.strip_prefix(['+', '-'])?.split_once(':')?;
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

fn three(clock: &str) -> Option<[i64; 3]> {
    let mut parts = clock.split(':').map(two);
    let all = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(all)
}

fn two(digits: &str) -> Option<i64> {
    (digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

impl TryFrom<String> for Moment {
    type Error = NotAMoment;

    fn try_from(text: String) -> Result<Self, NotAMoment> {
        text.parse()
    }
}

impl From<Moment> for String {
    fn from(moment: Moment) -> Self {
        moment.to_string()
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let day = Date::from_unix(u64::try_from(self.0 / SECOND).unwrap_or(0));
        let (seconds, micros) = (self.0 % DAY / SECOND, self.0 % SECOND);
        write!(f, "{day}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)?;
        if micros > 0 {
            write!(f, ".{micros:06}")?;
        }
        f.write_str("Z")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_survive_the_way_there_and_back() {
        for (text, shown) in [
            ("2026-11-21T10:15:00Z", Some("2026-11-21T10:15:00Z")),
            ("2026-11-21T10:15:00.5Z", Some("2026-11-21T10:15:00.500000Z")),
            ("2026-11-21T10:15:00.123456789Z", Some("2026-11-21T10:15:00.123456Z")),
            ("2026-11-21t10:15:00+02:00", Some("2026-11-21T08:15:00Z")),
            ("2026-02-28 23:30:00-01:00", Some("2026-03-01T00:30:00Z")),
            ("2026-11-21T10:15:00", None),
            ("2026-11-21T10:15Z", None),
            ("2026-11-21", None),
            ("2026-02-30T10:15:00Z", None),
            ("2026-11-21T24:00:00Z", None),
            ("2026-11-21T10:15:00+2:00", None),
            ("2026-11-21T10:15:00.Z", None),
            ("2026-11-21T1é:15:00Z", None),
            ("tomorrow", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<Moment>().ok().map(|m| m.to_string()).as_deref(), shown, "{text}");
        }
    }
}
