//! How long a request log may be kept: the rule, run by the gateway and, as one types, by the dashboard. It must never
//! read a clock or delete anything.

/// Ten years.
pub const LONGEST_DAYS: u32 = 3650;

/// Why so many days cannot be, in words.
pub fn days_fault(days: u32) -> Option<String> {
    let fine = (1..=LONGEST_DAYS).contains(&days);
    (!fine).then(|| format!("Keep the log for 1 to {LONGEST_DAYS} days."))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_log_is_kept_for_a_day_at_least_and_ten_years_at_most() {
        for (days, fine) in [(0, false), (1, true), (3650, true), (3651, false)] {
            assert_eq!(super::days_fault(days).is_none(), fine, "{days}");
        }
    }
}
