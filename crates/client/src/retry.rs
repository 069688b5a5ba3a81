//! Whether the same request is worth sending again, and when. It decides and never waits; whoever asks has made sure
//! that nothing of an answer was shown.

use std::time::Duration;

use crate::error::{Error, ErrorKind};
use crate::options::Retries;

/// The first wait; each later one is twice as long.
const FIRST: Duration = Duration::from_millis(300);

/// Backoff between attempts to come back to a stream: short, since the answer goes on without us.
const FIRST_RECONNECT: Duration = Duration::from_millis(100);
const LONGEST_RECONNECT: Duration = Duration::from_secs(2);

/// How long to wait before request number `sent + 1`, or `None` to give up. `left` is what the deadline leaves.
pub(crate) fn wait(error: &Error, sent: u32, retries: &Retries, left: Duration) -> Option<Duration> {
    if sent > retries.most || !helps(error) {
        return None;
    }
    let wait =
        jittered(FIRST.saturating_mul(1 << (sent - 1).min(6))).max(error.retry_after().unwrap_or_default());
    (wait <= retries.longest_wait && wait < left).then_some(wait)
}

/// The wait before attempt number `tried + 1` to come back to a stream.
pub(crate) fn reconnect(tried: u32) -> Duration {
    jittered(FIRST_RECONNECT.saturating_mul(1 << tried.min(6)).min(LONGEST_RECONNECT))
}

fn helps(error: &Error) -> bool {
    match error.should_retry() {
        Some(advice) => advice,
        None => match error.kind() {
            // What was sent may have been answered: an answer that nobody has seen is worth a second request.
            ErrorKind::Network => true,
            ErrorKind::Timeout => error.code() == "connect_timeout",
            ErrorKind::Unavailable => matches!(error.status(), Some(500 | 502 | 503 | 504)),
            _ => false,
        },
    }
}

/// Between half of it and all of it, so that a thousand phones do not come back at the same moment.
fn jittered(wait: Duration) -> Duration {
    // Without randomness the wait is merely not spread.
    let lot = getrandom::u32().unwrap_or(u32::MAX);
    wait.mul_f64(0.5 + 0.5 * f64::from(lot) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn a_request_is_sent_again_only_where_that_helps() {
        let check = |error: Error, expect: bool| {
            assert_eq!(wait(&error, 1, &Retries::default(), HOUR).is_some(), expect, "{error:?}");
        };
        let error = |kind, code| Error::new(kind, code, "x");
        check(error(ErrorKind::Network, "offline"), true);
        check(error(ErrorKind::Timeout, "connect_timeout"), true);
        check(error(ErrorKind::Timeout, "timeout"), false);
        check(error(ErrorKind::Clock, "clock"), false);
        check(error(ErrorKind::Unavailable, "internal_error").with_status(500), true);
        check(
            error(ErrorKind::Unavailable, "all_targets_failed")
                .with_status(502)
                .with_advice(Some(false), None),
            false,
        );
        let second = Some(Duration::from_secs(1));
        check(error(ErrorKind::RateLimited, "rate_limited").with_advice(Some(true), second), true);
        check(error(ErrorKind::RateLimited, "rate_limited"), false);
        check(error(ErrorKind::RateLimited, "rate_limited").with_advice(Some(true), Some(HOUR)), false);
        check(error(ErrorKind::KeyRefused, "invalid_api_key").with_status(401), false);
    }

    #[test]
    fn waits_grow_are_spread_and_never_shorter_than_asked() {
        let error = Error::new(ErrorKind::Network, "offline", "x");
        let retries = Retries { most: 9, ..Retries::default() };
        for (sent, most) in [(1, 300), (2, 600), (3, 1200)] {
            let got = wait(&error, sent, &retries, HOUR).unwrap();
            assert!(got >= Duration::from_millis(most / 2) && got <= Duration::from_millis(most), "{got:?}");
        }
        let asked = Duration::from_secs(2);
        let error = error.with_advice(Some(true), Some(asked));
        assert_eq!(wait(&error, 1, &retries, HOUR), Some(asked));
        assert_eq!(wait(&error, 1, &retries, asked), None, "the deadline leaves no time for it");
        assert_eq!(wait(&error, 10, &retries, HOUR), None, "enough is enough");
    }
}
