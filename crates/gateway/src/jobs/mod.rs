//! What happens beside requests: writing the log, the month's numbers, retention. No request waits for any of it.

mod quotas;
mod request_log;
mod retention;

pub use quotas::{load_month, owner, save_months};
pub use request_log::{RequestLog, write_requests};
pub use retention::retain;
