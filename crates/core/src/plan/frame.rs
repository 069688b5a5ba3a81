//! One level of nested routes: how far it has come, when it must end, and which of its targets remain.
//! A nested route keeps its own list, clocks and Force Fallback; only the outer deadlines bound it.

use std::sync::Arc;

use crate::failure::Failure;
use crate::route::{CompiledRoute, CompiledTarget, ModelTarget};
use crate::time::Tick;

use super::record::SkipReason;
use super::{Ask, clocks};

#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub route: Arc<CompiledRoute>,
    /// The target to look at next; the current one is the one before it.
    pub next: usize,
    pub deadline: Tick,
    /// The last failure on this level or below it, which the level above judges when this one ends.
    pub last: Option<Failure>,
}

impl Frame {
    pub(super) fn enter(route: Arc<CompiledRoute>, now: Tick, bound: Tick) -> Self {
        let deadline = (now + clocks::total(route.timeouts)).min(bound);
        Self { route, next: 0, deadline, last: None }
    }

    /// Whether the current target is another than this level's first.
    pub(super) fn is_past_first(&self) -> bool {
        self.next > 1
    }

    /// Whether Force Fallback passes over the target at `index`: it is about the position, whoever stands there.
    pub(super) fn passes_over(route: &CompiledRoute, index: usize, now: Tick) -> bool {
        index == 0 && route.force_fallback.is_on(now)
    }

    /// Whether a target after the current one could be asked at `at`, as things stand now.
    pub(super) fn remains(&self, fit: &Fit<'_>, at: Tick) -> bool {
        at < self.deadline && any_usable(&self.route, self.next, fit, at)
    }
}

/// What makes a target suitable for this request, apart from its breaker.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit<'a> {
    pub ask: &'a Ask,
    /// A window that the prompt did not fit: only larger ones are tried.
    pub outgrown: Option<u64>,
}

impl Fit<'_> {
    /// Why a target is passed over; `None`: it is suitable.
    pub(super) fn obstacle(&self, target: &ModelTarget) -> Option<SkipReason> {
        if target.account.is_none() {
            return Some(SkipReason::NoAccount);
        }
        if let Some(unsupported) = target.lacks(self.ask.needs) {
            return Some(SkipReason::Unsupported(unsupported));
        }
        let too_small =
            self.outgrown.zip(target.window()).is_some_and(|(outgrown, window)| window <= outgrown);
        too_small.then_some(SkipReason::SmallWindow)
    }
}

fn any_usable(route: &CompiledRoute, from: usize, fit: &Fit<'_>, at: Tick) -> bool {
    let rest = route.targets.iter().enumerate().skip(from);
    rest.filter(|(index, _)| !Frame::passes_over(route, *index, at)).any(|(_, target)| match target {
        CompiledTarget::Model(target) => fit.obstacle(target).is_none() && target.health().would_admit(at),
        CompiledTarget::Route(inner) => any_usable(inner, 0, fit, at),
    })
}
