//! How long a provider's headers ask us to wait. It must never cap the wait: that is the plan's to decide.

use std::time::Duration;

use crate::date::Date;

/// The longest of `retry-after-ms` and `retry-after`: Azure has been seen to send 0 ms beside 1 s.
pub(super) fn in_headers<'h>(headers: &dyn Fn(&str) -> Option<&'h str>, now_unix: u64) -> Option<Duration> {
    let seconds = |text: &str| text.parse().ok().and_then(|s| Duration::try_from_secs_f64(s).ok());
    let millis = headers("retry-after-ms").and_then(|text| seconds(text.trim())).map(|ms| ms / 1_000);
    let after = headers("retry-after").map(str::trim).and_then(|text| {
        seconds(text).or_else(|| Some(Duration::from_secs(http_date(text)?.saturating_sub(now_unix))))
    });
    millis.max(after)
}

/// `Sat, 21 Nov 2026 10:00:00 GMT` as Unix seconds (RFC 9110 §5.6.7; the two obsolete forms are not sent by anybody).
fn http_date(text: &str) -> Option<u64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut words = text.split_once(", ")?.1.split(' ');
    let day = words.next()?.parse().ok()?;
    let name = words.next()?;
    let month = MONTHS.iter().zip(1u8..).find(|(month, _)| **month == name)?.1;
    let year = words.next()?.parse().ok()?;
    let mut clock = words.next()?.splitn(3, ':').map(|part| part.parse::<u64>().ok().filter(|n| *n <= 60));
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    (words.next()? == "GMT").then_some(())?;
    Some(Date::new(year, month, day)?.unix() + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_wait_counts_and_nonsense_does_not() {
        // 2026-11-21T10:00:00Z
        let now = 1_795_255_200;
        let check = |ms: Option<&'static str>, after: Option<&'static str>, expect: Option<f64>| {
            let got = in_headers(&|name| if name == "retry-after" { after } else { ms }, now);
            assert_eq!(got.map(|d| d.as_secs_f64()), expect, "{ms:?} {after:?}");
        };
        check(None, None, None);
        check(None, Some("7"), Some(7.0));
        check(None, Some(" 1.5 "), Some(1.5));
        check(Some("250"), None, Some(0.25));
        check(Some("0"), Some("1"), Some(1.0));
        check(Some("2500"), Some("1"), Some(2.5));
        check(None, Some("Sat, 21 Nov 2026 10:00:30 GMT"), Some(30.0));
        check(None, Some("Fri, 20 Nov 2026 10:00:30 GMT"), Some(0.0));
        for nonsense in [
            "",
            "soon",
            "-1",
            "NaN",
            "inf",
            "1e400",
            "Sat, 31 Feb 2026 10:00:00 GMT",
            "Sat, 21 Nov 2026 10:00 GMT",
        ] {
            check(None, Some(nonsense), None);
        }
    }
}
