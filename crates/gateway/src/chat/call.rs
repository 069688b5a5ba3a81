//! A request under way, as its steps hand it on. Data only: it must never decide anything.

use std::sync::Arc;

use maig_core::plan::Plan;

use super::admit::Permit;
use super::parse::Incoming;
use super::record::Record;
use crate::snapshot::Snapshot;
use crate::state::AppState;
use crate::streams::Holding;

/// A request that was admitted: everything that its attempts need, and what must be settled at its end.
pub(super) struct Call {
    pub(super) state: AppState,
    pub(super) snapshot: Arc<Snapshot>,
    pub(super) incoming: Incoming,
    pub(super) permit: Permit,
    /// For a stream that is to outlive its connection, until its head goes out.
    pub(super) holding: Option<Holding>,
    pub(super) course: Course,
}

/// The plan and the row, which live and end together, so that the row has every attempt however the request ends; also
/// when its app leaves in the middle.
pub(super) struct Course {
    pub(super) plan: Plan,
    pub(super) record: Record,
}

impl Drop for Course {
    fn drop(&mut self) {
        self.record.left(&mut self.plan);
    }
}
