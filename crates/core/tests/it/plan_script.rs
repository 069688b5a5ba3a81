//! Plays a script of outcomes to a plan and writes down what it did, so that a story is one line: what happens, and
//! what the plan made of it. It decides nothing itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use maig_core::catalog::{Capabilities, ModelCard};
use maig_core::failure::{Failure, FailureKind};
use maig_core::id::ProviderKeyId;
use maig_core::plan::{Ask, Attempt, Breaker, GiveUp, Outcome, Plan, Step};
use maig_core::provider::Provider;
use maig_core::route::spec::DEFAULT_RETRY_ON;
use maig_core::route::{CompiledRoute, CompiledTarget, Force, ModelTarget, Timeouts};
use maig_core::time::Tick;
use maig_core::translate::Unsupported;

pub(crate) const START: Tick = Tick::ZERO;

/// A model with one account, a fresh breaker and no wishes of its own.
pub(crate) fn model(name: &str) -> ModelTarget {
    ModelTarget {
        provider: Provider::Simulator,
        model: name.into(),
        label: name.into(),
        account: Some(ProviderKeyId::from("key")),
        card: None,
        send_as: name.into(),
        retries: 0,
        timeouts: Timeouts::default(),
        parameters: serde_json::Map::new(),
        breaker: Arc::new(Mutex::new(Breaker::default())),
    }
}

/// A model that the catalogue knows, of which this is true.
pub(crate) fn known(name: &str, change: impl FnOnce(&mut ModelCard)) -> ModelTarget {
    let mut card = ModelCard {
        provider: Provider::Simulator,
        id: name.into(),
        aliases: Vec::new(),
        max_input: None,
        max_output: None,
        price: None,
        ends: None,
        reasoning: false,
        can: Capabilities::default(),
        send_as: None,
    };
    change(&mut card);
    ModelTarget { card: Some(Arc::new(card)), ..model(name) }
}

pub(crate) fn retried(name: &str, retries: u8) -> ModelTarget {
    ModelTarget { retries, ..model(name) }
}

pub(crate) fn route(name: &str, targets: impl IntoIterator<Item = impl IntoTarget>) -> CompiledRoute {
    CompiledRoute {
        name: name.into(),
        targets: targets.into_iter().map(IntoTarget::into_target).collect(),
        retry_on: DEFAULT_RETRY_ON.to_vec(),
        force_fallback: Force::Off,
        timeouts: Timeouts::default(),
    }
}

/// A route of plain models.
pub(crate) fn models(names: &[&str]) -> CompiledRoute {
    route("r", names.iter().map(|name| model(name)))
}

pub(crate) trait IntoTarget {
    fn into_target(self) -> CompiledTarget;
}

impl IntoTarget for CompiledTarget {
    fn into_target(self) -> CompiledTarget {
        self
    }
}

impl IntoTarget for ModelTarget {
    fn into_target(self) -> CompiledTarget {
        CompiledTarget::Model(Arc::new(self))
    }
}

impl IntoTarget for CompiledRoute {
    fn into_target(self) -> CompiledTarget {
        CompiledTarget::Route(Arc::new(self))
    }
}

pub(crate) fn at(seconds: f64) -> Tick {
    START + secs(seconds)
}

pub(crate) fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

pub(crate) fn total(seconds: u64) -> Timeouts {
    Timeouts { total_ms: Some(seconds * 1_000), ..Timeouts::default() }
}

pub(crate) fn fail(kind: FailureKind) -> Failure {
    Failure::seen(kind, kind.as_str())
}

pub(crate) fn with_status(kind: FailureKind, status: u16) -> Failure {
    Failure { status: Some(status), ..fail(kind) }
}

pub(crate) fn retry_after(kind: FailureKind, seconds: f64) -> Failure {
    Failure { retry_after: Some(secs(seconds)), ..fail(kind) }
}

pub(crate) fn empty_account() -> Failure {
    Failure { account_empty: true, ..fail(FailureKind::RateLimit) }
}

/// What becomes of an attempt.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    Answer,
    /// The attempt fails so long after its start.
    Fail(Failure, Duration),
    CannotSay(&'static str),
    CommitThenEnd,
    CommitThenCut,
    ClientLeaves,
}

impl From<Failure> for Play {
    fn from(failure: Failure) -> Self {
        Self::Fail(failure, Duration::from_millis(10))
    }
}

impl From<FailureKind> for Play {
    fn from(kind: FailureKind) -> Self {
        fail(kind).into()
    }
}

