//! Moments: RFC 3339 in, milliseconds since 1970 inside, words out. Pure: who calls brings the time and the offset.

use maig_core::date::Date;

const DAY_MS: i64 = 86_400_000;
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `2026-11-21T14:03:09.120Z` as milliseconds since 1970; `None` for anything that is no moment in UTC.
pub fn parse(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00Z"));
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let date = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
    let time = time.strip_suffix('Z').or_else(|| time.strip_suffix("+00:00"))?;
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = clock.split(':').map(str::parse::<i64>);
    let (hour, minute) = (parts.next()?.ok()?, parts.next()?.ok()?);
    let second = parts.next().transpose().ok()?.unwrap_or(0);
    let ms: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let seconds = i64::try_from(date.unix()).ok()? + hour * 3600 + minute * 60 + second;
    Some(seconds * 1000 + ms)
}

/// As the API takes it.
pub fn rfc3339(at_ms: i64) -> String {
    let (date, ms) = split(at_ms);
    let (hour, minute, second) = clock(ms);
    format!(
        "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z",
        date.year(),
        date.month(),
        date.day(),
        ms % 1000
    )
}

/// What a browser's field for local time holds (`2026-11-21T15:03`), at so many minutes ahead of UTC.
pub fn from_local(text: &str, offset_min: i64) -> Option<i64> {
    parse(&format!("{}Z", text.trim())).map(|at| at - offset_min * 60_000)
}

/// The same, the other way; seconds are left out.
pub fn to_local(at_ms: i64, offset_min: i64) -> String {
    rfc3339(at_ms + offset_min * 60_000).get(..16).unwrap_or_default().to_owned()
}

/// `21 Nov 2026, 15:03:09` at so many minutes ahead of UTC.
pub fn absolute(at_ms: i64, offset_min: i64) -> String {
    let (date, ms) = split(at_ms + offset_min * 60_000);
    let (hour, minute, second) = clock(ms);
    format!("{} {} {}, {hour:02}:{minute:02}:{second:02}", date.day(), month(date), date.year())
}

/// `15:03` today's, `21 Nov 15:03` this year's, `21 Nov 2025` older: for axes and dense rows.
pub fn short(at_ms: i64, now_ms: i64, offset_min: i64) -> String {
    let (date, ms) = split(at_ms + offset_min * 60_000);
    let (today, _) = split(now_ms + offset_min * 60_000);
    let (hour, minute, _) = clock(ms);
    match () {
        () if date == today => format!("{hour:02}:{minute:02}"),
        () if date.year() == today.year() => format!("{} {} {hour:02}:{minute:02}", date.day(), month(date)),
        () => format!("{} {} {}", date.day(), month(date), date.year()),
    }
}

/// `just now`, `3 min ago`, `in 2 h`, `5 d ago`; from a month on the day itself.
pub fn relative(at_ms: i64, now_ms: i64) -> String {
    let apart = (now_ms - at_ms).abs();
    let amount = match apart {
        0..10_000 => return "just now".to_owned(),
        10_000..60_000 => format!("{} s", apart / 1000),
        60_000..3_600_000 => format!("{} min", apart / 60_000),
        3_600_000..DAY_MS => format!("{} h", apart / 3_600_000),
        _ if apart < 30 * DAY_MS => format!("{} d", apart / DAY_MS),
        _ => {
            let (date, _) = split(at_ms);
            return format!("{} {} {}", date.day(), month(date), date.year());
        }
    };
    if at_ms <= now_ms { format!("{amount} ago") } else { format!("in {amount}") }
}

/// A tick of an axis: `14:00`, or `21 Nov` where a day begins.
pub fn axis(at_ms: i64, offset_min: i64) -> String {
    let (date, ms) = split(at_ms + offset_min * 60_000);
    match clock(ms) {
        (0, 0, _) => format!("{} {}", date.day(), month(date)),
        (hour, minute, _) => format!("{hour:02}:{minute:02}"),
    }
}

/// `21 Nov 2026, 14:00 – 15:00`; a whole day is `21 Nov 2026`.
pub fn span(from_ms: i64, to_ms: i64, offset_min: i64) -> String {
    let (date, ms) = split(from_ms + offset_min * 60_000);
    let (_, end) = split(to_ms + offset_min * 60_000);
    let day = format!("{} {} {}", date.day(), month(date), date.year());
    if to_ms - from_ms >= DAY_MS {
        return day;
    }
    let ((hour, minute, _), (to_hour, to_minute, _)) = (clock(ms), clock(end));
    format!("{day}, {hour:02}:{minute:02} – {to_hour:02}:{to_minute:02}")
}

fn split(at_ms: i64) -> (Date, i64) {
    let seconds = u64::try_from(at_ms.div_euclid(1000)).unwrap_or(0);
    (Date::from_unix(seconds), at_ms.rem_euclid(DAY_MS))
}

fn clock(ms_of_day: i64) -> (i64, i64, i64) {
    (ms_of_day / 3_600_000, ms_of_day / 60_000 % 60, ms_of_day / 1000 % 60)
}

fn month(date: Date) -> &'static str {
    MONTHS.get(usize::from(date.month()).saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_262_400_000;

    #[test]
    fn a_moment_is_read_and_written_as_the_api_has_it() {
        for (text, expect) in [
            ("2026-11-21T12:00:00Z", Some(NOON)),
            ("2026-11-21T12:00:00.5Z", Some(NOON + 500)),
            ("2026-11-21T12:00:00.123456Z", Some(NOON + 123)),
            ("2026-11-21", Some(NOON - 12 * 3_600_000)),
            ("2026-02-30T12:00:00Z", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expect, "{text}");
        }
        assert_eq!(rfc3339(NOON + 42), "2026-11-21T12:00:00.042Z");
    }

    #[test]
    fn a_field_of_local_time_gives_the_moment_back() {
        assert_eq!(from_local("2026-11-21T13:00", 60), Some(NOON));
        assert_eq!(to_local(NOON + 42_000, 60), "2026-11-21T13:00");
        assert_eq!(from_local("", 0), None);
    }

    #[test]
    fn a_moment_is_said_as_people_say_it() {
        for (ago, expect) in [
            (2_000, "just now"),
            (42_000, "42 s ago"),
            (3 * 60_000 + 5, "3 min ago"),
            (26 * 3_600_000, "1 d ago"),
            (-2 * 3_600_000, "in 2 h"),
            (40 * DAY_MS, "12 Oct 2026"),
        ] {
            assert_eq!(relative(NOON - ago, NOON), expect);
        }
        assert_eq!(absolute(NOON, 60), "21 Nov 2026, 13:00:00");
        assert_eq!(short(NOON, NOON, -300), "07:00");
        assert_eq!(short(NOON - DAY_MS, NOON, 0), "20 Nov 12:00");
    }
}
