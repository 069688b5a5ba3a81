//! What holds for the Plan whatever happens: random trees of routes, several plans at once that share breakers, and
//! every outcome in every order. Each property is asserted by one observer of all that the plans say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maig_core::failure::{Failure, FailureKind as K};
use maig_core::plan::{Ask, Attempt, Breaker, BreakerState, GiveUp, Outcome, Plan, Step};
use maig_core::route::{CompiledRoute, CompiledTarget, Force, ModelTarget, Timeouts};
use maig_core::time::Tick;
use maig_core::translate::Unsupported;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::plan_script::{IntoTarget, model};

const BREAKERS: usize = 3;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn plans_keep_every_rule_whatever_happens(
        tree in tree(),
        asks in prop::collection::vec(ask(), 1..5),
        events in prop::collection::vec(event(), 0..60),
    ) {
        let mut world = World::new(&tree, &asks);
        for event in &events {
            world.advance(event.pass);
            world.turn(event.plan % asks.len(), &event.outcome);
        }
        world.finish();
    }

    #[test]
    fn the_same_outcomes_give_the_same_plan(
        tree in tree(),
        ask in ask(),
        events in prop::collection::vec(event(), 0..40),
    ) {
        let run = || {
            let mut world = World::new(&tree, std::slice::from_ref(&ask));
            for event in &events {
                world.advance(event.pass);
                world.turn(0, &event.outcome);
            }
            world.finish();
            world.log
        };
        prop_assert_eq!(run(), run());
    }
}

// ── what happens ──

#[derive(Clone, Debug)]
struct Event {
    plan: usize,
    /// Time that passes before it.
    pass: Duration,
    outcome: Happening,
}

/// What becomes of the attempt that the plan has open, if it has one.
#[derive(Clone, Debug)]
enum Happening {
    /// Nothing yet.
    StillOpen,
    Fails(Failure),
    Answers,
    CannotSay,
    Commits,
    Leaves,
}

fn event() -> impl Strategy<Value = Event> {
    let outcome = prop_oneof![
        1 => Just(Happening::StillOpen),
        8 => failure().prop_map(Happening::Fails),
        1 => Just(Happening::Answers),
        1 => Just(Happening::CannotSay),
        1 => Just(Happening::Commits),
        1 => Just(Happening::Leaves),
    ];
    let pass = prop_oneof![3 => 0u64..2_000, 1 => 0u64..40_000];
    (0usize..4, pass, outcome).prop_map(|(plan, ms, outcome)| Event {
        plan,
        pass: Duration::from_millis(ms),
        outcome,
    })
}

fn failure() -> impl Strategy<Value = Failure> {
    // The kinds that go on come more often, so that plans grow long.
    let kind = prop_oneof![
        3 => select(&[K::Connect, K::ServerError, K::RateLimit, K::Timeout, K::BadResponse][..]),
        1 => select(K::ALL)
    ];
    let status = prop::option::of(select(&[200u16, 400, 401, 404, 408, 429, 500, 503, 529][..]));
    let wait = prop::option::of(prop_oneof![Just(0u64), 1u64..8_000, 8_000u64..2_000_000]);
    (kind, status, wait, prop::bool::weighted(0.1)).prop_map(|(kind, status, wait, empty)| Failure {
        status,
        retry_after: wait.map(Duration::from_millis),
        account_empty: empty && kind == K::RateLimit,
        ..Failure::seen(kind, "")
    })
}

fn ask() -> impl Strategy<Value = Ask> {
    let deadline = prop::option::of((0u64..200_000).prop_map(Duration::from_millis));
    let attempt_timeout = prop::option::weighted(0.2, (1u64..20_000).prop_map(Duration::from_millis));
    let status_codes =
        prop::option::weighted(0.2, prop::collection::vec(select(&[400u16, 429, 500, 503][..]), 0..4));
    (any::<bool>(), deadline, attempt_timeout, status_codes, any::<u64>()).prop_map(
        |(stream, deadline, attempt_timeout, status_codes, seed)| Ask {
            stream,
            deadline,
            attempt_timeout,
            status_codes,
            seed,
            ..Ask::default()
        },
    )
}

// ── what it happens to ──

#[derive(Clone, Debug)]
struct Branch {
    targets: Vec<Node>,
    retry_on: Vec<K>,
    force_fallback: bool,
    total_ms: Option<u64>,
}

#[derive(Clone, Debug)]
enum Node {
    Leaf { breaker: usize, retries: u8, has_account: bool, total_ms: Option<u64> },
    Branch(Branch),
}

