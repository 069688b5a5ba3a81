//! Signing in and out, and the first owner.

use maig_api::{Session, SetupNeeded, SetupRequest, SignIn};

use super::{Api, ApiError};

impl Api {
    pub async fn who(self) -> Result<Session, ApiError> {
        self.get("session").without_session().send().await
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

    pub async fn set_up(self, asked: SetupRequest) -> Result<Session, ApiError> {
        self.post("setup").json(&asked).without_session().send().await
    }
}
