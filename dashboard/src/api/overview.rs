//! The first page's figures.

use maig_api::Overview;

use super::{Api, ApiError, segment};

impl Api {
    pub async fn overview(self, project: &str) -> Result<Overview, ApiError> {
        self.get(format!("projects/{}/overview", segment(project))).send().await
    }
}
