//! The one clock of the process: a monotonic one for plans and limits, and the calendar for rows and keys.
//! Everything in `core` is given its readings; nothing else in the gateway may read a clock of its own.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use maig_core::time::Tick;

/// Started once, copied everywhere.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    start: Instant,
}

impl Clock {
    pub fn start() -> Self {
        Self { start: Instant::now() }
    }

    /// Now, on the plan's clock.
    pub fn now(&self) -> Tick {
        Tick::from_micros(u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX))
    }

    /// A moment of the plan's clock as the runtime's timers take it.
    pub fn instant(&self, tick: Tick) -> tokio::time::Instant {
        tokio::time::Instant::from_std(self.start + Duration::from_micros(tick.as_micros()))
    }

    /// Microseconds since 1970, UTC.
    pub fn unix_micros() -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }

    /// Seconds since 1970, UTC.
    pub fn unix_seconds() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
    }
}
