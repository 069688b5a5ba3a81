//! What the Plan decides of each row of "what failing means", as stories of one line each: the route, what happens to
//! each attempt, and what is tried, awaited and told to the client.

use std::sync::Arc;
use std::time::Duration;

use maig_core::chat::Needs;
use maig_core::failure::{Failure, FailureKind as K};
use maig_core::plan::{Ask, BreakerState, GiveUp, SkipReason, Step};
use maig_core::route::{CompiledRoute, Force, ModelTarget};
use maig_core::translate::Unsupported;

use crate::plan_script::{
    IntoTarget, Play, START, Stage, at, break_open, check, empty_account, fail, known, model, models, play,
    retried, retry_after, route, secs, with_status,
};

const NOTHING: [K; 0] = [];

fn on(kinds: &[K], mut route: CompiledRoute) -> CompiledRoute {
    route.retry_on = kinds.to_vec();
    route
}

fn forced(mut route: CompiledRoute) -> CompiledRoute {
    route.force_fallback = Force::On;
    route
}

// ── the rows ──

#[test]
fn the_first_target_answers() {
    check(models(&["a", "b"]), NOTHING, "a answers");
}

#[test]
fn by_default_these_kinds_go_to_the_next_target() {
    for kind in [K::Connect, K::ServerError, K::RateLimit, K::Timeout, K::BadResponse, K::ModelUnavailable] {
        check(models(&["a", "b"]), [kind], "a b answers");
    }
}

#[test]
fn by_default_these_kinds_end_the_chain() {
    check(models(&["a", "b"]), [K::ContextWindow], "a 400 context_length_exceeded (context_window)");
    check(models(&["a", "b"]), [K::ContentPolicy], "a passed:content_policy");
    check(models(&["a", "b"]), [K::InvalidRequest], "a passed:invalid_request");
    check(models(&["a", "b"]), [K::ProviderAuth], "a ended:provider_auth");
}

#[test]
fn a_kind_that_is_listed_goes_to_the_next_target() {
    for kind in K::ALL.iter().copied().filter(|kind| *kind != K::InvalidRequest) {
        check(on(&[kind], models(&["a", "b"])), [kind], "a b answers");
    }
}

#[test]
fn a_kind_that_is_not_listed_goes_to_the_client_alone() {
    for kind in [K::Connect, K::ServerError, K::RateLimit, K::Timeout, K::BadResponse, K::ProviderAuth] {
        check(on(&[], models(&["a", "b"])), [kind], &format!("a ended:{kind}"));
    }
    check(on(&[K::Timeout], models(&["a", "b"])), [K::ServerError], "a ended:server_error");
}

#[test]
fn connect_and_bad_response_go_with_server_error_and_not_the_other_way() {
    check(on(&[K::ServerError], models(&["a", "b"])), [K::Connect], "a b answers");
    check(on(&[K::ServerError], models(&["a", "b"])), [K::BadResponse], "a b answers");
    check(on(&[K::Connect], models(&["a", "b"])), [K::ServerError], "a ended:server_error");
}

#[test]
fn an_unknown_model_is_no_reason_to_stop_and_a_bad_request_none_to_go_on() {
    check(on(&[], models(&["a", "b"])), [K::ModelUnavailable], "a b answers");
    check(on(K::ALL, models(&["a", "b"])), [K::InvalidRequest], "a passed:invalid_request");
}

#[test]
fn what_comes_after_a_fallback_is_judged_the_same_way() {
    check(models(&["a", "b", "c"]), [K::Timeout, K::ServerError], "a b c answers");
    check(models(&["a", "b", "c"]), [K::Timeout, K::InvalidRequest], "a b passed:invalid_request");
}

#[test]
fn a_refusal_is_the_clients_where_no_target_remains() {
    check(on(&[K::ContentPolicy], models(&["a", "b"])), [K::ContentPolicy; 2], "a b passed:content_policy");
}

// ── the end of a chain ──

