//! The plan: one request's way through its targets, from `new` to an answer or a [`GiveUp`].
//!
//! 1. Seeking → trying: the search found a target and its breaker lets the request through.
//! 2. Trying → retrying: the attempt failed, and the same target is to be asked again after a wait.
//! 3. Trying → seeking: the attempt failed and its route goes on, or the target cannot say the request.
//! 4. Retrying → trying: the wait is over. The breaker is not asked again.
//! 5. Trying → committed: content was given. Invariant: no state leads from here to another attempt.
//! 6. Trying or committed → done: answered, cut or cancelled.
//! 7. Seeking, retrying or trying → over: no target remains, or a failure ended the chain.
//!
//! A plan that is dropped in the middle counts as cancelled, so a probe is never lost.

use std::mem;
use std::sync::Arc;

use crate::failure::{Failure, FailureKind};
use crate::route::{CompiledRoute, ModelTarget};
use crate::time::Tick;
use crate::translate::Unsupported;

use super::clocks::{clocks, patience};
use super::give_up::{first_unsupported, held_back, outcome, shortest_wait};
use super::record::{Skip, SkipReason, Tried};
use super::retry::Retry;
use super::retry_on::Verdict;
use super::search::Search;
use super::{Ask, Attempt, GiveUp, Outcome, Permit, Step};

#[derive(Debug)]
pub struct Plan {
    search: Search,
    state: State,
    tried: Vec<Tried>,
    /// The first failure of kind `context_window`.
    too_long: Option<Failure>,
}

#[derive(Debug)]
enum State {
    Seeking,
    Retrying(Here, Tick),
    Trying(Here, Open),
    Committed(Here, Open),
    Done,
    Over(GiveUp),
}

/// The current target.
#[derive(Debug)]
struct Here {
    target: Arc<ModelTarget>,
    /// Attempts that it has had, this one included.
    tries: u32,
    /// The end of the time that it may use.
    deadline: Tick,
}

/// An attempt that was given and is not yet reported.
#[derive(Debug)]
struct Open {
    started: Tick,
    permit: Permit,
}

impl Plan {
    pub fn new(route: Arc<CompiledRoute>, ask: Ask, now: Tick) -> Self {
        Self {
            search: Search::new(route, ask, now),
            state: State::Seeking,
            tried: Vec::new(),
            too_long: None,
        }
    }

    /// The next step. Call it first, and again after `failed`, `unsupported` or a wait; every `Try` is to be reported
    /// before. After a commit, an answer or a cancellation there is no next step: it is a `GiveUp`, never a `Try`.
    pub fn next(&mut self, now: Tick) -> Step {
        match self.take() {
            State::Seeking => self.seek(now),
            State::Retrying(here, at) if now < at => {
                self.state = State::Retrying(here, at);
                Step::Wait(at)
            }
            State::Retrying(here, _) if now < here.deadline => self.give(here, Permit::ordinary(), now),
            State::Retrying(..) => match self.search.judge() {
                Verdict::Next => self.seek(now),
                verdict => self.end(verdict, now),
            },
            State::Over(give_up) => self.over(give_up),
            state @ (State::Trying(..) | State::Committed(..)) => {
                self.state = state;
                self.cancelled(now);
                self.over(GiveUp::NoTarget { retry_after: None })
            }
            State::Done => Step::GiveUp(GiveUp::NoTarget { retry_after: None }),
        }
    }

    /// The attempt failed before its commit. After it, this is a [`cut`](Self::cut).
    pub fn failed(&mut self, now: Tick, failure: Failure) {
        match self.take() {
            State::Trying(here, open) => {
                self.record(now, &here, &open, Some(&failure));
                if let Some(tried) = self.tried.last_mut() {
                    tried.say(&failure);
                }
                here.target.health().failed(now, open.permit, &failure);
                if failure.kind == FailureKind::ContextWindow && self.too_long.is_none() {
                    self.too_long = Some(failure.clone());
                }
                let retry = self.retry(now, &here, &failure);
                self.search.failed(&here.target, failure);
                match retry.filter(|_| self.search.goes_on()) {
                    Some(at) => self.state = State::Retrying(here, at),
                    None => self.go_on(now),
                }
            }
            state @ State::Committed(..) => {
                self.state = state;
                self.cut(now, failure);
            }
            state => self.state = state,
        }
    }

