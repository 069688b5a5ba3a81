//! The numbered transitions of the breaker, one by one.

use super::*;

use FailureKind as K;

fn at(seconds: f64) -> Tick {
    Tick::ZERO + secs(seconds)
}

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn asks(kind: K, seconds: f64) -> Failure {
    Failure { retry_after: Some(secs(seconds)), ..Failure::seen(kind, "") }
}

fn fails(breaker: &mut Breaker, now: f64, kind: K) {
    breaker.failed(at(now), Permit::ordinary(), &Failure::seen(kind, ""));
}

/// Open since 0 s, for 5 s.
fn open() -> Breaker {
    let mut breaker = Breaker::default();
    (0..3).for_each(|_| fails(&mut breaker, 0.0, K::Timeout));
    breaker
}

fn probe(breaker: &mut Breaker, now: f64) -> Permit {
    let admission = breaker.ask(at(now));
    assert!(matches!(admission, Admission::Admitted(_)), "{admission:?}");
    let Admission::Admitted(permit) = admission else { unreachable!() };
    permit
}

fn is_held_back(breaker: &mut Breaker, now: f64) -> bool {
    matches!(breaker.ask(at(now)), Admission::HeldBack { .. })
}

fn check(breaker: &Breaker, open_for: Option<(f64, K)>) {
    let expect = open_for
        .map_or(BreakerState::Closed, |(until, because)| BreakerState::Open { until: at(until), because });
    assert_eq!(breaker.state(Tick::ZERO), expect);
}

#[test]
fn t1_three_counted_failures_in_a_row_open_it_for_five_seconds() {
    for kind in K::ALL.iter().copied().filter(|kind| kind.counts_against_health()) {
        let mut breaker = Breaker::default();
        fails(&mut breaker, 0.0, kind);
        fails(&mut breaker, 0.0, kind);
        check(&breaker, None);
        fails(&mut breaker, 0.0, kind);
        check(&breaker, Some((5.0, kind)));
    }
}

#[test]
fn t1_a_success_in_between_starts_the_row_afresh_but_half_of_ten_open_it() {
    let mut breaker = Breaker::default();
    for n in 0..4 {
        fails(&mut breaker, f64::from(n), K::ServerError);
        breaker.succeeded(at(f64::from(n)), Permit::ordinary());
    }
    fails(&mut breaker, 5.0, K::ServerError);
    check(&breaker, None);
    fails(&mut breaker, 6.0, K::Connect);
    check(&breaker, Some((11.0, K::Connect)));
}

#[test]
fn t1_other_kinds_neither_count_nor_break_a_row() {
    let uncounted =
        [K::InvalidRequest, K::ContextWindow, K::ContentPolicy, K::ModelUnavailable, K::SchemaMismatch];
    let mut breaker = Breaker::default();
    for kind in uncounted {
        (0..20).for_each(|_| fails(&mut breaker, 0.0, kind));
    }
    check(&breaker, None);
    for kind in [K::Timeout, K::InvalidRequest, K::Timeout, K::ContentPolicy, K::Timeout] {
        fails(&mut breaker, 0.0, kind);
    }
    check(&breaker, Some((5.0, K::Timeout)));
}

#[test]
fn t2_a_rate_limit_opens_it_at_once_for_as_long_as_it_says() {
    let one = |failure: Failure, open_for: Option<f64>| {
        let mut breaker = Breaker::default();
        breaker.failed(at(0.0), Permit::ordinary(), &failure);
        check(&breaker, open_for.map(|seconds| (seconds, failure.kind)));
    };
    let empty = |failure: Failure| Failure { account_empty: true, ..failure };
    one(asks(K::RateLimit, 42.0), Some(42.0));
    one(asks(K::RateLimit, 0.2), Some(0.2));
    one(asks(K::RateLimit, 0.0), None);
    one(asks(K::RateLimit, 86_400.0), Some(600.0));
    one(Failure::seen(K::RateLimit, ""), Some(5.0));
    one(empty(Failure::seen(K::RateLimit, "")), Some(300.0));
    one(empty(asks(K::RateLimit, 1.0)), Some(300.0));
    one(empty(asks(K::RateLimit, 400.0)), Some(400.0));
    one(asks(K::ServerError, 20.0), Some(20.0));
    one(asks(K::InvalidRequest, 20.0), None);
}

#[test]
fn t2_a_short_wait_does_not_undo_the_counting() {
    let mut breaker = Breaker::default();
    (0..3).for_each(|_| breaker.failed(at(0.0), Permit::ordinary(), &asks(K::ServerError, 0.0)));
    check(&breaker, Some((5.0, K::ServerError)));
}

