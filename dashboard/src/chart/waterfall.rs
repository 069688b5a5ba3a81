//! Where the attempts of a request lie in time: a bar each, from its start to its end, parted at its first token. Pure.

use maig_api::AttemptLog;

use super::scale::{Linear, Unit, ticks};

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Answered,
    Failed,
    /// Given up because the client left.
    Cancelled,
}

impl Outcome {
    pub fn of(attempt: &AttemptLog) -> Self {
        match (attempt.cancelled, &attempt.kind) {
            (true, _) => Self::Cancelled,
            (false, Some(_)) => Self::Failed,
            (false, None) => Self::Answered,
        }
    }
}

/// An attempt's bar, in percent of the whole width.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    pub left: f64,
    pub width: f64,
    /// The part of the bar until the first token; the whole bar's where there was none.
    pub wait: f64,
    pub outcome: Outcome,
    /// Right of the bar's end there is no room for words.
    pub words_left: bool,
}

/// A moment named above the bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    pub left: f64,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Waterfall {
    pub bars: Vec<Bar>,
    pub marks: Vec<Mark>,
}

/// Right of this there is no room for a moment's name, in percent.
pub const ROOM: f64 = 84.0;
/// As wide as two names on a phone.
const NEAR: f64 = 36.0;
/// A bar is seen, however short it was.
const LEAST: f64 = 0.6;

/// The attempts in the order in which they began, over the time that the request took or the last of them ended.
pub fn waterfall(attempts: &[AttemptLog], duration_ms: u64) -> Waterfall {
    let ends = attempts.iter().map(|attempt| attempt.start_ms + attempt.ms);
    let end = ends.fold(duration_ms, u64::max);
    let marks = ticks(Unit::Millis, end as f64, 4);
    // Up to the request's end, not to the next round value: the bars have the room.
    let scale = Linear::new((0.0, (end as f64).max(1.0)), (0.0, 100.0));
    let bar = |attempt: &AttemptLog| {
        let left = scale.at(attempt.start_ms as f64).min(100.0 - LEAST);
        let width = scale.at(attempt.ms as f64).min(100.0 - left).max(LEAST);
        let wait = attempt.first_token_ms.map_or(attempt.ms, |first| first.min(attempt.ms));
        let wait = if attempt.ms == 0 { width } else { width * wait as f64 / attempt.ms as f64 };
        Bar { left, width, wait, outcome: Outcome::of(attempt), words_left: left + width > 82.0 }
    };
    let mut marks: Vec<Mark> = marks
        .into_iter()
        .filter(|at| *at <= end as f64)
        .map(|at| Mark { left: scale.at(at), label: Unit::Millis.tick(at) })
        .collect();
    // The last stands left of its moment if there is no room on the right, where the one before may be.
    if let [.., before, last] = marks.as_slice()
        && last.left > ROOM
        && last.left - before.left < NEAR
    {
        marks.pop();
    }
    Waterfall { bars: attempts.iter().map(bar).collect(), marks }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(start_ms: u64, ms: u64, first_token_ms: Option<u64>, kind: Option<&str>) -> AttemptLog {
        AttemptLog {
            model: "openai/gpt-4o".into(),
            kind: kind.map(str::to_owned),
            status: None,
            message: None,
            first_token_ms,
            start_ms,
            ms,
            cancelled: false,
        }
    }

    #[test]
    fn attempts_follow_each_other_and_part_at_the_first_token() {
        let fall =
            waterfall(&[attempt(0, 500, None, Some("timeout")), attempt(500, 500, Some(100), None)], 1000);
        let bar = |left, width, wait, outcome, words_left| Bar { left, width, wait, outcome, words_left };
        assert_eq!(fall.bars[0], bar(0.0, 50.0, 50.0, Outcome::Failed, false));
        assert_eq!(fall.bars[1], bar(50.0, 50.0, 10.0, Outcome::Answered, true));
        let marks: Vec<_> = fall.marks.iter().map(|mark| (mark.left, mark.label.as_str())).collect();
        assert_eq!(marks, [(0.0, "0"), (50.0, "500 ms"), (100.0, "1 s")]);
    }

    #[test]
    fn a_bar_is_inside_and_seen_whatever_the_clocks_say() {
        for (attempts, duration) in [
            (vec![], 0),
            (vec![attempt(0, 0, None, None)], 0),
            (vec![attempt(0, 0, Some(0), Some("connect")), attempt(0, 1, None, None)], 90_000),
            // Longer than the request itself, and a first token after the end.
            (vec![attempt(90, 500, Some(700), None)], 100),
            (vec![attempt(5_000, 0, None, None)], 5_000),
        ] {
            let fall = waterfall(&attempts, duration);
            assert_eq!(fall.bars.len(), attempts.len());
            for bar in &fall.bars {
                assert!(bar.left >= 0.0 && bar.width >= LEAST && bar.left + bar.width <= 100.001, "{bar:?}");
                assert!(bar.wait >= 0.0 && bar.wait <= bar.width, "{bar:?}");
            }
            assert!(fall.marks.iter().all(|mark| mark.left <= 100.0));
        }
    }

    #[test]
    fn names_of_moments_do_not_lie_on_each_other() {
        for (duration, expect) in [
            (156, "0 50 ms 100 ms"),
            (1000, "0 500 ms 1 s"),
            (1250, "0 500 ms 1 s"),
            (340, "0 100 ms 200 ms"),
        ] {
            let fall = waterfall(&[attempt(0, duration, None, None)], duration);
            let said: Vec<_> = fall.marks.iter().map(|mark| mark.label.as_str()).collect();
            assert_eq!(said.join(" "), expect, "{duration}");
        }
    }

    #[test]
    fn one_who_left_did_not_make_the_attempt_fail() {
        let left = AttemptLog { cancelled: true, ..attempt(0, 9, None, Some("timeout")) };
        assert_eq!(Outcome::of(&left), Outcome::Cancelled);
    }
}
