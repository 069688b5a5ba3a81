//! Project keys: what apps carry. A key comes once, in the answer that makes it, and is never asked for again.

use maig_api::{CreateProjectKey, CreatedProjectKey, PatchProjectKey, ProjectKey, RollProjectKey};

use super::{Api, ApiError, segment};

fn at(project: &str, key: &ProjectKey) -> String {
    format!("projects/{}/keys/{}", segment(project), segment(&key.id))
}

impl Api {
    pub async fn project_keys(self, project: &str) -> Result<Vec<ProjectKey>, ApiError> {
        self.all(&format!("projects/{}/keys", segment(project))).await
    }

    pub async fn create_project_key(
        self,
        project: &str,
        asked: &CreateProjectKey,
    ) -> Result<CreatedProjectKey, ApiError> {
        self.post(format!("projects/{}/keys", segment(project))).json(asked).send().await
    }

    pub async fn patch_project_key(
        self,
        project: &str,
        key: &ProjectKey,
        asked: &PatchProjectKey,
    ) -> Result<ProjectKey, ApiError> {
        self.patch(at(project, key)).json(asked).if_match(key.version).send().await
    }

    pub async fn revoke_project_key(self, project: &str, key: &ProjectKey) -> Result<ProjectKey, ApiError> {
        self.post(format!("{}/revoke", at(project, key))).if_match(key.version).send().await
    }

    /// Gives it a new secret; the one before works on for so many seconds.
    pub async fn roll_project_key(
        self,
        project: &str,
        key: &ProjectKey,
        grace_s: u64,
    ) -> Result<CreatedProjectKey, ApiError> {
        let asked = RollProjectKey { grace_s: Some(grace_s) };
        self.post(format!("{}/roll", at(project, key))).json(&asked).if_match(key.version).send().await
    }

    /// A key of ten minutes for the playground.
    pub async fn playground_key(self, project: &str) -> Result<CreatedProjectKey, ApiError> {
        self.post(format!("projects/{}/playground-key", segment(project))).send().await
    }
}
