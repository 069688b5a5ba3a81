//! How long an attempt may take. The target's own times come before the route's, and the route's before the defaults;
//! nothing here outlives the total.

use std::time::Duration;

use crate::route::{ModelTarget, Timeouts};
use crate::time::Tick;

use super::Ask;

const CONNECT: Duration = Duration::from_secs(5);
const FIRST_TOKEN: Duration = Duration::from_secs(10);
const FIRST_TOKEN_REASONING: Duration = Duration::from_secs(60);
const IDLE: Duration = Duration::from_secs(20);
const ANSWER: Duration = Duration::from_secs(30);
const ANSWER_REASONING: Duration = Duration::from_secs(90);
const TOTAL: Duration = Duration::from_secs(120);
const STREAM: Duration = Duration::from_secs(15 * 60);

/// The clocks of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clocks {
    pub connect: Duration,
    /// Streams: the first content must be here by then.
    pub first_token: Option<Tick>,
    /// Streams: the longest silence between two signs of life.
    pub idle: Duration,
    /// Whole answers: the answer must be complete by then.
    pub answer: Option<Tick>,
    /// The one deadline of the request, as far as this attempt may use it. Ends whole answers, and streams until their
    /// commit.
    pub total: Tick,
    /// Streams: the longest time from the commit to the end.
    pub stream: Duration,
}

/// The clocks that hold where neither target nor route names one; `reasons`: for a model that thinks before it speaks.
pub fn default_timeouts(reasons: bool) -> Timeouts {
    let ms = |time: Duration| u64::try_from(time.as_millis()).ok();
    Timeouts {
        connect_ms: ms(CONNECT),
        first_token_ms: ms(if reasons { FIRST_TOKEN_REASONING } else { FIRST_TOKEN }),
        idle_ms: ms(IDLE),
        answer_ms: ms(if reasons { ANSWER_REASONING } else { ANSWER }),
        total_ms: ms(TOTAL),
        stream_ms: ms(STREAM),
    }
}

/// How long a chain of targets may take, from the moment that it is entered.
pub(super) fn total(timeouts: Timeouts) -> Duration {
    millis(timeouts.total_ms).unwrap_or(TOTAL)
}

/// The clocks of an attempt that starts `now`. `total` is the end of all time that it may use; `share`: where it must
/// leave time to other targets, the end of its fair part.
pub(super) fn clocks(
    ask: &Ask,
    target: &ModelTarget,
    route: Timeouts,
    now: Tick,
    total: Tick,
    share: Option<Tick>,
) -> Clocks {
    let times = target.timeouts.or(route);
    let asked = ask.attempt_timeout.map_or(total, |bound| now + bound);
    let first_token = || (now + first_token(times, target)).min(asked).min(total);
    let answer = || match share {
        None => total.min(asked),
        Some(share) => patience(ask, target, route, now).min(share).min(total),
    };
    Clocks {
        connect: millis(times.connect_ms).unwrap_or(CONNECT),
        first_token: ask.stream.then(first_token),
        idle: millis(times.idle_ms).unwrap_or(IDLE),
        answer: (!ask.stream).then(answer),
        total,
        stream: millis(times.stream_ms).unwrap_or(STREAM),
    }
}

/// When a silent attempt that starts `now` is given up for another target at the latest, if there is one.
pub(super) fn patience(ask: &Ask, target: &ModelTarget, route: Timeouts, now: Tick) -> Tick {
    let times = target.timeouts.or(route);
    let own = if ask.stream { first_token(times, target) } else { answer(times, target) };
    now + ask.attempt_timeout.map_or(own, |bound| own.min(bound))
}

fn first_token(times: Timeouts, target: &ModelTarget) -> Duration {
    let default = if target.reasons() { FIRST_TOKEN_REASONING } else { FIRST_TOKEN };
    millis(times.first_token_ms).unwrap_or(default)
}

fn answer(times: Timeouts, target: &ModelTarget) -> Duration {
    let default = if target.reasons() { ANSWER_REASONING } else { ANSWER };
    millis(times.answer_ms).unwrap_or(default)
}

fn millis(ms: Option<u64>) -> Option<Duration> {
    ms.map(Duration::from_millis)
}
