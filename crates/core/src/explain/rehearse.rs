//! The loop: asks the plan for the next step, lets the target fare as the script says, moves the clock, and writes down
//! what was seen. It is the gateway's dispatch without a network.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::failure::{Failure, FailureKind};
use crate::id::ProviderKeyId;
use crate::plan::{Ask, Attempt, Breaker, BreakerState, GiveUp, Permit, Plan, Step};
use crate::route::compile::{account, asked, compile};
use crate::route::{CompiledRoute, CompiledTarget, Context, Force, ModelTarget, Now, RouteSpec, TargetSpec};
use crate::time::Tick;

use super::ending::{Refusal, refusal};
use super::script::{Fare, Fate, HELD_FOR, Script, TO_ANSWER, TO_FAIL, TO_FIRST_WORD, Who};
use super::story::{Came, End, Event, Next, Scene, Story};

/// When a stream's head goes out whoever is slow (CONTRACT §4).
const EARLY_HEAD: Duration = Duration::from_secs(15);

/// The targets that `route` may come to, in the order that they are tried, each once: whom a script can speak of.
pub fn cast(route: &RouteSpec, context: &Context<'_>) -> Vec<Who> {
    let mut cast = Vec::new();
    collect(&compiled(route, context, &BTreeMap::new()), &mut cast);
    cast
}

fn collect(route: &CompiledRoute, cast: &mut Vec<Who>) {
    for target in &route.targets {
        match target {
            CompiledTarget::Route(inner) => collect(inner, cast),
            CompiledTarget::Model(target) => {
                let who = who(target);
                if !cast.contains(&who) {
                    cast.push(who);
                }
            }
        }
    }
}

/// What becomes of one request for `route`, which shadows what the project has under its name.
pub fn rehearse(route: &RouteSpec, context: &Context<'_>, script: &Script) -> Story {
    let ask = Ask {
        stream: script.stream,
        needs: script.needs,
        prompt_tokens: script.prompt_tokens,
        deadline: script.deadline,
        ..Ask::default()
    };
    let plan = Plan::new(compiled(route, context, &script.fares), ask, Tick::ZERO);
    Rehearsal {
        script,
        plan,
        now: Tick::ZERO,
        retry_on: &route.retry_on,
        scenes: Vec::new(),
        skips: 0,
        tries: 0,
    }
    .run()
}

/// The route as the gateway would compile it, with breakers of its own.
fn compiled(route: &RouteSpec, context: &Context<'_>, fares: &BTreeMap<Who, Fare>) -> Arc<CompiledRoute> {
    let others = context.routes.iter().filter(|other| other.name != route.name);
    let specs: Vec<RouteSpec> = std::iter::once(route).chain(others).cloned().collect();
    let mut breakers = BTreeMap::<Who, Arc<Mutex<Breaker>>>::new();
    let target = |spec: &TargetSpec| {
        let mut target = model_target(spec, context);
        let who = who(&target);
        let because = fares.get(&who).and_then(|fare| fare.held_back);
        target.breaker =
            Arc::clone(breakers.entry(who).or_insert_with(|| Arc::new(Mutex::new(breaker(because)))));
        target
    };
    let empty = || CompiledRoute {
        name: route.name.clone(),
        targets: Vec::new(),
        retry_on: Vec::new(),
        force_fallback: Force::Off,
        timeouts: route.timeouts,
    };
    compile(&specs, Now::default(), target).remove(&route.name).unwrap_or_else(|| Arc::new(empty()))
}

fn model_target(spec: &TargetSpec, context: &Context<'_>) -> ModelTarget {
    let (provider, model) = asked(spec, context.keys, context.catalog);
    let card = context.catalog.find(provider, model);
    let key = account(context.keys, spec.provider_key.as_deref(), provider);
    ModelTarget {
        provider,
        model: model.to_owned(),
        label: format!("{provider}/{model}").into(),
        account: key.map(|key| ProviderKeyId::from(key.name.as_str())),
        card,
        send_as: model.to_owned(),
        retries: spec.retries,
        timeouts: spec.timeouts,
        parameters: spec.parameters.clone(),
        breaker: Arc::default(),
    }
}

/// A breaker that something opened just now.
fn breaker(because: Option<FailureKind>) -> Breaker {
    let mut breaker = Breaker::default();
    if let Some(kind) = because {
        let failure = Failure { retry_after: Some(HELD_FOR), ..Failure::seen(kind, "") };
        breaker.failed(Tick::ZERO, Permit::ordinary(), &failure);
    }
    breaker
}

fn who(target: &ModelTarget) -> Who {
    Who { label: target.label.to_string(), key: target.account.as_ref().map(|id| id.to_string()) }
}

struct Rehearsal<'a> {
    script: &'a Script,
    plan: Plan,
    retry_on: &'a [FailureKind],
    now: Tick,
    scenes: Vec<Scene>,
    /// How many of the plan's skips are told.
    skips: usize,
    /// Attempts at the current target.
    tries: u32,
}

/// What a target does with an attempt.
enum Deed {
    Answers,
    Cuts,
    Fails(Failure),
}

