//! The way of one chat request: the hot path. One file a step, one named type between two steps, data one way.
//!
//! | step | file | takes → gives |
//! | --- | --- | --- |
//! | enter | `handler` | an HTTP request → a response; calls the steps below in order and does nothing else |
//! | authenticate | `authenticate` | headers, snapshot → `Caller` |
//! | parse | `parse` | body → `Incoming` |
//! | resolve | `resolve` | the name that was asked for → `CompiledRoute` |
//! | admit | `admit` | limits → `Permit` |
//! | plan | `maig_core::plan`, asked by `ask` | route, request, now → `Plan` |
//! | dispatch | `dispatch` | the plan's loop: next → attempt → judge → observe |
//! | attempt | `attempt` | one target: translate → send → judge → `Reached` |
//! | commit | `commit` | frames, up to the first content: `Opening` → `Relaying`, and no way back |
//! | relay | `relay` | upstream bytes → the caller's bytes |
//! | render | `render` | an answer or an error → an HTTP response; `early` for heads that go out before an answer |
//! | record | `record` | one row a request with all its attempts → the log's queue |
//!
//! What travels between them: `call` (a request under way), `outcome` (who served it, or why nobody), `said` (what a
//! stream has told). Beside them: `read` and `assemble` for bodies that come whole, `give_up` for requests without an
//! answer, `trace` for the caller's trace.
//!
//! Invariant: no lock is held across an await, no database is waited for, and the body is parsed once.

pub mod handler;

mod admit;
mod ask;
mod assemble;
mod attempt;
mod authenticate;
mod call;
mod commit;
mod dispatch;
mod early;
mod give_up;
mod outcome;
mod parse;
mod read;
mod record;
mod relay;
mod render;
mod resolve;
mod said;
mod trace;

pub(crate) use authenticate::authenticate;
pub(crate) use render::{error as render_error, error_event, label as label_response};