    /// The target cannot be told the request: nothing was sent, so no attempt counts, and its health is untouched.
    pub fn unsupported(&mut self, _now: Tick, unsupported: Unsupported) {
        match self.take() {
            State::Trying(here, open) => {
                here.target.health().release(open.permit);
                let label = here.target.label.to_string();
                self.search.skips.push(Skip { label, reason: SkipReason::Unsupported(unsupported) });
                self.state = State::Seeking;
            }
            state => self.state = state,
        }
    }

    /// The whole answer was given, or the stream was committed and ended well.
    pub fn answered(&mut self, now: Tick) {
        match self.take() {
            State::Trying(here, open) | State::Committed(here, open) => {
                self.record(now, &here, &open, None);
                here.target.health().succeeded(now, open.permit);
            }
            state => self.state = state,
        }
    }

    /// First content of a stream went out: there is no way back. Only `answered`, `cut` or `cancelled` may follow.
    pub fn committed(&mut self, _now: Tick) {
        self.state = match self.take() {
            State::Trying(here, open) => State::Committed(here, open),
            state => state,
        };
    }

    /// The stream broke after its commit. Whatever broke it counts against the target as a `stream_cut`.
    pub fn cut(&mut self, now: Tick, failure: Failure) {
        match self.take() {
            State::Trying(here, open) | State::Committed(here, open) => {
                let failure = Failure { kind: FailureKind::StreamCut, ..failure };
                self.record(now, &here, &open, Some(&failure));
                here.target.health().failed(now, open.permit, &failure);
            }
            state => self.state = state,
        }
    }

    /// The client left: the target's health is untouched, and a probe is free again.
    pub fn cancelled(&mut self, now: Tick) {
        match self.take() {
            State::Trying(here, open) | State::Committed(here, open) => {
                self.record(now, &here, &open, None);
                if let Some(tried) = self.tried.last_mut() {
                    tried.cancelled = true;
                }
                here.target.health().release(open.permit);
            }
            State::Seeking | State::Retrying(..) => {}
            state => self.state = state,
        }
    }

    /// The finished attempts, flat and in order.
    pub fn tried(&self) -> &[Tried] {
        &self.tried
    }

    /// The targets that were passed over.
    pub fn skips(&self) -> &[Skip] {
        &self.search.skips
    }

    /// Requests sent upstream, the one under way included.
    pub fn attempts(&self) -> u32 {
        let under_way = matches!(self.state, State::Trying(..) | State::Committed(..));
        u32::try_from(self.tried.len()).unwrap_or(u32::MAX).saturating_add(u32::from(under_way))
    }

    /// Whether the current target, or the one that answered, is another than the first: by failure, switch, breaker or
    /// skip, on any level of nested routes. False once the plan gave up, since then nobody answered.
    pub fn is_fallback(&self) -> bool {
        !matches!(self.state, State::Over(_)) && self.search.is_fallback()
    }

    fn take(&mut self) -> State {
        mem::replace(&mut self.state, State::Done)
    }

    fn seek(&mut self, now: Tick) -> Step {
        match self.search.next(now) {
            Ok((target, permit)) => self.give_first(target, permit, now),
            Err(Verdict::Next) if self.tried.is_empty() => self.nothing_tried(now),
            Err(verdict) => self.end(verdict, now),
        }
    }