fn tree() -> impl Strategy<Value = Branch> {
    let total = || prop::option::of(1u64..300_000);
    let leaf = (0..BREAKERS, 0u8..4, prop::bool::weighted(0.9), prop::option::weighted(0.1, 1u64..30_000))
        .prop_map(|(breaker, retries, has_account, total_ms)| Node::Leaf {
            breaker,
            retries,
            has_account,
            total_ms,
        });
    let retry_on = || {
        prop_oneof![
            Just(vec![K::ServerError, K::RateLimit, K::Timeout]),
            subsequence(K::ALL.to_vec(), 0..=K::ALL.len())
        ]
    };
    let branch = move |node: BoxedStrategy<Node>| {
        (prop::collection::vec(node, 0..4), retry_on(), prop::bool::weighted(0.2), total()).prop_map(
            |(targets, retry_on, force_fallback, total_ms)| Branch {
                targets,
                retry_on,
                force_fallback,
                total_ms,
            },
        )
    };
    let inner = branch(leaf.clone().boxed());
    let middle = branch(prop_oneof![3 => leaf.clone(), 1 => inner.prop_map(Node::Branch)].boxed());
    branch(prop_oneof![3 => leaf, 1 => middle.prop_map(Node::Branch)].boxed())
}

/// What the observer knows of one target, by its label: the path to it.
#[derive(Clone, Debug)]
struct Place {
    breaker: usize,
    tries_allowed: u32,
    forbidden: bool,
    /// The shortest total of the routes around it and its own.
    longest: Duration,
}

fn compile(
    branch: &Branch,
    path: &str,
    around: Place,
    breakers: &[Arc<Mutex<Breaker>>],
    places: &mut HashMap<String, Place>,
) -> CompiledRoute {
    let total = Duration::from_millis(branch.total_ms.unwrap_or(120_000));
    let targets = branch.targets.iter().enumerate().map(|(index, node)| {
        let path = format!("{path}/{index}");
        let mut place = around.clone();
        place.forbidden |= branch.force_fallback && index == 0;
        place.longest = place.longest.min(total);
        match node {
            Node::Branch(inner) => compile(inner, &path, place, breakers, places).into_target(),
            Node::Leaf { breaker, retries, has_account, total_ms } => {
                place.forbidden |= !has_account;
                place.breaker = *breaker;
                place.tries_allowed = 1 + u32::from(*retries);
                place.longest = place.longest.min(total_ms.map_or(Duration::MAX, Duration::from_millis));
                places.insert(path.clone(), place);
                let plain = model(&path);
                CompiledTarget::Model(Arc::new(ModelTarget {
                    retries: *retries,
                    account: plain.account.clone().filter(|_| *has_account),
                    breaker: Arc::clone(&breakers[*breaker]),
                    timeouts: Timeouts { total_ms: *total_ms, ..Timeouts::default() },
                    ..plain
                }))
            }
        }
    });
    CompiledRoute {
        name: format!("at{path}"),
        targets: targets.collect(),
        retry_on: branch.retry_on.clone(),
        force_fallback: if branch.force_fallback { Force::On } else { Force::Off },
        timeouts: Timeouts { total_ms: branch.total_ms, ..Timeouts::default() },
    }
}

// ── the observer ──

struct World {
    now: Tick,
    breakers: Vec<Arc<Mutex<Breaker>>>,
    places: HashMap<String, Place>,
    plans: Vec<Observed>,
    log: Vec<String>,
}

struct Observed {
    plan: Plan,
    /// The end of everything: the asked route's total, or the client's deadline.
    end: Tick,
    tries: HashMap<String, u32>,
    open: Option<Open>,
    waiting: Option<(String, Tick)>,
    last: Option<(String, Failure, Tick)>,
    committed: bool,
    /// Reported an end, or gave up.
    over: bool,
    steps: u32,
}

struct Open {
    label: String,
    is_probe: bool,
}

impl World {
    fn new(tree: &Branch, asks: &[Ask]) -> Self {
        let breakers: Vec<_> = (0..BREAKERS).map(|_| Arc::new(Mutex::new(Breaker::default()))).collect();
        let mut places = HashMap::new();
        let around = Place { breaker: 0, tries_allowed: 0, forbidden: false, longest: Duration::MAX };
        let route = Arc::new(compile(tree, "", around, &breakers, &mut places));
        let total = Duration::from_millis(tree.total_ms.unwrap_or(120_000));
        let plans = asks.iter().map(|ask| Observed {
            plan: Plan::new(Arc::clone(&route), ask.clone(), Tick::ZERO),
            end: Tick::ZERO + ask.deadline.unwrap_or(total).min(total),
            tries: HashMap::new(),
            open: None,
            waiting: None,
            last: None,
            committed: false,
            over: false,
            steps: 0,
        });
        Self { now: Tick::ZERO, breakers, places, plans: plans.collect(), log: Vec::new() }
    }

