//! People in a project.

use maig_api::{AddMember, AddedMember, Invite, Member, Role, SetRole};

use super::{Api, ApiError, segment};

fn at(project: &str, user: &str) -> String {
    format!("projects/{}/members/{}", segment(project), segment(user))
}

impl Api {
    pub async fn members(self, project: &str) -> Result<Vec<Member>, ApiError> {
        self.all(&format!("projects/{}/members", segment(project))).await
    }

    pub async fn add_member(self, project: &str, asked: AddMember) -> Result<AddedMember, ApiError> {
        self.post(format!("projects/{}/members", segment(project))).json(&asked).send().await
    }

    pub async fn set_role(self, project: &str, user: &str, role: Role) -> Result<(), ApiError> {
        self.put(at(project, user)).json(&SetRole { role }).done().await
    }

    pub async fn remove_member(self, project: &str, user: &str) -> Result<(), ApiError> {
        self.delete(at(project, user)).done().await
    }

    /// A new link in place of the one before.
    pub async fn invite_again(self, project: &str, user: &str) -> Result<Invite, ApiError> {
        self.post(format!("{}/invite", at(project, user))).send().await
    }

    pub async fn remove_members_second_factor(self, project: &str, user: &str) -> Result<(), ApiError> {
        self.delete(format!("{}/second-factor", at(project, user))).done().await
    }
}