#[test]
fn an_exhausted_chain_is_what_its_failures_have_in_common() {
    check(models(&["a", "b"]), [K::Timeout, K::Timeout], "a b 504 all_targets_timed_out");
    check(models(&["a", "b"]), [K::Timeout, K::ServerError], "a b 502 all_targets_failed");
    check(models(&["a", "b"]), [K::RateLimit, K::Timeout], "a b 502 all_targets_failed");
    check(models(&["a"]), [K::ModelUnavailable], "a 502 all_targets_failed");
    check(models(&["a", "b"]), [K::RateLimit, K::RateLimit], "a b 429 all_targets_rate_limited 5s");
}

#[test]
fn all_rate_limited_names_the_shortest_wait() {
    let script = [retry_after(K::RateLimit, 40.0), retry_after(K::RateLimit, 20.0)];
    check(models(&["a", "b"]), script, "a b 429 all_targets_rate_limited 20s");
}

#[test]
fn a_target_that_its_breaker_held_back_counts_as_what_opened_it() {
    let one = |opened_by: Failure, failure: K, expect: &str| {
        let b = model("b");
        break_open(&b, START, &opened_by);
        check(route("r", [model("a"), b]), [failure], expect);
    };
    one(fail(K::Timeout), K::Timeout, "a 504 all_targets_timed_out");
    one(fail(K::ServerError), K::Timeout, "a 502 all_targets_failed");
    one(retry_after(K::RateLimit, 3.0), K::RateLimit, "a 429 all_targets_rate_limited 3s");
}

#[test]
fn giving_up_twice_says_the_same() {
    let (first, mut stage) = play(models(&["a"]), Ask::default(), [K::Timeout]);
    assert_eq!(stage.play([]), format!("{first} 504 all_targets_timed_out"));
    assert_eq!(stage.plan.attempts(), 1);
}

// ── retries ──

#[test]
fn the_same_target_again_after_what_may_pass() {
    for kind in [K::Connect, K::ServerError, K::BadResponse, K::RateLimit] {
        check(route("r", [retried("a", 1), model("b")]), [kind], "a wait a answers");
        check(route("r", [retried("a", 1), model("b")]), [kind, kind], "a wait a b answers");
    }
    let five_times = "a wait a wait a wait a wait a wait a 502 all_targets_failed";
    check(route("r", [retried("a", 5)]), [K::ServerError; 6], five_times);
}

#[test]
fn nothing_else_is_retried_on_the_same_target() {
    for kind in
        [K::Timeout, K::ModelUnavailable, K::ContentPolicy, K::ContextWindow, K::ProviderAuth, K::StreamCut]
    {
        check(on(K::ALL, route("r", [retried("a", 5), model("b")])), [kind], "a b answers");
    }
    check(route("r", [retried("a", 5), model("b")]), [empty_account()], "a b answers");
}

#[test]
fn a_failure_that_ends_the_chain_is_not_retried_first() {
    check(on(&[K::Timeout], route("r", [retried("a", 2)])), [K::ServerError], "a ended:server_error");
}

#[test]
fn a_rate_limit_is_waited_for_when_nobody_else_could_answer() {
    let two = || route("r", [retried("a", 1), model("b")]);
    check(two(), [retry_after(K::RateLimit, 5.0)], "a wait a answers");
    check(two(), [retry_after(K::RateLimit, 5.1)], "a b answers");
    check(route("r", [retried("a", 1)]), [retry_after(K::RateLimit, 60.0)], "a wait a answers");
    let too_late = "a 429 all_targets_rate_limited 120s";
    check(route("r", [retried("a", 1)]), [retry_after(K::RateLimit, 120.0)], too_late);
}

#[test]
fn another_target_that_its_breaker_holds_back_is_nobody_to_turn_to() {
    let b = model("b");
    break_open(&b, START, &retry_after(K::ServerError, 300.0));
    check(route("r", [retried("a", 1), b]), [retry_after(K::RateLimit, 20.0)], "a wait a answers");
}