    fn advance(&mut self, by: Duration) {
        self.now = self.now + by;
    }

    /// Everything still open fails until every plan has ended, which must not take long.
    fn finish(&mut self) {
        for index in 0..self.plans.len() {
            while !self.plans[index].over {
                if let Some((_, until)) = self.plans[index].waiting {
                    self.now = self.now.max(until);
                }
                self.turn(index, &Happening::Fails(Failure::seen(K::ServerError, "")));
            }
            assert!(matches!(self.plans[index].plan.next(self.now), Step::GiveUp(_)), "a step after the end");
        }
    }

    /// One thing happens to one plan: its open attempt is reported, or it is asked for the next step.
    fn turn(&mut self, index: usize, outcome: &Happening) {
        if self.plans[index].over {
            return;
        }
        let before = self.states();
        if self.plans[index].open.is_some() {
            self.report(index, outcome, &before);
        } else {
            self.ask(index, &before);
        }
    }

    fn ask(&mut self, index: usize, before: &[BreakerState]) {
        let now = self.now;
        let observed = &mut self.plans[index];
        observed.steps += 1;
        let bound = 4 * self.places.values().map(|place| place.tries_allowed + 1).sum::<u32>() + 64;
        assert!(observed.steps < bound, "a plan that does not end");
        let step = observed.plan.next(now);
        self.log.push(format!("{index}: {step:?}"));
        match step {
            Step::Wait(until) => self.saw_wait(index, until),
            Step::Try(attempt) => self.saw_try(index, &attempt, before),
            Step::GiveUp(give_up) => self.saw_give_up(index, &give_up),
        }
    }

    fn saw_wait(&mut self, index: usize, until: Tick) {
        let observed = &mut self.plans[index];
        let (label, failure, failed_at) = observed.last.clone().expect("a wait before any failure");
        assert!(until > self.now);
        assert!(until < observed.end, "a wait that ends after the deadline");
        assert!(until >= failed_at + failure.retry_after.unwrap_or_default(), "sooner than Retry-After");
        let retried = matches!(failure.kind, K::Connect | K::ServerError | K::BadResponse | K::RateLimit);
        assert!(retried && !failure.account_empty, "{failure:?} is not retried");
        assert!(observed.tries[&label] < self.places[&label].tries_allowed, "no retry is left");
        observed.waiting = Some((label, until));
    }

    fn saw_try(&mut self, index: usize, attempt: &Attempt, before: &[BreakerState]) {
        let label = &attempt.target.label.to_string();
        let place = &self.places[label];
        assert!(!place.forbidden, "{label} is passed over by Force Fallback, or has no account");

        let probes = self.plans.iter().filter_map(|p| p.open.as_ref());
        let probed = probes.filter(|o| o.is_probe).any(|o| self.places[&o.label].breaker == place.breaker);
        let observed = &mut self.plans[index];
        assert!(!observed.committed, "an attempt after the commit");
        let retry = observed.waiting.take().filter(|(waiting, _)| waiting == label);
        assert!(retry.is_none_or(|(_, until)| until <= self.now), "sooner than its wait");
        if let Some((last, failure, _)) = &observed.last {
            assert_ne!(failure.kind, K::InvalidRequest, "an invalid request goes on");
            assert!(last != label || retry_is_allowed(failure), "{failure:?} is tried again on {label}");
        }
        let tries = observed.tries.entry(label.clone()).or_default();
        *tries += 1;
        assert!(*tries <= place.tries_allowed, "{label} is tried {tries} times");

        let is_probe = *tries == 1 && before[place.breaker] != BreakerState::Closed;
        assert!(!(is_probe && probed), "two probes of one breaker");
        let clocks = &attempt.clocks;
        assert!(self.now < observed.end && self.now < clocks.total, "an attempt at or after the deadline");
        assert!(
            clocks.total <= observed.end && clocks.total <= self.now + place.longest,
            "a total is outlived"
        );
        let ends = clocks.first_token.or(clocks.answer).expect("no clock");
        assert!(ends <= clocks.total && ends > self.now, "{clocks:?}");
        observed.open = Some(Open { label: label.clone(), is_probe });
    }