    /// No target was asked: each was held back by its breaker, or unsuitable.
    fn nothing_tried(&mut self, now: Tick) -> Step {
        let skips = &self.search.skips;
        if self.search.is_over(now) {
            return self.over(GiveUp::Exhausted { outcome: Outcome::AllTimedOut, last: None });
        }
        if held_back(skips).next().is_none() {
            let unsupported = first_unsupported(skips).cloned();
            return self
                .over(unsupported.map_or(GiveUp::NoTarget { retry_after: None }, GiveUp::Unsupported));
        }
        if held_back(skips).all(|(_, because)| because == FailureKind::RateLimit) {
            let outcome = outcome(&self.tried, skips, now);
            return self.over(GiveUp::Exhausted { outcome, last: None });
        }
        let retry_after = shortest_wait(skips, now);
        match self.search.force(now) {
            Some((target, permit)) => self.give_first(target, permit, now),
            None => self.over(GiveUp::NoTarget { retry_after }),
        }
    }

    fn give_first(&mut self, target: Arc<ModelTarget>, permit: Permit, now: Tick) -> Step {
        let own = target.timeouts.total_ms.map_or(Tick::MAX, |ms| now + std::time::Duration::from_millis(ms));
        let deadline = self.search.deadline().min(own);
        self.give(Here { target, tries: 0, deadline }, permit, now)
    }

    fn give(&mut self, mut here: Here, permit: Permit, now: Tick) -> Step {
        here.tries += 1;
        let (ask, route) = (&self.search.ask, self.search.timeouts());
        let share = self.search.share(now, patience(ask, &here.target, route, now));
        let clocks = clocks(ask, &here.target, route, now, here.deadline, share);
        let accept_empty = here.tries > u32::from(here.target.retries) && !self.search.others(now);
        let accept_refusal = !self.search.goes_on_from_a_refusal(now);
        let target = Arc::clone(&here.target);
        let attempt = Attempt { target, clocks, last: share.is_none(), accept_empty, accept_refusal };
        self.state = State::Trying(here, Open { started: now, permit });
        Step::Try(attempt)
    }

    fn retry(&self, now: Tick, here: &Here, failure: &Failure) -> Option<Tick> {
        let Here { target, tries, deadline } = here;
        let (seed, others) = (self.search.ask.seed, self.search.others(now));
        Retry { seed, tries: *tries, allowed: target.retries, deadline: *deadline, others }.at(now, failure)
    }

    /// After a failure that is not retried: on to the next target, or the end.
    fn go_on(&mut self, now: Tick) {
        match self.search.judge() {
            Verdict::Next => self.state = State::Seeking,
            verdict => {
                self.end(verdict, now);
            }
        }
    }

    /// The end of a chain in which something was tried.
    fn end(&mut self, verdict: Verdict, now: Tick) -> Step {
        let Some(last) = self.search.last_failure().cloned() else {
            return self.over(GiveUp::NoTarget { retry_after: None });
        };
        let give_up = match (verdict, last.kind) {
            (Verdict::TooLong, _) | (Verdict::Next, FailureKind::ContextWindow) => {
                GiveUp::ContextWindow(self.too_long.take().unwrap_or(last))
            }
            // Where no target remains that would not refuse, the refusal is the client's, as it is without a list.
            (Verdict::Pass, _) | (Verdict::Next, FailureKind::ContentPolicy) => GiveUp::Passed(last),
            (Verdict::End, _) => GiveUp::Ended(last),
            (Verdict::Next, _) => {
                let outcome = outcome(&self.tried, &self.search.skips, now);
                GiveUp::Exhausted { outcome, last: Some(last) }
            }
        };
        self.over(give_up)
    }

    fn over(&mut self, give_up: GiveUp) -> Step {
        self.state = State::Over(give_up.clone());
        Step::GiveUp(give_up)
    }

    fn record(&mut self, now: Tick, here: &Here, open: &Open, failure: Option<&Failure>) {
        self.tried.push(Tried {
            target: Arc::clone(&here.target),
            kind: failure.map(|failure| failure.kind),
            status: failure.and_then(|failure| failure.status),
            message: None,
            started: open.started,
            took: now.since(open.started),
            cancelled: false,
        });
    }
}

impl Drop for Plan {
    fn drop(&mut self) {
        if let State::Trying(here, open) | State::Committed(here, open) = self.take() {
            here.target.health().release(open.permit);
        }
    }
}
