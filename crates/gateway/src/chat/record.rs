//! Step 9: one row a request, whatever became of it: answered, refused, given up, cut, or left by the app. The row is
//! handed in when the `Record` is dropped, so no way out can forget it. It must never hold a prompt or a key.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use maig_core::catalog;
use maig_core::chat::{FinishReason, Usage};
use maig_core::failure::FailureKind;
use maig_core::plan::{Plan, Skip, SkipReason};
use maig_core::route::ModelTarget;
use maig_core::time::Tick;
use maig_core::translate::Whole;
use maig_store::{AttemptRow, RequestId, RequestRow, SkipRow};

use super::outcome::Served;
use super::parse::Incoming;
use super::said::Said;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::snapshot::Caller;
use crate::state::AppState;
use crate::streams::{Holding, Tally};

/// What an app that left is logged with; nginx's number for it.
const CLIENT_GONE: u16 = 499;

/// What a held stream is logged with to which nobody came back.
const ABANDONED: &str = "stream_abandoned";

/// A row in the making.
pub(super) struct Record {
    state: AppState,
    id: RequestId,
    started: Tick,
    started_at: i64,
    resolved: bool,
    /// `None`: the caller is not known, and neither is the project that the row would belong to.
    row: Option<Box<RequestRow>>,
    /// An outcome was told; without one, the app left.
    ended: bool,
    /// What became of a stream that outlives its connections.
    held: Option<Arc<Tally>>,
}

impl Record {
    pub(super) fn open(state: &AppState) -> Self {
        state.running.fetch_add(1, Ordering::Relaxed);
        Self {
            state: state.clone(),
            id: RequestId::new(),
            started: state.clock.now(),
            started_at: Clock::unix_micros(),
            resolved: false,
            row: None,
            ended: false,
            held: None,
        }
    }

    pub(super) fn id(&self) -> RequestId {
        self.id
    }

    /// When the request came in, in seconds since 1970.
    pub(super) fn created(&self) -> u64 {
        u64::try_from(self.started_at / 1_000_000).unwrap_or(0)
    }

    /// Random bits for the backoff's jitter: the random half of the id.
    pub(super) fn seed(&self) -> u64 {
        self.id.random_bits()
    }

    /// The name that was asked, once it is known to mean something.
    pub(super) fn route(&self) -> Option<&str> {
        self.row.as_ref().filter(|_| self.resolved).map(|row| &*row.route)
    }

    pub(super) fn caller(&mut self, caller: &Arc<Caller>) {
        caller.last_used.store(self.started_at, Ordering::Relaxed);
        self.row = Some(Box::new(RequestRow {
            id: self.id,
            project_id: caller.project.id.clone(),
            key_id: Some(caller.key.clone()),
            endpoint: "chat.completions".into(),
            test: caller.test,
            started_at: self.started_at,
            ..RequestRow::default()
        }));
    }

    pub(super) fn asked(&mut self, incoming: &Incoming) {
        let Some(row) = &mut self.row else { return };
        row.route.clone_from(&incoming.envelope.model);
        row.stream = incoming.envelope.stream;
        row.app_version.clone_from(&incoming.app.version);
        row.platform.clone_from(&incoming.app.platform);
        row.bundle_id.clone_from(&incoming.app.bundle_id);
        row.install_id.clone_from(&incoming.app.install_id);
        row.end_user.clone_from(&incoming.user);
    }

    pub(super) fn held(&mut self, holding: Option<&Holding>) {
        self.held = holding.map(Holding::tally);
    }

    pub(super) fn resolved(&mut self) {
        self.resolved = true;
    }

    /// A target answers.
    pub(super) fn served(&mut self, served: &Served) {
        let Some(row) = &mut self.row else { return };
        row.served_by = Some(served.target.label.clone());
        row.fallback = served.fallback;
        row.dropped.clone_from(&served.dropped);
    }

    pub(super) fn first_token(&mut self, now: Tick) {
        if let Some(row) = &mut self.row {
            row.first_token_us = Some(micros(now, self.started));
        }
    }

    pub(super) fn whole(&mut self, whole: &Whole, target: &ModelTarget, plan: &Plan) {
        self.usage(whole.usage.unwrap_or_default(), target);
        self.finish(whole.finish.iter().flatten().next().copied());
        self.end(200, plan);
    }

