//! How long the Plan lets each attempt take: defaults, whose setting comes first, and the one deadline over all.

use std::sync::Arc;

use maig_core::failure::FailureKind as K;
use maig_core::plan::{Ask, Attempt, Step};
use maig_core::route::{CompiledRoute, ModelTarget, Timeouts};
use maig_core::time::Tick;
use maig_core::translate::Unsupported;

use crate::plan_script::{
    IntoTarget, Play, START, Stage, at, break_open, fail, known, model, models, play, retried, retry_after,
    route, secs, total,
};

fn stream() -> Ask {
    Ask { stream: true, ..Ask::default() }
}

/// The attempts of a plan whose every attempt but the last times out so many seconds after its start.
fn attempts(route: CompiledRoute, ask: Ask, timeouts: &[f64]) -> Vec<Attempt> {
    let script = timeouts.iter().map(|after| Play::Fail(fail(K::Timeout), secs(*after)));
    play(route, ask, script).1.attempts
}

fn answers(route: CompiledRoute, ask: Ask, timeouts: &[f64]) -> Vec<Tick> {
    attempts(route, ask, timeouts).iter().filter_map(|attempt| attempt.clocks.answer).collect()
}

fn first_tokens(route: CompiledRoute, ask: Ask, timeouts: &[f64]) -> Vec<Tick> {
    attempts(route, ask, timeouts).iter().filter_map(|attempt| attempt.clocks.first_token).collect()
}

#[test]
fn the_defaults() {
    let clocks = attempts(models(&["a", "b"]), stream(), &[])[0].clocks;
    assert_eq!((clocks.connect, clocks.idle, clocks.stream), (secs(5.0), secs(20.0), secs(900.0)));
    assert_eq!((clocks.first_token, clocks.answer, clocks.total), (Some(at(10.0)), None, at(120.0)));
}

#[test]
fn a_model_that_reasons_is_given_more_time() {
    let two = || route("r", [known("a", |card| card.reasoning = true), model("b")]);
    assert_eq!(first_tokens(two(), stream(), &[60.0]), [at(60.0), at(70.0)]);
    let mut long = two();
    long.timeouts = total(300);
    assert_eq!(answers(long, Ask::default(), &[90.0]), [at(90.0), at(300.0)]);
    let mut told = two();
    told.timeouts.first_token_ms = Some(8_000);
    assert_eq!(first_tokens(told, stream(), &[8.0]), [at(8.0), at(16.0)], "what the route says comes first");
}

#[test]
fn a_target_comes_before_its_route_and_the_route_before_the_defaults() {
    let of_target = Timeouts { idle_ms: Some(1), first_token_ms: Some(2), ..Timeouts::default() };
    let of_route =
        Timeouts { idle_ms: Some(10), connect_ms: Some(20), stream_ms: Some(30), ..Timeouts::default() };
    let mut route = route("r", [ModelTarget { timeouts: of_target, ..model("a") }]);
    route.timeouts = of_route;
    let clocks = attempts(route, stream(), &[])[0].clocks;
    assert_eq!((clocks.idle, clocks.connect, clocks.stream), (secs(0.001), secs(0.02), secs(0.03)));
    assert_eq!(clocks.first_token, Some(at(0.002)));
}

#[test]
fn a_first_token_is_awaited_as_long_on_the_last_target() {
    assert_eq!(first_tokens(models(&["a", "b"]), stream(), &[10.0]), [at(10.0), at(20.0)]);
    assert_eq!(first_tokens(models(&["a", "b"]), stream(), &[115.0]), [at(10.0), at(120.0)]);
}

#[test]
fn a_whole_answer_leaves_time_to_the_next_target_and_the_last_takes_all() {
    assert_eq!(answers(models(&["a", "b"]), Ask::default(), &[30.0]), [at(30.0), at(120.0)]);
    assert_eq!(answers(models(&["a"]), Ask::default(), &[]), [at(120.0)]);
}

#[test]
fn at_most_half_of_what_is_left_while_another_target_remains() {
    let mut route = models(&["a", "b", "c"]);
    route.timeouts = total(40);
    assert_eq!(answers(route, Ask::default(), &[20.0, 10.0]), [at(20.0), at(30.0), at(40.0)]);
}

#[test]
fn answer_ms_is_for_all_but_the_last() {
    let mut route = models(&["a", "b"]);
    route.timeouts.answer_ms = Some(8_000);
    assert_eq!(answers(route, Ask::default(), &[8.0]), [at(8.0), at(120.0)]);
}

#[test]
fn the_clients_deadline_lowers_the_total_and_never_raises_it() {
    let one = |deadline: f64, expect: f64| {
        let ask = Ask { deadline: Some(secs(deadline)), ..Ask::default() };
        assert_eq!(attempts(models(&["a"]), ask, &[])[0].clocks.total, at(expect));
    };
    one(8.0, 8.0);
    one(600.0, 120.0);
}

#[test]
fn timeout_ms_of_the_request_bounds_each_attempt_the_last_too() {
    let ask = |stream| Ask { attempt_timeout: Some(secs(6.0)), stream, ..Ask::default() };
    assert_eq!(answers(models(&["a", "b"]), ask(false), &[6.0]), [at(6.0), at(12.0)]);
    assert_eq!(first_tokens(models(&["a", "b"]), ask(true), &[6.0]), [at(6.0), at(12.0)]);
    let longer = Ask { attempt_timeout: Some(secs(60.0)), stream: true, ..Ask::default() };
    assert_eq!(first_tokens(models(&["a", "b"]), longer, &[]), [at(10.0)], "it never lengthens a clock");
}

