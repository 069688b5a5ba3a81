//! A quota of a calendar month: reserve when a request comes in, settle when it was answered or hand it back.
//! Reserving counts at once, so that requests in flight cannot pass a quota together (a check before and an increment
//! after would let them). It must never read a clock.

use super::Month;

/// What was used in the month that `month` names; a counter of an earlier month counts as zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counter {
    pub month: Month,
    pub used: u64,
}

/// The month's quota is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

/// A request that counts already. Settling needs nothing: the count stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a reservation that is not kept can never be handed back"]
pub struct Reservation {
    month: Month,
}

impl Counter {
    pub fn new(month: Month) -> Self {
        Self { month, used: 0 }
    }

    /// Counts one request, if the quota has room.
    pub fn reserve(&mut self, now: Month, quota: u64) -> Result<Reservation, Exhausted> {
        // A clock that steps back over midnight must not reset a month that was counted already.
        if now > self.month {
            *self = Self::new(now);
        }
        if self.used >= quota {
            return Err(Exhausted);
        }
        self.used += 1;
        Ok(Reservation { month: self.month })
    }

    /// Takes a request back that no target answered. One of a month that is over changes nothing.
    pub fn give_back(&mut self, reservation: Reservation) {
        if reservation.month == self.month {
            self.used = self.used.saturating_sub(1);
        }
    }
}
