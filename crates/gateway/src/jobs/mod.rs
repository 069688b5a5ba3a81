//! What happens beside requests: writing the log, the month's numbers, retention. No request waits for any of it.

mod notes;
mod quotas;
mod request_log;
mod retention;

pub use notes::{KeyTrouble, write_notes};
pub use quotas::{load_month, owner, save_months};
pub use request_log::{RequestLog, write_requests};
pub use retention::retain;