#[test]
fn a_wait_that_came_back_after_the_deadline_moves_on() {
    let mut stage = Stage::new(&Arc::new(route("r", [retried("a", 1)])), Ask::default(), START);
    assert!(matches!(stage.plan.next(START), Step::Try(_)));
    stage.plan.failed(at(1.0), fail(K::ServerError));
    stage.now = at(120.0);
    assert_eq!(stage.play([]), "502 all_targets_failed");
}

// ── Force Fallback ──

#[test]
fn force_fallback_passes_over_the_position_zero() {
    check(forced(models(&["a", "b", "c"])), [K::Timeout], "b c answers");
    check(forced(models(&["a"])), NOTHING, "503 no_target_available -");
}

#[test]
fn force_fallback_ends_at_its_time_without_a_new_configuration() {
    for (end, story) in [(5.0, "b answers"), (0.0, "a answers")] {
        let mut route = models(&["a", "b"]);
        route.force_fallback = Force::Until(at(end));
        check(route, NOTHING, story);
    }
}

#[test]
fn force_fallback_passes_over_a_whole_route_and_stays_inside_its_own() {
    let inner = || route("inner", [model("x"), model("y")]).into_target();
    check(forced(route("r", [inner(), model("b").into_target()])), NOTHING, "b answers");
    let inner_forced = forced(route("inner", [model("x"), model("y")])).into_target();
    check(route("r", [inner_forced, model("b").into_target()]), [K::Timeout], "y b answers");
}

// ── context windows ──

#[test]
fn an_unknown_window_is_no_obstacle_and_the_first_400_is_told() {
    let route = || on(&[K::ContextWindow], models(&["a", "b"]));
    check(route(), [K::ContextWindow], "a b answers");
    let two = [K::ContextWindow, K::ContextWindow].map(|kind| Failure::seen(kind, "first"));
    let [first, mut second] = two;
    second.error.message = "second".into();
    check(route(), [first, second], "a b 400 context_length_exceeded (first)");
}

#[test]
fn only_a_larger_window_is_tried_after_one_that_was_too_small() {
    let windows = |sizes: &[Option<u64>]| {
        let targets = sizes.iter().zip(["a", "b", "c", "d"]);
        let targets = targets.map(|(size, name)| known(name, |card| card.max_input = *size));
        on(&[K::ContextWindow, K::ServerError], route("r", targets.collect::<Vec<_>>()))
    };
    let (small, large) = (Some(8_000), Some(128_000));
    check(windows(&[small, small, large]), [K::ContextWindow], "a c answers");
    check(windows(&[large, small, None]), [K::ContextWindow], "a c answers");
    check(windows(&[large, small]), [K::ContextWindow], "a 400 context_length_exceeded (context_window)");
    check(windows(&[small, large, small]), [K::ContextWindow, K::ServerError], "a b 502 all_targets_failed");
    check(windows(&[large, small]), [K::ServerError], "a b answers");
    let again = [K::ContextWindow; 2];
    check(windows(&[small, large, large]), again, "a b 400 context_length_exceeded (context_window)");
    check(windows(&[small, None, small]), again, "a b 400 context_length_exceeded (context_window)");

    let ask = Ask { prompt_tokens: Some(30_000), ..Ask::default() };
    let (transcript, _) = play(windows(&[None, small, large]), ask, [K::ContextWindow]);
    assert_eq!(transcript, "a c answers", "an estimate stands in for an unknown window");
}

// ── what cannot be tried ──

#[test]
fn a_target_that_lacks_what_is_needed_is_skipped() {
    let blind = |name: &str| known(name, |card| card.can.vision = Some(false));
    let ask = || Ask { needs: Needs { image: true, ..Needs::default() }, ..Ask::default() };
    assert_eq!(play(route("r", [blind("a"), model("b")]), ask(), NOTHING).0, "b answers");
    let (transcript, stage) = play(route("r", [blind("a"), blind("b")]), ask(), NOTHING);
    assert_eq!((transcript.as_str(), stage.plan.attempts()), ("400 unsupported_parameter messages", 0));
    check(route("r", [blind("a")]), NOTHING, "a answers");
}

