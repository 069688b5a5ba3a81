//! Step 4: whether the request may be made now. It takes from every limit that applies, at once and without waiting;
//! the `Permit` hands all of it back if no target answers. One request counts once, however many attempts it takes.

use std::sync::Arc;
use std::time::Duration;

use maig_core::limit::{Month, Reservation};
use maig_core::time::Tick;

use crate::clock::Clock;
use crate::error::{ApiError, Code};
use crate::limits::{MonthGate, RateGate, UserTaken};
use crate::snapshot::Caller;
use crate::state::AppState;

/// What a request took. Dropped unsettled, it gives everything back.
pub(super) struct Permit {
    state: AppState,
    caller: Arc<Caller>,
    key_rate: bool,
    project_rate: bool,
    user: Option<UserTaken>,
    key_month: Option<Reservation>,
    project_month: Option<Reservation>,
}

pub(super) fn admit(
    state: &AppState,
    caller: &Arc<Caller>,
    user: Option<&str>,
    now: Tick,
) -> Result<Permit, ApiError> {
    let mut permit = Permit {
        state: state.clone(),
        caller: Arc::clone(caller),
        key_rate: false,
        project_rate: false,
        user: None,
        key_month: None,
        project_month: None,
    };
    permit.key_rate = rate(caller.rate.as_ref(), now, "This project key")?;
    permit.project_rate = rate(caller.project.rate.as_ref(), now, "This project")?;
    if let Some(limit) = caller.per_user {
        let user = user.ok_or_else(|| {
            let message = "This project key limits each end user: name the user in `x-maig-user`.";
            ApiError::new(Code::InvalidRequest, message).param("x-maig-user").should_retry(false)
        })?;
        let taken = state.limits.user(caller.key.as_str(), user, limit, now);
        permit.user = Some(taken.map_err(|wait| limited("This end user", wait))?);
    }
    // Quotas count what costs money; test keys never reach a provider.
    if !caller.test && (caller.month.is_some() || caller.project.month.is_some()) {
        let month = Month::of_unix(Clock::unix_seconds());
        permit.key_month = quota(caller.month.as_ref(), month, "This project key")?;
        permit.project_month = quota(caller.project.month.as_ref(), month, "This project")?;
    }
    Ok(permit)
}

impl Permit {
    /// A target answered: the request counts.
    pub(super) fn settle(&mut self) {
        self.key_rate = false;
        self.project_rate = false;
        self.user = None;
        self.key_month = None;
        self.project_month = None;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let give_rate = |taken: bool, gate: &Option<RateGate>| {
            if let (true, Some(gate)) = (taken, gate) {
                gate.give_back();
            }
        };
        let give_month = |taken: Option<Reservation>, gate: &Option<MonthGate>| {
            if let (Some(reservation), Some(gate)) = (taken, gate) {
                gate.give_back(reservation);
            }
        };
        give_rate(self.key_rate, &self.caller.rate);
        give_rate(self.project_rate, &self.caller.project.rate);
        give_month(self.key_month.take(), &self.caller.month);
        give_month(self.project_month.take(), &self.caller.project.month);
        if let Some(taken) = self.user.take() {
            self.state.limits.give_back_user(taken);
        }
    }
}

fn rate(gate: Option<&RateGate>, now: Tick, whose: &str) -> Result<bool, ApiError> {
    match gate {
        None => Ok(false),
        Some(gate) => gate.take(now).map(|()| true).map_err(|wait| limited(whose, wait)),
    }
}

fn quota(gate: Option<&MonthGate>, month: Month, whose: &str) -> Result<Option<Reservation>, ApiError> {
    let Some(gate) = gate else { return Ok(None) };
    gate.take(month).map(Some).ok_or_else(|| {
        let message = format!(
            "{whose} has used its {} requests of this month. They begin anew on the first, UTC.",
            gate.quota
        );
        let mut error = ApiError::new(Code::QuotaExhausted, message).should_retry(false);
        error.retry_after = Some(Month::time_to_next(Clock::unix_seconds()));
        error
    })
}

fn limited(whose: &str, wait: Duration) -> ApiError {
    let seconds = wait.as_secs_f64().ceil().max(1.0);
    let message = format!("{whose} sends more requests than its limit. Try again in {seconds} s.");
    ApiError::new(Code::RateLimited, message).retry_after(wait)
}
