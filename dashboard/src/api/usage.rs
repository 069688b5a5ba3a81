//! Totals and series.

use maig_api::UsageReport;

use super::{Api, ApiError, segment};
use crate::query::Query;

impl Api {
    /// `question` has the names of `UsageQuery`.
    pub async fn usage(self, project: &str, question: &Query) -> Result<UsageReport, ApiError> {
        self.get(format!("projects/{}/usage{}", segment(project), question.to_search())).send().await
    }
}
