//! A limit lets through what it says, never more, and gives back what was not used.

use std::time::Duration;

use maig_core::limit::{Bucket, Counter, Exhausted, Month, Rate};
use maig_core::time::Tick;
use proptest::prelude::*;

#[test]
fn a_rate_is_written_as_people_write_it() {
    let check = |text: &str, expect: Option<(&str, u32, u64)>| {
        let got = text.parse::<Rate>().ok();
        let got = got.map(|rate| (rate.to_string(), rate.count(), rate.period().as_secs()));
        assert_eq!(got, expect.map(|(text, n, s)| (text.to_owned(), n, s)), "{text}");
    };
    check("600/min", Some(("600/min", 600, 60)));
    check("60/hour", Some(("60/hour", 60, 3_600)));
    check("10/s", Some(("10/s", 10, 1)));
    check("5000/day", Some(("5000/day", 5_000, 86_400)));
    check("5 / minute", Some(("5/min", 5, 60)));
    for wrong in [
        "",
        "600",
        "600/",
        "/min",
        "0/min",
        "-1/min",
        "+1/min",
        "1.5/s",
        "600/week",
        "600/min/2",
        "99999999999/s",
    ] {
        check(wrong, None);
    }
    assert_eq!(serde_json::to_string(&"600/min".parse::<Rate>().unwrap()).unwrap(), "\"600/min\"");
    let wrong = serde_json::from_str::<Rate>("\"often\"").unwrap_err().to_string();
    assert!(wrong.contains("600/min"), "{wrong}");
}

#[test]
fn a_full_bucket_gives_its_count_at_once_and_then_says_how_long_to_wait() {
    for (rate, wait) in [("600/min", 100), ("10/s", 100), ("60/hour", 60_000), ("1/day", 86_400_000)] {
        let rate: Rate = rate.parse().unwrap();
        let (bucket, now) = (Bucket::new(rate), Tick::from_micros(123_456_789_000));
        let mut state = 0;
        for n in 0..rate.count() {
            assert_eq!(bucket.left(state, now), u64::from(rate.count() - n));
            state = bucket.try_take(state, now).unwrap();
        }
        let refused = bucket.try_take(state, now).unwrap_err();
        assert_eq!(refused.retry_after, Duration::from_millis(wait), "{rate}");
        // A moment before it is refused, then it is not.
        let almost = now + (refused.retry_after - Duration::from_micros(1));
        assert!(bucket.try_take(state, almost).is_err(), "{rate}");
        assert!(bucket.try_take(state, now + refused.retry_after).is_ok(), "{rate}");
    }
}

#[test]
fn months_are_utc_and_know_their_end() {
    let check = |seconds: u64, month: &str, left: u64| {
        assert_eq!(Month::of_unix(seconds).to_string(), month);
        assert_eq!(Month::time_to_next(seconds).as_secs(), left, "{month}");
    };
    check(0, "1970-01", 31 * 86_400);
    check(1_795_219_200, "2026-11", 10 * 86_400);
    check(1_798_761_599, "2026-12", 1);
    check(1_798_761_600, "2027-01", 31 * 86_400);
    check(1_832_976_000, "2028-02", 29 * 86_400);
}

#[test]
fn a_quota_counts_requests_in_flight_and_takes_back_those_of_its_own_month() {
    let (november, december) = (Month::of_unix(1_795_219_200), Month::of_unix(1_798_000_000));
    let mut counter = Counter::new(november);
    let first = counter.reserve(november, 2).unwrap();
    let _second = counter.reserve(november, 2).unwrap();
    assert_eq!(counter.reserve(november, 2), Err(Exhausted));
    counter.give_back(first);
    let late = counter.reserve(november, 2).unwrap();
    // A new month begins; what November hands back is not December's.
    let _new = counter.reserve(december, 2).unwrap();
    counter.give_back(late);
    assert_eq!(counter.used, 1);
    // A clock that steps back does not open November again.
    let _back = counter.reserve(november, 2).unwrap();
    assert_eq!((counter.month, counter.used), (december, 2));
    assert_eq!(counter.reserve(december, 0), Err(Exhausted));
}

fn rates() -> impl Strategy<Value = Rate> {
    (1u32..20_000, prop::sample::select(vec!["s", "min", "hour", "day"]))
        .prop_map(|(count, unit)| format!("{count}/{unit}").parse().expect("a rate"))
}

proptest! {
    #[test]
    fn never_more_than_a_full_bucket_and_its_refill(rate in rates(), gaps in prop::collection::vec(0u64..2_000_000, 1..300)) {
        let bucket = Bucket::new(rate);
        let start = Tick::from_micros(5_000_000);
        let (mut now, mut state, mut taken) = (start, 0, 0u128);
        for gap in gaps {
            now = now + Duration::from_micros(gap);
            if let Ok(next) = bucket.try_take(state, now) {
                state = next;
                taken += 1;
            }
            let refilled = u128::from(rate.count()) * now.since(start).as_micros() / rate.period().as_micros();
            prop_assert!(taken <= u128::from(rate.count()) + refilled);
        }
    }

    #[test]
    fn a_refusal_says_the_shortest_wait_that_helps(rate in rates(), takes in 0u32..400, gap in 0u64..5_000_000) {
        let bucket = Bucket::new(rate);
        let mut now = Tick::from_micros(1_000_000);
        let mut state = 0;
        for _ in 0..takes {
            match bucket.try_take(state, now) {
                Ok(next) => state = next,
                Err(refused) => {
                    prop_assert!(bucket.try_take(state, now + refused.retry_after).is_ok());
                    now = now + Duration::from_micros(gap);
                }
            }
        }
    }

    #[test]
    fn what_is_given_back_can_be_taken_again_and_no_more(rate in rates(), taken in 1u32..200, back in 0u32..300) {
        let (bucket, now) = (Bucket::new(rate), Tick::from_micros(77_000_000));
        let taken = taken.min(rate.count());
        let mut state = 0;
        for _ in 0..taken {
            state = bucket.try_take(state, now).unwrap();
        }
        for _ in 0..back {
            state = bucket.give_back(state);
        }
        let left = rate.count() - taken + back.min(taken);
        prop_assert_eq!(bucket.left(state, now), u64::from(left));
    }

    #[test]
    fn no_state_and_no_moment_makes_it_overflow(rate in rates(), state: u64, now: u64) {
        let bucket = Bucket::new(rate);
        let _ = bucket.try_take(state, Tick::from_micros(now));
        let _ = bucket.left(bucket.give_back(state), Tick::from_micros(now));
    }
}
