//! The two things that the store takes from outside: the time of a row and a new id.

use std::time::{SystemTime, UNIX_EPOCH};

use uuid::Uuid;

/// Microseconds since 1970, UTC.
pub(crate) fn now_us() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// A UUIDv7 as text: sorts by the time it was made.
pub(crate) fn new_id() -> String {
    Uuid::now_v7().to_string()
}

/// The moment at which a UUIDv7 was made, in microseconds since 1970. `None`: it is of another kind.
pub(crate) fn made_at(id: Uuid) -> Option<i64> {
    let (seconds, nanos) = id.get_timestamp()?.to_unix();
    i64::try_from(seconds).ok()?.checked_mul(1_000_000)?.checked_add(i64::from(nanos / 1000))
}
