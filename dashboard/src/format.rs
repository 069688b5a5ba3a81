//! Figures as people read them: money, counts, durations, shares. Pure. What is not known is an en dash, never a zero; a
//! line's end never parts a figure from its unit.

/// For what is not known.
pub const UNKNOWN: &str = "–";

/// Nano-dollars. Money is never rounded to nothing: `< $0.0001`.
pub fn money(nano_usd: i64) -> String {
    let sign = if nano_usd < 0 { "-" } else { "" };
    let nano = nano_usd.unsigned_abs();
    match nano {
        0 => "$0.00".to_owned(),
        1..100_000 => format!("{sign}< $0.0001"),
        100_000..1_000_000_000 => {
            // Cents, or four places where cents would round: nothing between, so that a column is even.
            let four = format!("{:.4}", nano as f64 / 1e9);
            format!("{sign}${}", four.strip_suffix("00").unwrap_or(&four))
        }
        _ => {
            let cents = (nano + 5_000_000) / 10_000_000;
            format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100)
        }
    }
}

/// A price for a million tokens: `$2.50`.
pub fn price(nano_usd_per_million: Option<i64>) -> String {
    nano_usd_per_million.map_or_else(|| UNKNOWN.to_owned(), money)
}

/// `1,234,567`.
pub fn count(number: u64) -> String {
    grouped(number)
}

/// `999`, `1.2K`, `34K`, `5.6M`: for where room is short.
pub fn compact(number: u64) -> String {
    for (unit, name) in [(1_000_000_000u64, "B"), (1_000_000, "M"), (1_000, "K")] {
        if number >= unit {
            let tenths = number / (unit / 10);
            return match tenths {
                0..100 if !tenths.is_multiple_of(10) => format!("{}.{}{name}", tenths / 10, tenths % 10),
                _ => format!("{}{name}", tenths / 10),
            };
        }
    }
    number.to_string()
}

/// `0.4 %`; a share that is not zero is never shown as zero.
pub fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return UNKNOWN.to_owned();
    }
    let percent = part as f64 / whole as f64 * 100.0;
    match percent {
        0.0 => "0\u{a0}%".to_owned(),
        p if p < 0.1 => "<\u{a0}0.1\u{a0}%".to_owned(),
        p if p < 10.0 => format!("{p:.1}\u{a0}%").replace(".0\u{a0}%", "\u{a0}%"),
        p if p > 99.9 && part < whole => ">\u{a0}99.9\u{a0}%".to_owned(),
        p => format!("{p:.0}\u{a0}%"),
    }
}

const DAY_MS: u64 = 86_400_000;

/// `640 ms`, `1.24 s`, `12.4 s`, `2 min 05 s`, `3 h 20 min`, `4 d 6 h`.
pub fn duration(ms: u64) -> String {
    match ms {
        0..1000 => format!("{ms}\u{a0}ms"),
        // Down, as a clock counts: ten seconds are not shown before they are over.
        1000..10_000 => format!("{}.{:02}\u{a0}s", ms / 1000, ms % 1000 / 10),
        10_000..60_000 => format!("{}.{}\u{a0}s", ms / 1000, ms % 1000 / 100),
        60_000..3_600_000 => format!("{}\u{a0}min\u{a0}{:02}\u{a0}s", ms / 60_000, ms / 1000 % 60),
        3_600_000..DAY_MS => format!("{}\u{a0}h\u{a0}{:02}\u{a0}min", ms / 3_600_000, ms / 60_000 % 60),
        _ => format!("{}\u{a0}d\u{a0}{}\u{a0}h", count(ms / DAY_MS), ms / 3_600_000 % 24),
    }
}

/// `1 route`, `2 routes`.
pub fn plural(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// How one figure became another: `+12 %`, `−3 %`, `new` where there was nothing.
pub fn change(now: f64, before: f64) -> String {
    if now == before {
        return "no change".to_owned();
    }
    if before == 0.0 {
        return "new".to_owned();
    }
    let percent = ((now - before) / before * 100.0).round();
    match percent {
        0.0 => "no change".to_owned(),
        p if p > 999.0 => format!("{:.0}×", now / before),
        p => signed(format!("{p:+.0}\u{a0}%")),
    }
}

/// With the minus that is as wide as a plus.
pub fn signed(number: String) -> String {
    number.replacen('-', "−", 1)
}

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_never_rounded_to_nothing() {
        for (nano, expect) in [
            (0, "$0.00"),
            (1, "< $0.0001"),
            (99_999, "< $0.0001"),
            (100_000, "$0.0001"),
            (1_234_000, "$0.0012"),
            (3_000_000, "$0.0030"),
            (271_000_000, "$0.2710"),
            (999_990_000, "$1.00"),
            (250_000_000, "$0.25"),
            (500_000_000, "$0.50"),
            (2_500_000_000, "$2.50"),
            (-2_500_000_000, "-$2.50"),
            (1_234_567_890_000_000, "$1,234,567.89"),
        ] {
            assert_eq!(money(nano), expect, "{nano}");
        }
    }

    #[test]
    fn counts_and_shares_are_short_and_true() {
        for (number, expect) in [(7, "7"), (1000, "1K"), (1234, "1.2K"), (34_567, "34K"), (5_600_000, "5.6M")]
        {
            assert_eq!(compact(number), expect);
        }
        assert_eq!(count(1_234_567), "1,234,567");
        for (part, whole, expect) in [
            (0, 0, UNKNOWN),
            (0, 9, "0 %"),
            (1, 100_000, "< 0.1 %"),
            (1, 25, "4 %"),
            (1, 80, "1.2 %"),
            (1, 2, "50 %"),
            (99_999, 100_000, "> 99.9 %"),
            (3, 3, "100 %"),
        ] {
            assert_eq!(share(part, whole).replace('\u{a0}', " "), expect, "{part}/{whole}");
        }
    }

    #[test]
    fn durations_have_the_unit_that_fits() {
        for (ms, expect) in [
            (0, "0 ms"),
            (640, "640 ms"),
            (1240, "1.24 s"),
            (12_400, "12.4 s"),
            (125_000, "2 min 05 s"),
            (9_999, "9.99 s"),
            (59_999, "59.9 s"),
            (12_000_000, "3 h 20 min"),
            (4 * DAY_MS + 6 * 3_600_000, "4 d 6 h"),
        ] {
            assert_eq!(duration(ms), expect.replace(' ', "\u{a0}"));
        }
    }

    #[test]
    fn a_change_says_its_direction() {
        for (now, before, expect) in [
            (112.0, 100.0, "+12 %"),
            (97.0, 100.0, "−3 %"),
            (5.0, 0.0, "new"),
            (0.0, 0.0, "no change"),
            (50.0, 2.0, "25×"),
        ] {
            assert_eq!(change(now, before).replace('\u{a0}', " "), expect);
        }
    }
}
