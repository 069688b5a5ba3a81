//! The search for the next target that may be asked: through nested routes, past the targets that Force Fallback,
//! missing keys, missing abilities and breakers rule out. It looks at each target at most once, so it ends; it never
//! counts attempts and never retries.

use std::sync::Arc;

use crate::failure::{Failure, FailureKind};
use crate::route::{CompiledRoute, CompiledTarget, ModelTarget, Timeouts};
use crate::time::Tick;

use super::frame::{Fit, Frame};
use super::record::{Skip, SkipReason};
use super::retry_on::{RetryOn, Verdict};
use super::{Admission, Ask, Permit};

#[derive(Debug)]
pub(super) struct Search {
    pub ask: Ask,
    pub skips: Vec<Skip>,
    /// The routes that the search stands in, the asked one first. Never empty.
    frames: Vec<Frame>,
    /// A window that the prompt did not fit.
    outgrown: Option<u64>,
    /// Of the targets that breakers held back: the one that reopens soonest. Asked for only where nothing was tried.
    soonest: Option<HeldBack>,
}

#[derive(Debug)]
struct HeldBack {
    target: Arc<ModelTarget>,
    until: Tick,
    /// Where the search stood.
    frames: Vec<Frame>,
    skips: usize,
}

impl Search {
    pub(super) fn new(route: Arc<CompiledRoute>, ask: Ask, now: Tick) -> Self {
        let bound = ask.deadline.map_or(Tick::MAX, |deadline| now + deadline);
        let frames = vec![Frame::enter(route, now, bound)];
        Self { ask, skips: Vec::new(), frames, outgrown: None, soonest: None }
    }

    /// The next target, with its breaker's leave. `Err`: the asked route's word on the last failure, which is
    /// [`Verdict::Next`] when only targets are lacking.
    pub(super) fn next(&mut self, now: Tick) -> Result<(Arc<ModelTarget>, Permit), Verdict> {
        loop {
            let Some((index, target)) = self.step(now) else {
                if self.frames.len() == 1 {
                    return Err(Verdict::Next);
                }
                self.leave();
                match self.judge() {
                    Verdict::Next => continue,
                    verdict => return Err(verdict),
                }
            };
            if Frame::passes_over(&self.top().route, index, now) {
                self.skip(&target, SkipReason::ForceFallback);
                continue;
            }
            match target {
                CompiledTarget::Route(inner) => {
                    let frame = Frame::enter(inner, now, self.deadline());
                    self.frames.push(frame);
                }
                CompiledTarget::Model(target) => {
                    if let Some(permit) = self.admit(&target, now) {
                        return Ok((target, permit));
                    }
                }
            }
        }
    }

    /// Where breakers held back everything: a probe, before its time, of the target that reopens soonest. `None`: one
    /// is under way already.
    pub(super) fn force(&mut self, now: Tick) -> Option<(Arc<ModelTarget>, Permit)> {
        let held = self.soonest.take()?;
        if held.frames.last().is_none_or(|frame| now >= frame.deadline) {
            return None;
        }
        let permit = held.target.health().force()?;
        self.frames = held.frames;
        self.skips.truncate(held.skips);
        Some((held.target, permit))
    }

    /// Takes note of the current target's failure.
    pub(super) fn failed(&mut self, target: &ModelTarget, failure: Failure) {
        if failure.kind == FailureKind::ContextWindow {
            self.outgrown = self.outgrown.max(target.window().or(self.ask.prompt_tokens));
        }
        if let Some(top) = self.frames.last_mut() {
            top.last = Some(failure);
        }
    }

    /// Whether the innermost route goes on after its last failure.
    pub(super) fn goes_on(&self) -> bool {
        self.verdict() == Verdict::Next
    }

    /// Has each route judge the last failure, the innermost first, and leaves those whose chain it ends.
    pub(super) fn judge(&mut self) -> Verdict {
        loop {
            let verdict = self.verdict();
            if verdict == Verdict::Next || self.frames.len() == 1 {
                return verdict;
            }
            self.leave();
        }
    }

    /// The last failure that the asked route has heard of.
    pub(super) fn last_failure(&self) -> Option<&Failure> {
        self.frames.first().and_then(|frame| frame.last.as_ref())
    }

