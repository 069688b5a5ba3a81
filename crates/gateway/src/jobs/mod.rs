//! What happens beside requests: writing the log, the month's numbers, retention. No request waits for any of it.

mod forced;
mod notes;
mod quotas;
mod request_log;
mod retention;

pub use forced::end_forced;
pub use notes::{KeyTrouble, write_notes};
pub use quotas::{load_month, owner, save_months};
pub use request_log::{RequestLog, write_requests};
pub use retention::{DEFAULT_DAYS, retain};