impl Rehearsal<'_> {
    fn run(mut self) -> Story {
        loop {
            let step = self.plan.next(self.now);
            self.tell_skips();
            match step {
                Step::Wait(until) => {
                    self.led_to(|_| Next::Again);
                    let waited = until.since(self.now);
                    let target = self.scenes.last().map(|scene| scene.target.clone()).unwrap_or_default();
                    self.tell(target, Event::Waited(waited));
                    self.now = until;
                }
                Step::GiveUp(give_up) => return self.refused(&give_up),
                Step::Try(attempt) => {
                    if let Some(end) = self.attempt(&attempt) {
                        return Story { scenes: self.scenes, end };
                    }
                }
            }
        }
    }

    /// Targets that the plan passed over since the last step.
    fn tell_skips(&mut self) {
        // A probe takes back that its target was passed over.
        self.skips = self.skips.min(self.plan.skips().len());
        let new: Vec<_> = self.plan.skips()[self.skips..].to_vec();
        self.skips += new.len();
        for skip in new {
            self.tries = 0;
            self.tell(skip.label, Event::Skipped(skip.reason));
        }
    }

    /// One attempt; `Some` if it is the last word.
    fn attempt(&mut self, attempt: &Attempt) -> Option<End> {
        let label = attempt.target.label.to_string();
        let again = matches!(self.scenes.last(), Some(Scene { event: Event::Waited(_), .. }));
        self.tries = if again { self.tries + 1 } else { 1 };
        let probe = !again && attempt.target.health().state(self.now) != BreakerState::Closed;
        let (deed, took) = self.deed(attempt);
        let (started, attempt) = (self.now, self.tries);
        self.now = started + took;
        let scene = |came| Scene {
            at: started.since(Tick::ZERO),
            target: label.clone(),
            event: Event::Tried { attempt, probe, took, came },
        };
        match deed {
            Deed::Answers => {
                self.plan.committed(self.now);
                self.scenes.push(scene(Came::Answered));
                Some(self.answered(&label, started, false))
            }
            Deed::Cuts => {
                self.plan.committed(self.now);
                self.scenes.push(scene(Came::Cut));
                Some(self.answered(&label, started, true))
            }
            Deed::Fails(failure) => {
                let (kind, status, retry_after) = (failure.kind, failure.status, failure.retry_after);
                self.plan.failed(self.now, failure);
                // Until the next step tells otherwise.
                let next = Next::Onward;
                self.scenes.push(scene(Came::Failed { kind, status, retry_after, next }));
                None
            }
        }
    }

    /// What the target does, and how long it takes.
    fn deed(&self, attempt: &Attempt) -> (Deed, Duration) {
        let fare = self.script.fares.get(&who(&attempt.target)).copied().unwrap_or_default();
        let clocks = &attempt.clocks;
        let patience = clocks.first_token.or(clocks.answer).unwrap_or(clocks.total).since(self.now);
        let late = || {
            let words = "no answer came in time";
            (Deed::Fails(Failure::seen(FailureKind::Timeout, words)), patience)
        };
        let by_its_clock = |deed, takes| if takes < patience { (deed, takes) } else { late() };
        let stream = self.script.stream;
        let too_long =
            self.script.prompt_tokens.zip(attempt.target.window()).is_some_and(|(n, window)| n > window);
        let fate = if too_long && fare.fate == Fate::Answers { Fate::ContextTooSmall } else { fare.fate };
        if let Some((failure, takes)) = fate.failure() {
            return by_its_clock(Deed::Fails(failure), takes);
        }
        let bad = |words: &str| Deed::Fails(Failure::seen(FailureKind::BadResponse, words));
        match fate {
            Fate::Silent => late(),
            Fate::Empty if attempt.accept_empty => by_its_clock(Deed::Answers, TO_FAIL),
            Fate::Empty => by_its_clock(bad("the provider gave an empty answer"), TO_FAIL),
            Fate::Cut if stream => by_its_clock(Deed::Cuts, TO_FIRST_WORD),
            Fate::Cut => by_its_clock(bad("the connection ended inside the answer"), TO_ANSWER),
            _ => by_its_clock(Deed::Answers, if stream { TO_FIRST_WORD } else { TO_ANSWER }),
        }
    }

    /// Corrects what the last failure led to, now that it is known.
    fn led_to(&mut self, led: impl FnOnce(FailureKind) -> Next) {
        let failure = self.scenes.iter_mut().rev().find_map(|scene| match &mut scene.event {
            Event::Tried { came: Came::Failed { kind, next, .. }, .. } => Some((*kind, next)),
            _ => None,
        });
        if let Some((kind, next)) = failure {
            *next = led(kind);
        }
    }

    fn refused(mut self, give_up: &GiveUp) -> Story {
        let Refusal { status, code, retry_after, should_retry } = refusal(give_up, self.plan.skips());
        let listed = self.retry_on;
        self.led_to(|kind| match give_up {
            GiveUp::Exhausted { .. } => Next::NobodyLeft,
            _ if listed.contains(&kind) => Next::NobodyLeft,
            _ => Next::TheEnd,
        });
        let at = self.now.since(Tick::ZERO);
        let in_stream = self.script.stream && at >= EARLY_HEAD;
        let end = End {
            at,
            first_word: None,
            status,
            code,
            retry_after,
            should_retry,
            served_by: None,
            attempts: self.plan.attempts(),
            fallback: false,
            in_stream,
        };
        Story { scenes: self.scenes, end }
    }

    fn answered(&self, label: &str, started: Tick, cut: bool) -> End {
        let at = self.now.since(Tick::ZERO);
        let rest = TO_ANSWER.saturating_sub(self.now.since(started));
        let first_word = self.script.stream.then_some(at);
        End {
            at: if self.script.stream && !cut {
                at + rest
            } else {
                at + if cut { TO_FAIL } else { Duration::ZERO }
            },
            first_word,
            status: 200,
            code: cut.then_some("stream_interrupted"),
            retry_after: None,
            should_retry: None,
            served_by: Some(label.to_owned()),
            attempts: self.plan.attempts(),
            fallback: self.plan.is_fallback(),
            in_stream: cut,
        }
    }

    fn tell(&mut self, target: String, event: Event) {
        self.scenes.push(Scene { at: self.now.since(Tick::ZERO), target, event });
    }
}
