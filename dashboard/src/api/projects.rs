//! Projects: their limits, and how long their log is kept.

use maig_api::{CreateProject, PatchProject, Project};

use super::{Api, ApiError, segment};

fn at(project: &str) -> String {
    format!("projects/{}", segment(project))
}

impl Api {
    pub async fn project(self, project: &str) -> Result<Project, ApiError> {
        self.get(at(project)).send().await
    }

    pub async fn create_project(self, name: String) -> Result<Project, ApiError> {
        self.post("projects").json(&CreateProject { name }).send().await
    }

    /// Only over what has been seen: the version that the project was shown with.
    pub async fn patch_project(self, seen: &Project, asked: &PatchProject) -> Result<Project, ApiError> {
        self.patch(at(&seen.id)).if_match(seen.version).json(asked).send().await
    }

    pub async fn delete_project(self, seen: &Project) -> Result<(), ApiError> {
        self.delete(at(&seen.id)).if_match(seen.version).done().await
    }

    /// The project as `maig apply` takes it.
    pub async fn export_project(self, project: &str) -> Result<String, ApiError> {
        self.get(format!("{}/export", at(project))).text().await
    }
}