#[test]
fn a_target_without_a_key_is_skipped() {
    let keyless = || ModelTarget { account: None, ..model("a") };
    let (transcript, stage) = play(route("r", [keyless(), model("b")]), Ask::default(), NOTHING);
    assert_eq!(transcript, "b answers");
    assert_eq!(
        (stage.plan.skips()[0].label.as_str(), &stage.plan.skips()[0].reason),
        ("a", &SkipReason::NoAccount)
    );
    assert!(stage.plan.is_fallback());
    check(route("r", [keyless()]), NOTHING, "503 no_target_available -");
    check(route("r", [] as [ModelTarget; 0]), NOTHING, "503 no_target_available -");
}

#[test]
fn a_target_that_cannot_be_told_is_skipped_without_an_attempt() {
    let (transcript, stage) = play(models(&["a", "b"]), Ask::default(), [Play::CannotSay("tools")]);
    assert_eq!(transcript, "a b answers");
    assert_eq!((stage.plan.attempts(), stage.plan.tried().len()), (1, 1));
    assert!(
        matches!(&stage.plan.skips()[0].reason, SkipReason::Unsupported(Unsupported { param, .. }) if param == "tools")
    );

    check(
        models(&["a", "b"]),
        [Play::CannotSay("tools"), Play::CannotSay("n")],
        "a b 400 unsupported_parameter tools",
    );
    check(models(&["a", "b"]), [Play::CannotSay("n"), K::Timeout.into()], "a b 504 all_targets_timed_out");
}

// ── breakers ──

#[test]
fn three_failures_in_a_row_hold_a_target_back_until_a_probe_succeeds() {
    let route = Arc::new(models(&["a", "b"]));
    let ask = |now: f64, script: &[Play]| Stage::new(&route, Ask::default(), at(now)).play(script.to_vec());
    for second in 0..3 {
        assert_eq!(ask(f64::from(second), &[K::ServerError.into()]), "a b answers");
    }
    assert_eq!(ask(3.0, &[]), "b answers");
    assert_eq!(ask(6.9, &[]), "b answers");
    assert_eq!(ask(7.5, &[K::ServerError.into()]), "a b answers", "the probe fails");
    assert_eq!(ask(17.4, &[]), "b answers", "twice as long");
    assert_eq!(ask(17.6, &[]), "a answers", "the probe succeeds");
    assert_eq!(ask(17.7, &[]), "a answers");
}

#[test]
fn what_says_nothing_about_health_opens_no_breaker() {
    for play in
        [K::InvalidRequest.into(), K::ContextWindow.into(), K::ContentPolicy.into(), Play::ClientLeaves]
    {
        let route = Arc::new(models(&["a", "b"]));
        for _ in 0..20 {
            let transcript = Stage::new(&route, Ask::default(), START).play([play.clone()]);
            assert!(transcript.starts_with("a "), "{transcript}");
        }
    }
}

#[test]
fn cuts_after_the_commit_open_it_too() {
    let route = Arc::new(models(&["a", "b"]));
    for _ in 0..3 {
        assert_eq!(Stage::new(&route, Ask::default(), START).play([Play::CommitThenCut]), "a is cut");
    }
    assert_eq!(Stage::new(&route, Ask::default(), START).play([]), "b answers");
}

#[test]
fn all_open_for_rate_limits_is_told_at_once() {
    let (a, b) = (model("a"), model("b"));
    break_open(&a, START, &retry_after(K::RateLimit, 30.0));
    break_open(&b, START, &retry_after(K::RateLimit, 12.0));
    check(route("r", [a, b]), NOTHING, "429 all_targets_rate_limited 12s");
}

