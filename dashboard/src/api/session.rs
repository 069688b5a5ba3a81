//! Signing in and out, and the first owner.

use maig_api::{CheckSetupLink, Session, SetupLink, SetupNeeded, SetupRequest, SignIn};

use super::{Api, ApiError};

impl Api {
    pub async fn who(self) -> Result<Session, ApiError> {
        self.get("session").without_session().send().await
    }

    /// After a change of one's own roles or of the project: what the sidebar shows follows it.
    pub fn look_again(self) {
        self.look_again_as(None);
    }

    /// The same, at the project of that name: a new one, or a new name for this one.
    pub fn look_again_as(self, project: Option<String>) {
        leptos::task::spawn_local(async move {
            // The next call tells what is wrong, if anything is.
            if let Ok(session) = self.who().await {
                if let Some(project) = project {
                    self.session.choose(&project);
                }
                self.session.begin(session);
            }
        });
    }

    pub async fn sign_in(self, asked: SignIn) -> Result<Session, ApiError> {
        self.post("session").json(&asked).without_session().send().await
    }

    pub async fn sign_out(self) -> Result<(), ApiError> {
        self.delete("session").without_session().done().await
    }

    pub async fn setup_needed(self) -> Result<bool, ApiError> {
        self.get("setup").without_session().send().await.map(|answer: SetupNeeded| answer.needed)
    }

    /// What a one-time link is worth; it is not used up by this.
    pub async fn setup_link(self, token: String) -> Result<SetupLink, ApiError> {
        self.post("setup/link").json(&CheckSetupLink { token }).without_session().send().await
    }

    pub async fn set_up(self, asked: SetupRequest) -> Result<Session, ApiError> {
        self.post("setup").json(&asked).without_session().send().await
    }
}
