//! The audit log.

use maig_api::{AuditEntry, Page};

use super::{Api, ApiError, segment};
use crate::query::Query;

impl Api {
    /// A project's changes, or without one those of the whole gateway; newest first.
    pub async fn audit(self, project: Option<&str>, question: &Query) -> Result<Page<AuditEntry>, ApiError> {
        let path = project
            .map_or_else(|| "audit".to_owned(), |project| format!("projects/{}/audit", segment(project)));
        self.get(path + &question.to_search()).send().await
    }
}
