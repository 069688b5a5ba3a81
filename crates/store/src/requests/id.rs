//! The name of a request: a UUIDv7, which holds the moment at which it was made. A number and no text, since every
//! request is given one and few are ever looked at.

use std::fmt;

use uuid::Uuid;
use uuid::fmt::Hyphenated;

use crate::clock::made_at;

/// As in `x-maig-request-id`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(Uuid);

impl RequestId {
    /// Characters of its text.
    pub const LENGTH: usize = Hyphenated::LENGTH;

    /// A new one; its random half differs from every other's.
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// `None`: no request was ever named so.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }

    /// Its text, written into `room`.
    pub fn text(self, room: &mut [u8; Self::LENGTH]) -> &str {
        self.0.hyphenated().encode_lower(room)
    }

    /// The random half, which may serve as a seed.
    pub fn random_bits(self) -> u64 {
        self.0.as_u64_pair().1
    }

    /// Microseconds since 1970. `None`: it is a UUID of another kind.
    pub(super) fn made_at(self) -> Option<i64> {
        made_at(self.0)
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text(&mut [0; Self::LENGTH]))
    }
}
