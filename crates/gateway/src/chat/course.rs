//! A request under way: its plan and its row, which live and end together, so that the row has every attempt however
//! the request ends; also when its app leaves in the middle. It must never decide anything.

use maig_core::plan::Plan;

use super::record::Record;

pub(super) struct Course {
    pub(super) plan: Plan,
    pub(super) record: Record,
}

impl Drop for Course {
    fn drop(&mut self) {
        self.record.left(&mut self.plan);
    }
}
