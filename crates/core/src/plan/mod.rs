//! What happens when a target fails: the one state machine that owns retries, fallback, Force Fallback, breakers, and
//! the deadline that they all spend. It is given `now` and outcomes, and says the next step; it never sleeps, sends,
//! reads a clock or draws a random number, so the gateway, the tests and the dashboard's "explain" run the same code.
//!
//! Reading order:
//! - [`Ask`]: what a plan must know of a request. [`Step`]: what it says.
//! - `machine`: [`Plan`] itself, its states, and what each report does to them.
//! - `search`: the next target that may be asked. `frame`: one level of nested routes on the way there.
//! - `retry_on`: whether a failure goes on to the next target, ends the chain, or is the client's to see.
//! - `retry`: whether the same target is tried again, and `backoff`: after how long.
//! - `clocks`: how long an attempt may take.
//! - `breaker`: whether a target is asked at all.
//! - `record`: what was tried and what was skipped. `give_up`: how a plan without an answer ends.

mod ask;
mod backoff;
mod breaker;
mod clocks;
mod frame;
mod give_up;
mod machine;
mod record;
mod retry;
mod retry_on;
mod search;
mod step;

pub use ask::Ask;
pub use breaker::{Admission, Breaker, BreakerState, Permit};
pub use clocks::{Clocks, default_timeouts};
pub use give_up::{GiveUp, Outcome};
pub use machine::Plan;
pub use record::{Skip, SkipReason, Tried};
pub use step::{Attempt, Step};