#[test]
fn t3_a_later_signal_lengthens_the_wait_and_never_shortens_it() {
    let mut breaker = open();
    breaker.failed(at(1.0), Permit::ordinary(), &asks(K::RateLimit, 60.0));
    check(&breaker, Some((61.0, K::RateLimit)));
    breaker.failed(at(2.0), Permit::ordinary(), &asks(K::RateLimit, 1.0));
    fails(&mut breaker, 3.0, K::ServerError);
    check(&breaker, Some((61.0, K::RateLimit)));
    fails(&mut breaker, 60.0, K::ServerError);
    check(&breaker, Some((65.0, K::ServerError)));
}

#[test]
fn t3_a_success_of_a_request_that_was_under_way_closes_nothing() {
    let mut breaker = open();
    breaker.succeeded(at(1.0), Permit::ordinary());
    breaker.succeeded(at(7.0), Permit::ordinary());
    check(&breaker, Some((5.0, K::Timeout)));
}

#[test]
fn t4_t5_when_its_time_is_over_one_probe_is_let_through() {
    let mut breaker = open();
    assert!(is_held_back(&mut breaker, 4.99));
    assert!(!breaker.would_admit(at(4.99)));
    assert!(breaker.would_admit(at(5.0)));
    assert_eq!(breaker.state(at(5.0)), BreakerState::HalfOpen { because: K::Timeout });
    let _probe = probe(&mut breaker, 5.0);
    assert!(is_held_back(&mut breaker, 5.0));
    assert!(is_held_back(&mut breaker, 500.0));
    assert!(!breaker.would_admit(at(500.0)));
}

#[test]
fn t6_a_probe_that_succeeds_closes_it_and_all_counts_start_afresh() {
    let mut breaker = open();
    let permit = probe(&mut breaker, 5.0);
    breaker.succeeded(at(6.0), permit);
    assert_eq!(breaker.state(at(6.0)), BreakerState::Closed);
    fails(&mut breaker, 6.0, K::Timeout);
    fails(&mut breaker, 6.0, K::Timeout);
    assert_eq!(breaker.state(at(6.0)), BreakerState::Closed);
    fails(&mut breaker, 6.0, K::Timeout);
    check(&breaker, Some((11.0, K::Timeout)));
}

#[test]
fn t7_a_probe_that_fails_doubles_the_wait_up_to_thirty_seconds() {
    let mut breaker = open();
    let mut now = 5.0;
    for wait in [10.0, 20.0, 30.0, 30.0] {
        let permit = probe(&mut breaker, now);
        breaker.failed(at(now), permit, &Failure::seen(K::ServerError, ""));
        now += wait;
        check(&breaker, Some((now, K::ServerError)));
    }
}

#[test]
fn t7_a_probe_that_is_rate_limited_waits_as_it_is_told() {
    let mut breaker = open();
    let permit = probe(&mut breaker, 5.0);
    breaker.failed(at(5.0), permit, &asks(K::RateLimit, 3.0));
    check(&breaker, Some((8.0, K::RateLimit)));
}

#[test]
fn t8_a_probe_that_says_nothing_makes_way_for_the_next() {
    let mut breaker = open();
    let permit = probe(&mut breaker, 5.0);
    assert!(breaker.release(permit));
    let permit = probe(&mut breaker, 5.0);
    breaker.failed(at(6.0), permit, &Failure::seen(K::InvalidRequest, ""));
    let _permit = probe(&mut breaker, 6.0);
}

#[test]
fn t9_a_forced_probe_is_one_and_its_success_is_believed() {
    let mut breaker = open();
    let permit = breaker.force().unwrap();
    assert!(breaker.force().is_none());
    breaker.succeeded(at(1.0), permit);
    check(&breaker, None);
}

#[test]
fn t9_a_failure_that_came_in_meanwhile_is_believed_more_than_the_probe() {
    let mut breaker = open();
    let permit = breaker.force().unwrap();
    breaker.failed(at(1.0), Permit::ordinary(), &asks(K::RateLimit, 60.0));
    breaker.succeeded(at(2.0), permit);
    check(&breaker, Some((61.0, K::RateLimit)));
    assert!(breaker.force().is_some(), "the probe's place is free again");
}

#[test]
fn a_permit_of_before_the_breaker_closed_frees_nobody_elses_probe() {
    let mut breaker = open();
    let first = probe(&mut breaker, 5.0);
    breaker.succeeded(at(5.0), first);
    (0..3).for_each(|_| fails(&mut breaker, 6.0, K::Timeout));
    let _second = probe(&mut breaker, 11.0);
    assert!(!breaker.release(Permit::ordinary()));
    assert!(is_held_back(&mut breaker, 11.0));
}
