//! The request log.

use maig_api::{LogDetail, LogEntry, Page, ProjectKey};

use super::{Api, ApiError, segment};
use crate::query::Query;

impl Api {
    /// `question` has the names of `LogFilter`.
    pub async fn logs(self, project: &str, question: &Query) -> Result<Page<LogEntry>, ApiError> {
        self.get(format!("projects/{}/logs{}", segment(project), question.to_search())).send().await
    }

    pub async fn log(self, project: &str, request: &str) -> Result<LogDetail, ApiError> {
        self.get(format!("projects/{}/logs/{}", segment(project), segment(request))).send().await
    }

    /// Ids and names of project keys, for filters.
    pub async fn key_names(self, project: &str) -> Result<Vec<(String, String)>, ApiError> {
        let page: Page<ProjectKey> =
            self.get(format!("projects/{}/keys?limit=200", segment(project))).send().await?;
        Ok(page.data.into_iter().map(|key| (key.id, key.name)).collect())
    }
}

/// Where the browser saves an export from: too large for a page to hold. `question` has the names of `LogExport`.
pub fn export_url(project: &str, question: &Query) -> String {
    format!("api/v1/projects/{}/log-export{}", segment(project), question.to_search())
}