#[test]
fn when_all_are_open_the_soonest_is_tried_one_probe_at_a_time() {
    let (a, b, c) = (model("a"), model("b"), model("c"));
    break_open(&a, START, &retry_after(K::ServerError, 30.0));
    break_open(&b, START, &fail(K::Timeout));
    break_open(&c, START, &retry_after(K::RateLimit, 20.0));
    let route = Arc::new(route("r", [a, b, c]));

    let mut first = Stage::new(&route, Ask::default(), at(1.0));
    let step = first.plan.next(at(1.0));
    assert!(matches!(&step, Step::Try(attempt) if &*attempt.target.label == "b"), "{step:?}");
    assert!(first.plan.is_fallback());
    let mut second = Stage::new(&route, Ask::default(), at(1.0));
    assert_eq!(second.play([]), "503 no_target_available 4s");
    first.plan.answered(at(2.0));
    assert_eq!(Stage::new(&route, Ask::default(), at(2.0)).play([]), "b answers");
}

#[test]
fn a_forced_probe_that_fails_ends_the_chain_with_what_all_have_in_common() {
    let (a, b) = (model("a"), model("b"));
    break_open(&a, START, &fail(K::Timeout));
    break_open(&b, START, &retry_after(K::Timeout, 20.0));
    check(route("r", [a, b]), [K::Timeout], "a 504 all_targets_timed_out");
}

#[test]
fn an_empty_account_is_left_alone_for_five_minutes() {
    let route = Arc::new(models(&["a", "b"]));
    assert_eq!(Stage::new(&route, Ask::default(), START).play([empty_account().into()]), "a b answers");
    assert_eq!(Stage::new(&route, Ask::default(), at(299.0)).play([]), "b answers");
    assert_eq!(Stage::new(&route, Ask::default(), at(301.0)).play([]), "a answers");
}

#[test]
fn a_breaker_is_not_asked_between_retries() {
    check(route("r", [retried("a", 1)]), [retry_after(K::RateLimit, 2.0)], "a wait a answers");
    check(route("r", [retried("a", 4)]), [K::ServerError; 4], "a wait a wait a wait a wait a answers");
}

#[test]
fn a_client_that_leaves_frees_the_probe() {
    let leave: [fn(&mut Stage); 2] = [|stage| stage.plan.cancelled(at(10.0)), |_| {}];
    for leave in leave {
        let a = model("a");
        break_open(&a, START, &fail(K::Timeout));
        let route = Arc::new(route("r", [a, model("b")]));
        let mut probe = Stage::new(&route, Ask::default(), at(10.0));
        assert!(matches!(probe.plan.next(at(10.0)), Step::Try(t) if &*t.target.label == "a"));
        assert_eq!(Stage::new(&route, Ask::default(), at(10.0)).play([]), "b answers");
        leave(&mut probe);
        drop(probe);
        assert_eq!(Stage::new(&route, Ask::default(), at(10.0)).play([]), "a answers");
    }
}

#[test]
fn a_probe_whose_target_cannot_say_the_request_is_free_again() {
    let a = model("a");
    break_open(&a, START, &fail(K::Timeout));
    let route = Arc::new(route("r", [a, model("b")]));
    assert_eq!(Stage::new(&route, Ask::default(), at(10.0)).play([Play::CannotSay("n")]), "a b answers");
    assert_eq!(Stage::new(&route, Ask::default(), at(10.0)).play([]), "a answers");
}

// ── status_codes and timeout_ms of the request ──

#[test]
fn status_codes_replace_the_list_for_failures_that_have_a_status() {
    let one = |failure: Failure, expect: &str| {
        let ask = Ask { status_codes: Some(vec![429, 403]), ..Ask::default() };
        let (transcript, _) = play(models(&["a", "b"]), ask, [failure]);
        assert_eq!(transcript, expect);
    };
    one(with_status(K::RateLimit, 429), "a b answers");
    one(with_status(K::ServerError, 500), "a ended:server_error");
    one(with_status(K::ProviderAuth, 403), "a b answers");
    one(with_status(K::ModelUnavailable, 404), "a b answers");
    one(with_status(K::BadResponse, 200), "a b answers");
    one(fail(K::Timeout), "a b answers");
    one(fail(K::Connect), "a b answers");
}

