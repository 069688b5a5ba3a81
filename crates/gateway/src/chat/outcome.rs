//! What became of a request: who served it, or why nobody did. Data only: it must never decide anything.

use std::sync::Arc;

use maig_core::plan::GiveUp;
use maig_core::route::ModelTarget;
use maig_core::translate::BadRequest;

/// Who answered, for the headers and the row.
pub(super) struct Served {
    pub(super) target: Arc<ModelTarget>,
    pub(super) attempts: u32,
    pub(super) fallback: bool,
    /// What the target could not be told.
    pub(super) dropped: Vec<String>,
}

/// No target answered.
pub(super) enum NoAnswer {
    GaveUp(GiveUp),
    /// The body makes sense to no target of another dialect.
    Bad(BadRequest),
    /// The drain time was over before a target had answered.
    ShuttingDown,
}