    /// Whether another target could be asked at `at`.
    pub(super) fn others(&self, at: Tick) -> bool {
        self.frames.iter().any(|frame| frame.remains(&self.fit(), at))
    }

    /// Whether another target would be asked at `at` after a `content_policy`. Each route on the way judges for itself.
    pub(super) fn goes_on_from_a_refusal(&self, at: Tick) -> bool {
        let lists = |frame: &Frame| frame.route.retry_on.contains(&FailureKind::ContentPolicy);
        self.frames.iter().any(|frame| lists(frame) && frame.remains(&self.fit(), at))
    }

    /// The end of an attempt's fair part of the time that is left: half of it, on each level where another target could
    /// be asked by then, or by `patience` if that is sooner. `None`: no other target, so all of it.
    pub(super) fn share(&self, now: Tick, patience: Tick) -> Option<Tick> {
        let fit = self.fit();
        let halves = self.frames.iter().map(|frame| (frame, now + frame.deadline.since(now) / 2));
        halves.filter(|(frame, half)| frame.remains(&fit, patience.min(*half))).map(|(_, half)| half).min()
    }

    /// When the innermost route must end.
    pub(super) fn deadline(&self) -> Tick {
        self.top().deadline
    }

    /// When the asked route must end.
    pub(super) fn is_over(&self, now: Tick) -> bool {
        self.frames.first().is_none_or(|frame| now >= frame.deadline)
    }

    pub(super) fn timeouts(&self) -> Timeouts {
        self.top().route.timeouts
    }

    /// Whether the current target is another than the first of every route that leads to it.
    pub(super) fn is_fallback(&self) -> bool {
        self.frames.iter().any(Frame::is_past_first)
    }

    /// Moves the innermost route on by one target; `None`: it has no more, or no time.
    fn step(&mut self, now: Tick) -> Option<(usize, CompiledTarget)> {
        let top = self.frames.last_mut()?;
        if now >= top.deadline {
            return None;
        }
        let target = top.route.targets.get(top.next)?.clone();
        top.next += 1;
        Some((top.next - 1, target))
    }

    /// Leave to ask a target; else it is listed among the skips.
    fn admit(&mut self, target: &Arc<ModelTarget>, now: Tick) -> Option<Permit> {
        if let Some(reason) = self.fit().obstacle(target) {
            self.skip(&CompiledTarget::Model(Arc::clone(target)), reason);
            return None;
        }
        let admission = target.health().ask(now);
        match admission {
            Admission::Admitted(permit) => Some(permit),
            Admission::HeldBack { until, because } => {
                if self.soonest.as_ref().is_none_or(|soonest| until < soonest.until) {
                    let (target, frames) = (Arc::clone(target), self.frames.clone());
                    self.soonest = Some(HeldBack { target, until, frames, skips: self.skips.len() });
                }
                self.skip(&CompiledTarget::Model(Arc::clone(target)), SkipReason::Breaker { until, because });
                None
            }
        }
    }

    fn skip(&mut self, target: &CompiledTarget, reason: SkipReason) {
        let label = match target {
            CompiledTarget::Model(target) => target.label.to_string(),
            CompiledTarget::Route(route) => format!("route:{}", route.name),
        };
        self.skips.push(Skip { label, reason });
    }

    /// Leaves the innermost route; the one above inherits its last failure.
    fn leave(&mut self) {
        if let Some(Frame { last: Some(last), .. }) = self.frames.pop()
            && let Some(above) = self.frames.last_mut()
        {
            above.last = Some(last);
        }
    }

    fn verdict(&self) -> Verdict {
        let Frame { route, last: Some(failure), .. } = self.top() else { return Verdict::Next };
        let asked = self.frames.len() == 1;
        let status_codes = self.ask.status_codes.as_deref().filter(|_| asked);
        RetryOn { kinds: &route.retry_on, status_codes }.verdict(failure)
    }

    fn fit(&self) -> Fit<'_> {
        Fit { ask: &self.ask, outgrown: self.outgrown }
    }

    #[expect(clippy::expect_used, reason = "`leave` is called on inner routes alone")]
    fn top(&self) -> &Frame {
        self.frames.last().expect("the asked route's frame is never left")
    }
}