    /// The app left before an end was told: the attempt under way was cancelled with it.
    pub(super) fn left(&mut self, plan: &mut Plan) {
        if !self.ended {
            plan.cancelled(self.state.clock.now());
            self.attempts(plan);
        }
    }

    /// What a stream has given so far.
    pub(super) fn given(&mut self, said: &Said, usage: Usage, target: &ModelTarget) {
        self.usage(usage, target);
        self.finish(said.finished.first().map(|(_, reason)| *reason));
    }

    /// The stream's end, good or bad.
    pub(super) fn stream_ended(&mut self, said: &Said, usage: Usage, target: &ModelTarget, plan: &Plan) {
        self.given(said, usage, target);
        self.end(200, plan);
    }

    /// What the app was told instead of an answer.
    pub(super) fn failed(&mut self, error: &ApiError, kind: Option<FailureKind>) {
        self.ended = true;
        let Some(row) = &mut self.row else { return };
        row.status = error.status;
        row.error_code = Some(error.code().to_owned());
        row.failure_kind = kind.map(|kind| kind.as_str().into());
    }

    /// What the app was told in the middle of a stream: its status had gone out with the head.
    pub(super) fn cut(&mut self, error: &ApiError, kind: FailureKind) {
        let Some(row) = &mut self.row else { return };
        row.error_code = Some(error.code().to_owned());
        row.failure_kind = Some(kind.as_str().into());
    }

    /// Keeps what was tried.
    pub(super) fn attempts(&mut self, plan: &Plan) {
        let started = self.started;
        let Some(row) = &mut self.row else { return };
        row.attempt_count = plan.attempts();
        row.attempts = plan
            .tried()
            .iter()
            .map(|tried| AttemptRow {
                model: Arc::clone(tried.label()),
                kind: tried.kind.map(|kind| kind.as_str().into()),
                status: tried.status,
                message: tried.message.clone(),
                start_ms: millis(tried.started.since(started)),
                ms: millis(tried.took),
                cancelled: tried.cancelled,
            })
            .collect();
        row.skipped = plan.skips().iter().map(skipped).collect();
    }

    fn end(&mut self, status: u16, plan: &Plan) {
        self.attempts(plan);
        self.ended = true;
        if let Some(row) = self.row.as_mut().filter(|row| row.status == 0) {
            row.status = status;
        }
    }

    fn usage(&mut self, usage: Usage, target: &ModelTarget) {
        let Some(row) = &mut self.row else { return };
        let usage = usage.bounded();
        let count = |n: u64| Some(i64::try_from(n).unwrap_or(i64::MAX));
        row.prompt_tokens = count(usage.prompt);
        row.cached_tokens = count(usage.cached);
        row.completion_tokens = count(usage.completion);
        row.reasoning_tokens = count(usage.reasoning);
        row.estimated = usage.estimated;
        row.cost = catalog::cost(target.card.as_deref(), &usage, None);
    }

    fn finish(&mut self, reason: Option<FinishReason>) {
        if let Some(row) = &mut self.row {
            row.finish = reason.map(|reason| reason.as_str().into());
        }
    }
}

fn skipped(skip: &Skip) -> SkipRow {
    let (reason, detail) = match &skip.reason {
        SkipReason::ForceFallback => ("force_fallback", None),
        SkipReason::NoAccount => ("no_account", None),
        SkipReason::Unsupported(unsupported) => ("unsupported", Some(unsupported.param.clone().into())),
        SkipReason::Breaker { because, .. } => ("breaker", Some(because.as_str().into())),
        SkipReason::SmallWindow => ("small_window", None),
    };
    SkipRow { model: skip.label.clone(), reason: reason.into(), detail }
}

impl Drop for Record {
    fn drop(&mut self) {
        self.state.running.fetch_sub(1, Ordering::Relaxed);
        let Some(mut row) = self.row.take() else { return };
        row.duration_us = micros(self.state.clock.now(), self.started);
        if !self.ended {
            row.client_gone = true;
            row.status = CLIENT_GONE;
        }
        if let Some(held) = &self.held {
            row.resumes = held.resumed();
            if !self.ended && held.is_abandoned() {
                row.error_code = Some(ABANDONED.to_owned());
            }
        }
        self.state.log.write(*row);
    }
}

fn micros(now: Tick, since: Tick) -> i64 {
    i64::try_from(now.since(since).as_micros()).unwrap_or(i64::MAX)
}

fn millis(d: std::time::Duration) -> u64 {
    u64::try_from(d.as_millis()).unwrap_or(u64::MAX)
}
