//! Server-sent events, decoded without caring where the bytes were cut. It must never hold more than `MAX_FRAME`.

use bytes::Bytes;

/// A frame larger than this is a fault of the upstream (CONTRACT §5).
pub const MAX_FRAME: usize = 16 * 1024 * 1024;

/// One dispatched event. A frame of comments only is not dispatched but counted as a sign of life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The `event:` field, if any.
    pub event: Option<Bytes>,
    /// The `data:` lines, joined by `\n`.
    pub data: Bytes,
}
