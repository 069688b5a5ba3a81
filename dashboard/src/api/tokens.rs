//! Tokens of programs.

use maig_api::{AdminToken, CreateAdminToken, CreatedAdminToken};

use super::{Api, ApiError, segment};

/// Of one project, or of the whole gateway.
fn at(project: Option<&str>) -> String {
    project.map_or_else(|| "tokens".to_owned(), |project| format!("projects/{}/tokens", segment(project)))
}

impl Api {
    pub async fn tokens(self, project: Option<&str>) -> Result<Vec<AdminToken>, ApiError> {
        self.all(&at(project)).await
    }

    pub async fn create_token(
        self,
        project: Option<&str>,
        asked: CreateAdminToken,
    ) -> Result<CreatedAdminToken, ApiError> {
        self.post(at(project)).json(&asked).send().await
    }

    pub async fn revoke_token(self, project: Option<&str>, id: &str) -> Result<(), ApiError> {
        self.delete(format!("{}/{}", at(project), segment(id))).done().await
    }
}
