//! The first page's figures.

use maig_api::{Overview, Page, ProviderKey};

use super::{Api, ApiError, segment};

impl Api {
    pub async fn overview(self, project: &str) -> Result<Overview, ApiError> {
        self.get(format!("projects/{}/overview", segment(project))).send().await
    }

    /// Provider keys that were refused when they were last used.
    pub async fn failing_keys(self, project: &str) -> Result<Vec<ProviderKey>, ApiError> {
        let path = format!("projects/{}/provider-keys?limit=200", segment(project));
        let page: Page<ProviderKey> = self.get(path).send().await?;
        Ok(page.data.into_iter().filter(|key| key.last_error.is_some()).collect())
    }
}
