//! Step 6: the plan's loop. It asks the plan for the next step, makes the attempt, and tells the plan what came of it;
//! it decides nothing itself. What it gives has either an answer, or the plan's last word.

use std::pin::pin;
use std::sync::Arc;

use maig_core::plan::{Plan, Step};
use maig_core::route::ModelTarget;
use maig_core::translate::openai::with_usage;
use maig_core::translate::{Unsupported, Whole};

use super::attempt::{Ended, Reached, attempt};
use super::call::Call;
use super::outcome::{NoAnswer, Served};
use super::relay::Relaying;
use super::said::estimate;

pub(super) enum Answer {
    Whole(Served, Whole),
    Stream(Served, Box<Relaying>),
}

pub(super) async fn dispatch(mut call: Box<Call>) -> Result<Answer, (NoAnswer, Box<Call>)> {
    loop {
        let now = call.state.clock.now();
        let attempted = match call.course.plan.next(now) {
            Step::Wait(until) => {
                let wait = tokio::time::sleep_until(call.state.clock.instant(until));
                match call.state.over.run_until_cancelled(wait).await {
                    Some(()) => continue,
                    None => return Err((NoAnswer::ShuttingDown, call)),
                }
            }
            Step::GiveUp(give_up) => return Err((NoAnswer::GaveUp(give_up), call)),
            Step::Try(attempted) => attempted,
        };
        let outcome = {
            // Pinned here and lent: passed by value, a future of this size would be copied into the next.
            let attempting = pin!(attempt(&call, &attempted));
            call.state.over.run_until_cancelled(attempting).await
        };
        let ended = match outcome {
            Some(Ok((reached, dropped))) => {
                return Ok(answer(call, attempted.target, reached, dropped, attempted.clocks.stream));
            }
            Some(Err(ended)) => ended,
            None => {
                call.course.plan.cancelled(call.state.clock.now());
                return Err((NoAnswer::ShuttingDown, call));
            }
        };
        let now = call.state.clock.now();
        match ended {
            Ended::Failed(mut failure) => {
                let account = attempted.target.account.as_ref();
                if let Some(account) = account.and_then(|id| call.snapshot.accounts.get(id)) {
                    account.hide_in(&mut failure);
                }
                tracing::debug!(target = &*attempted.target.label, kind = %failure.kind, "attempt failed");
                if let Some(account) = &attempted.target.account {
                    call.state.trouble.note(account, &attempted.target.label, &failure);
                }
                call.course.plan.failed(now, failure);
            }
            Ended::Unsupported(unsupported) => call.course.plan.unsupported(now, unsupported),
            Ended::Bad(bad) => {
                // Nothing was sent, so no attempt counts.
                let unsupported =
                    Unsupported { param: bad.param.clone().unwrap_or_default(), reason: bad.message.clone() };
                call.course.plan.unsupported(now, unsupported);
                return Err((NoAnswer::Bad(bad), call));
            }
        }
    }
}

/// The way of no return: whatever comes now is this target's.
fn answer(
    mut call: Box<Call>,
    target: Arc<ModelTarget>,
    reached: Reached,
    dropped: Vec<String>,
    stream_time: std::time::Duration,
) -> Answer {
    let now = call.state.clock.now();
    call.permit.settle();
    match reached {
        Reached::Whole(whole) => {
            call.course.plan.answered(now);
            let served = served(&call.course.plan, target, dropped);
            call.course.record.served(&served);
            let whole = counted(whole, call.incoming.envelope.size());
            call.course.record.whole(&whole, &served.target, &call.course.plan);
            Answer::Whole(served, whole)
        }
        Reached::Stream(opening) => {
            call.course.plan.committed(now);
            let served = served(&call.course.plan, target, dropped);
            call.course.record.served(&served);
            call.course.record.first_token(now);
            let target = Arc::clone(&served.target);
            Answer::Stream(served, Box::new(Relaying::new(call, target, *opening, stream_time)))
        }
    }
}

fn served(plan: &Plan, target: Arc<ModelTarget>, dropped: Vec<String>) -> Served {
    Served { target, attempts: plan.attempts(), fallback: plan.is_fallback(), dropped }
}

/// Every whole answer carries usage; where the provider did not count, an estimate that says so.
fn counted(mut whole: Whole, prompt_bytes: usize) -> Whole {
    if whole.usage.is_none() {
        let usage = estimate(prompt_bytes, whole.chars);
        whole.body = with_usage(&whole.body, &usage);
        whole.usage = Some(usage);
    }
    whole
}