#[test]
fn retries_spend_the_same_deadline() {
    let (_, stage) = play(
        route("r", [retried("a", 1)]),
        Ask::default(),
        [Play::Fail(retry_after(K::ServerError, 3.0), secs(50.0))],
    );
    assert_eq!(stage.attempts[1].clocks.total, at(120.0));
    assert_eq!(stage.attempts[1].clocks.answer, Some(at(120.0)));
}

#[test]
fn a_targets_own_total_bounds_all_its_attempts() {
    let hasty = ModelTarget { timeouts: total(10), ..retried("a", 5) };
    let script = [Play::Fail(fail(K::ServerError), secs(6.0)), Play::Fail(fail(K::ServerError), secs(4.0))];
    let (transcript, stage) = play(route("r", [hasty, model("b")]), Ask::default(), script);
    assert_eq!(transcript, "a wait a b answers");
    let totals: Vec<_> = stage.attempts.iter().map(|attempt| attempt.clocks.total).collect();
    assert_eq!(totals, [at(10.0), at(10.0), at(120.0)]);
}

#[test]
fn an_inner_route_has_its_own_clocks_inside_the_outer_total() {
    let mut inner = route("inner", [model("x"), model("y")]);
    inner.timeouts = Timeouts { first_token_ms: Some(3_000), ..total(5) };
    let mut outer = route("r", [inner.into_target(), model("b").into_target()]);
    outer.timeouts = Timeouts { first_token_ms: Some(7_000), ..total(60) };
    assert_eq!(first_tokens(outer, stream(), &[3.0, 2.0]), [at(3.0), at(5.0), at(12.0)]);
}

#[test]
fn the_fair_share_is_the_smallest_of_all_levels() {
    let two_inside = |inner_total: u64, outer_total: u64| {
        let mut inner = route("inner", [model("x"), model("y")]);
        inner.timeouts = total(inner_total);
        let mut outer = route("r", [inner.into_target(), model("b").into_target()]);
        outer.timeouts = total(outer_total);
        answers(outer, Ask::default(), &[])[0]
    };
    assert_eq!(two_inside(20, 120), at(10.0));
    assert_eq!(two_inside(120, 20), at(10.0));
}

#[test]
fn a_probe_is_not_forced_into_a_route_whose_time_is_over() {
    let x = model("x");
    break_open(&x, START, &fail(K::ServerError));
    let mut inner = route("inner", [x]);
    inner.timeouts = total(1);
    let outer = Arc::new(route("r", [inner.into_target(), model("b").into_target()]));
    let mut stage = Stage::new(&outer, Ask::default(), START);
    assert!(matches!(stage.plan.next(START), Step::Try(attempt) if &*attempt.target.label == "b"));
    stage.now = at(2.0);
    stage.plan.unsupported(stage.now, Unsupported { param: "n".into(), reason: "it says so".into() });
    assert_eq!(stage.play([]), "503 no_target_available 3s");
}

#[test]
fn an_inner_total_may_not_outlive_the_outer_one() {
    let mut inner = route("inner", [model("x")]);
    inner.timeouts = total(600);
    let mut outer = route("r", [inner]);
    outer.timeouts = total(20);
    assert_eq!(attempts(outer, Ask::default(), &[])[0].clocks.total, at(20.0));
}

#[test]
fn the_last_of_an_inner_route_is_not_the_last_of_all() {
    let inner = route("inner", [model("x")]).into_target();
    let attempts = attempts(route("r", [inner, model("b").into_target()]), Ask::default(), &[30.0]);
    let seen: Vec<_> = attempts.iter().map(|a| (a.last, a.accept_empty, a.clocks.answer)).collect();
    assert_eq!(seen, [(false, false, Some(at(30.0))), (true, true, Some(at(120.0)))]);
}

#[test]
fn an_empty_answer_is_taken_only_where_nothing_would_follow() {
    let seen = |route, script: &[K]| -> Vec<bool> {
        play(route, Ask::default(), script.to_vec())
            .1
            .attempts
            .iter()
            .map(|attempt| attempt.accept_empty)
            .collect()
    };
    assert_eq!(seen(models(&["a", "b"]), &[K::BadResponse]), [false, true]);
    assert_eq!(seen(route("r", [retried("a", 1)]), &[K::BadResponse]), [false, true]);
    let keyless = ModelTarget { account: None, ..model("b") };
    assert_eq!(seen(route("r", [model("a"), keyless]), &[]), [true]);
}

#[test]
fn a_target_that_reopens_in_time_still_remains() {
    let seen = |wait: f64| {
        let b = model("b");
        break_open(&b, START, &retry_after(K::ServerError, wait));
        let mut stage = Stage::new(&Arc::new(route("r", [model("a"), b])), Ask::default(), START);
        stage.play([]);
        (stage.attempts[0].last, stage.attempts[0].accept_empty)
    };
    assert_eq!(seen(20.0), (false, true));
    assert_eq!(seen(100.0), (true, true));
}