#[test]
fn status_codes_never_make_a_bad_request_go_on() {
    let ask = Ask { status_codes: Some(vec![400, 422]), ..Ask::default() };
    let (transcript, _) = play(models(&["a", "b"]), ask, [with_status(K::InvalidRequest, 400)]);
    assert_eq!(transcript, "a passed:invalid_request");
}

#[test]
fn status_codes_are_the_asked_routes_and_a_nested_one_keeps_its_list() {
    let one = |script: &[Failure], expect: &str| {
        let inner = route("inner", [model("x"), model("y")]).into_target();
        let ask = Ask { status_codes: Some(vec![429]), ..Ask::default() };
        let (transcript, _) = play(route("r", [inner, model("b").into_target()]), ask, script.to_vec());
        assert_eq!(transcript, expect);
    };
    one(&[with_status(K::ServerError, 500)], "x y answers");
    one(&[with_status(K::ServerError, 500), with_status(K::ServerError, 500)], "x y ended:server_error");
    one(&[with_status(K::ServerError, 500), with_status(K::RateLimit, 429)], "x y b answers");
}

// ── nested routes ──

#[test]
fn an_inner_route_runs_out_and_the_outer_goes_on() {
    let inner = route("inner", [model("x"), model("y")]).into_target();
    let (transcript, stage) =
        play(route("r", [inner, model("b").into_target()]), Ask::default(), [K::Timeout, K::ServerError]);
    assert_eq!(transcript, "x y b answers");
    let labels: Vec<_> = stage.plan.tried().iter().map(|t| (&**t.label(), t.kind)).collect();
    assert_eq!(labels, [("x", Some(K::Timeout)), ("y", Some(K::ServerError)), ("b", None)]);
}

#[test]
fn each_route_judges_by_its_own_list() {
    let inner = |kinds: &[K]| on(kinds, route("inner", [model("x"), model("y")])).into_target();
    let outer = |kinds: &[K], inner| on(kinds, route("r", [inner, model("b").into_target()]));
    check(outer(&[K::Timeout], inner(&[])), [K::Timeout], "x b answers");
    check(outer(&[], inner(&[K::Timeout])), [K::Timeout, K::Timeout], "x y ended:timeout");
    check(outer(&[], inner(&[K::Timeout])), [K::Timeout], "x y answers");
    check(outer(&[K::ContentPolicy], inner(&[])), [K::ContentPolicy], "x b answers");
    check(outer(K::ALL, inner(K::ALL)), [K::InvalidRequest], "x passed:invalid_request");
}

#[test]
fn an_inner_route_with_nothing_to_try_is_passed() {
    let x = model("x");
    break_open(&x, START, &retry_after(K::RateLimit, 30.0));
    let inner = route("inner", [x]).into_target();
    check(on(&[], route("r", [inner, model("b").into_target()])), NOTHING, "b answers");
}

#[test]
fn a_forced_probe_is_found_inside_a_nested_route() {
    let (x, y, b) = (model("x"), model("y"), model("b"));
    for (target, wait) in [(&x, 30.0), (&y, 10.0), (&b, 20.0)] {
        break_open(target, START, &retry_after(K::ServerError, wait));
    }
    let inner = route("inner", [x, y]).into_target();
    let (transcript, stage) =
        play(route("r", [inner, b.into_target()]), Ask::default(), [Play::from(K::ServerError)]);
    assert_eq!(transcript, "y 502 all_targets_failed");
    let skipped: Vec<_> = stage.plan.skips().iter().map(|skip| skip.label.as_str()).collect();
    assert_eq!(skipped, ["x", "b"]);
}