/// One plan and its clock.
pub(crate) struct Stage {
    pub now: Tick,
    pub plan: Plan,
    pub attempts: Vec<Attempt>,
    pub waits: Vec<Duration>,
    transcript: Vec<String>,
}

impl Stage {
    pub(crate) fn new(route: &Arc<CompiledRoute>, ask: Ask, now: Tick) -> Self {
        let plan = Plan::new(Arc::clone(route), ask, now);
        Self { now, plan, attempts: Vec::new(), waits: Vec::new(), transcript: Vec::new() }
    }

    /// Plays the outcomes in turn, and answers once they have run out. Returns the transcript.
    pub(crate) fn play(&mut self, script: impl IntoIterator<Item = Play>) -> String {
        let mut script = script.into_iter();
        loop {
            match self.plan.next(self.now) {
                Step::Wait(until) => {
                    assert!(until > self.now, "a wait that is over");
                    self.waits.push(until.since(self.now));
                    self.write("wait");
                    self.now = until;
                }
                Step::GiveUp(give_up) => {
                    self.write(describe(&give_up));
                    return self.transcript.join(" ");
                }
                Step::Try(attempt) => {
                    self.write(attempt.target.label.to_string());
                    self.attempts.push(attempt);
                    if self.report(script.next().unwrap_or(Play::Answer)) {
                        return self.transcript.join(" ");
                    }
                }
            }
        }
    }

    /// Returns whether the plan has come to its end.
    fn report(&mut self, play: Play) -> bool {
        match play {
            Play::Answer => {
                self.plan.answered(self.now);
                self.write("answers");
                true
            }
            Play::Fail(failure, after) => {
                self.now = self.now + after;
                self.plan.failed(self.now, failure);
                false
            }
            Play::CannotSay(param) => {
                let unsupported = Unsupported { param: param.into(), reason: "it says so".into() };
                self.plan.unsupported(self.now, unsupported);
                false
            }
            Play::CommitThenEnd => {
                self.plan.committed(self.now);
                self.plan.answered(self.now);
                self.write("streams");
                true
            }
            Play::CommitThenCut => {
                self.plan.committed(self.now);
                self.plan.cut(self.now, fail(FailureKind::StreamCut));
                self.write("is cut");
                true
            }
            Play::ClientLeaves => {
                self.plan.cancelled(self.now);
                self.write("is left");
                true
            }
        }
    }

    fn write(&mut self, word: impl Into<String>) {
        self.transcript.push(word.into());
    }
}

/// Plays one request of its own from the start.
pub(crate) fn play(
    route: CompiledRoute,
    ask: Ask,
    script: impl IntoIterator<Item = impl Into<Play>>,
) -> (String, Stage) {
    let mut stage = Stage::new(&Arc::new(route), ask, START);
    let transcript = stage.play(script.into_iter().map(Into::into));
    (transcript, stage)
}

/// A story in one line: the route, what happens to each attempt, and what the plan does.
#[track_caller]
pub(crate) fn check(route: CompiledRoute, script: impl IntoIterator<Item = impl Into<Play>>, expect: &str) {
    let (transcript, _) = play(route, Ask::default(), script);
    assert_eq!(transcript, expect);
}

/// The error of the contract that a client is told.
pub(crate) fn describe(give_up: &GiveUp) -> String {
    match give_up {
        GiveUp::Passed(failure) => format!("passed:{}", failure.kind),
        GiveUp::Ended(failure) => format!("ended:{}", failure.kind),
        GiveUp::Exhausted { outcome: Outcome::AllRateLimited { retry_after }, .. } => {
            format!("429 all_targets_rate_limited {}", in_seconds(*retry_after))
        }
        GiveUp::Exhausted { outcome: Outcome::AllTimedOut, .. } => "504 all_targets_timed_out".into(),
        GiveUp::Exhausted { outcome: Outcome::Mixed, .. } => "502 all_targets_failed".into(),
        GiveUp::NoTarget { retry_after } => format!("503 no_target_available {}", in_seconds(*retry_after)),
        GiveUp::Unsupported(unsupported) => format!("400 unsupported_parameter {}", unsupported.param),
        GiveUp::ContextWindow(failure) => format!("400 context_length_exceeded ({})", failure.error.message),
    }
}

fn in_seconds(wait: Option<Duration>) -> String {
    wait.map_or("-".into(), |wait| format!("{:.0}s", wait.as_secs_f64()))
}

/// Breaks a breaker open: so many failures of a kind, now.
pub(crate) fn break_open(target: &ModelTarget, now: Tick, failure: &Failure) {
    for _ in 0..3 {
        target.health().failed(now, maig_core::plan::Permit::ordinary(), failure);
    }
}