    fn saw_give_up(&mut self, index: usize, give_up: &GiveUp) {
        let observed = &mut self.plans[index];
        observed.over = true;
        let kinds: Vec<_> = observed.plan.tried().iter().filter_map(|tried| tried.kind).collect();
        let all = |kind| kinds.iter().all(|k| *k == kind);
        match give_up {
            GiveUp::Exhausted { outcome: Outcome::AllTimedOut, .. } => assert!(all(K::Timeout), "{kinds:?}"),
            GiveUp::Exhausted { outcome: Outcome::AllRateLimited { retry_after }, .. } => {
                assert!(all(K::RateLimit), "{kinds:?}");
                assert!(retry_after.is_some_and(|wait| !wait.is_zero()), "no wait is named");
            }
            GiveUp::Exhausted { outcome: Outcome::Mixed, last } => {
                assert!(last.is_some(), "nothing was tried")
            }
            GiveUp::Passed(failure) | GiveUp::Ended(failure) => assert_eq!(kinds.last(), Some(&failure.kind)),
            GiveUp::ContextWindow(failure) => assert_eq!(failure.kind, K::ContextWindow),
            GiveUp::NoTarget { .. } | GiveUp::Unsupported(_) => assert!(kinds.is_empty(), "{kinds:?}"),
        }
        if matches!(&observed.last, Some((_, failure, _)) if failure.kind == K::InvalidRequest) {
            assert!(matches!(give_up, GiveUp::Passed(_)));
        }
        assert!(!observed.plan.is_fallback());
        let again = observed.plan.next(self.now);
        assert!(matches!(&again, Step::GiveUp(same) if same == give_up), "{again:?}");
    }

    fn report(&mut self, index: usize, outcome: &Happening, before: &[BreakerState]) {
        let now = self.now;
        let observed = &mut self.plans[index];
        let reported = observed.plan.tried().len();
        let (plan, committed) = (&mut observed.plan, observed.committed);
        match outcome {
            Happening::StillOpen => return,
            Happening::Commits if committed => return,
            Happening::CannotSay if committed => return,
            Happening::Commits => {
                plan.committed(now);
                observed.committed = true;
                return;
            }
            Happening::CannotSay => {
                plan.unsupported(now, Unsupported { param: "tools".into(), reason: String::new() });
                let open = observed.open.take().expect("checked");
                *observed.tries.get_mut(&open.label).expect("it was tried") -= 1;
                assert_eq!(observed.plan.tried().len(), reported, "a skip counts as an attempt");
                assert_eq!(self.states(), before, "a skip changes a target's health");
                return;
            }
            Happening::Fails(failure) if committed => {
                // Whatever the plan is told, it is a cut.
                if failure.kind == K::StreamCut {
                    plan.cut(now, failure.clone());
                } else {
                    plan.failed(now, failure.clone());
                }
                observed.over = true;
                assert_eq!(plan.tried().last().and_then(|tried| tried.kind), Some(K::StreamCut));
                assert!(matches!(plan.next(now), Step::GiveUp(_)), "an attempt after the commit");
            }
            Happening::Fails(failure) => {
                plan.failed(now, failure.clone());
                let label = observed.open.as_ref().expect("checked").label.clone();
                observed.last = Some((label, failure.clone(), now));
            }
            Happening::Answers => {
                plan.answered(now);
                observed.over = true;
            }
            Happening::Leaves => {
                plan.cancelled(now);
                observed.over = true;
            }
        }
        let open = observed.open.take().expect("checked");
        assert_eq!(observed.plan.tried().len(), reported + 1);
        assert_eq!(observed.plan.attempts() as usize, reported + 1);
        let after = self.states();
        self.breakers_moved_rightly(&open, outcome, before, &after);
    }

    fn breakers_moved_rightly(
        &self,
        open: &Open,
        outcome: &Happening,
        before: &[BreakerState],
        after: &[BreakerState],
    ) {
        let own = self.places[&open.label].breaker;
        for (index, (before, after)) in before.iter().zip(after).enumerate() {
            let ends_early =
                matches!((before, after), (BreakerState::Open { .. }, BreakerState::HalfOpen { .. }));
            assert!(!ends_early, "a wait is shortened");
            match (before, after) {
                (BreakerState::Open { until: was, .. }, BreakerState::Open { until, .. }) => {
                    assert!(until >= was, "a wait is shortened");
                }
                (BreakerState::Open { .. } | BreakerState::HalfOpen { .. }, BreakerState::Closed) => {
                    assert!(matches!(outcome, Happening::Answers) && open.is_probe, "closed without a probe");
                }
                _ => {}
            }
            assert!(index == own || before == after, "a breaker moves that has no part in it");
        }
    }

    fn states(&self) -> Vec<BreakerState> {
        self.breakers.iter().map(|breaker| breaker.lock().expect("no panic yet").state(self.now)).collect()
    }
}

fn retry_is_allowed(failure: &Failure) -> bool {
    matches!(failure.kind, K::Connect | K::ServerError | K::BadResponse | K::RateLimit)
        && !failure.account_empty
}