#[test]
fn fallback_is_any_level_past_its_first() {
    let nested = || {
        let inner = route("inner", [model("x"), model("y")]).into_target();
        route("r", [inner, model("b").into_target()])
    };
    let one = |script: &[K], expect: bool| {
        let (transcript, stage) = play(nested(), Ask::default(), script.to_vec());
        assert_eq!(stage.plan.is_fallback(), expect, "{transcript}");
    };
    one(&[], false);
    one(&[K::Timeout], true);
    one(&[K::Timeout, K::Timeout], true);
    one(&[K::Timeout, K::Timeout, K::Timeout], false);
    let (_, stage) = play(route("r", [retried("a", 1)]), Ask::default(), [K::ServerError]);
    assert!(!stage.plan.is_fallback(), "a retry is no fallback");
}

// ── commit ──

#[test]
fn a_committed_stream_has_no_second_attempt() {
    let (transcript, mut stage) = play(models(&["a", "b"]), Ask::default(), [Play::CommitThenCut]);
    assert_eq!(transcript, "a is cut");
    assert_eq!(stage.plan.tried()[0].kind, Some(K::StreamCut));
    assert_eq!(stage.play([]), "a is cut 503 no_target_available -");

    let mut stage = Stage::new(&Arc::new(models(&["a", "b"])), Ask::default(), START);
    assert!(matches!(stage.plan.next(START), Step::Try(_)));
    stage.plan.committed(START);
    stage.plan.failed(START, fail(K::ServerError));
    assert_eq!(stage.plan.tried()[0].kind, Some(K::StreamCut), "a failure after the commit is a cut");
    assert_eq!(stage.play([]), "503 no_target_available -");
}

#[test]
fn a_stream_that_ends_well_is_a_success() {
    let (transcript, stage) = play(models(&["a"]), Ask::default(), [Play::CommitThenEnd]);
    assert_eq!(transcript, "a streams");
    let tried = &stage.plan.tried()[0];
    assert_eq!((tried.kind, tried.cancelled, stage.plan.attempts()), (None, false, 1));
}

#[test]
fn an_attempt_is_recorded_with_its_time_and_status() {
    let failure = with_status(K::ServerError, 503);
    let (_, stage) = play(models(&["a", "b"]), Ask::default(), [Play::Fail(failure, secs(2.5))]);
    let tried = &stage.plan.tried()[0];
    assert_eq!((tried.status, tried.started, tried.took), (Some(503), START, secs(2.5)));
    assert_eq!(stage.plan.tried()[1].started, at(2.5));
}

#[test]
fn the_client_leaves() {
    let (transcript, stage) = play(models(&["a", "b"]), Ask::default(), [Play::ClientLeaves]);
    assert_eq!(transcript, "a is left");
    assert!(stage.plan.tried()[0].cancelled);
    assert_eq!(stage.attempts[0].target.health().state(START), BreakerState::Closed);
}

// ── the deadline ──

#[test]
fn a_deadline_of_nothing_tries_nothing() {
    let ask = Ask { deadline: Some(Duration::ZERO), ..Ask::default() };
    let (transcript, stage) = play(models(&["a", "b"]), ask, NOTHING);
    assert_eq!((transcript.as_str(), stage.plan.attempts()), ("504 all_targets_timed_out", 0));
}

#[test]
fn no_target_is_tried_after_the_total() {
    let script = [Play::Fail(fail(K::Timeout), secs(120.0))];
    let (transcript, mut stage) = play(models(&["a", "b"]), Ask::default(), script);
    assert_eq!(transcript, "a 504 all_targets_timed_out");
    let again = stage.plan.next(stage.now);
    let is_last = |step: &Step| matches!(step, Step::GiveUp(GiveUp::Exhausted { last: Some(last), .. }) if last.kind == K::Timeout);
    assert!(is_last(&again), "{again:?}");
}
