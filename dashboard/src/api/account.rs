//! One's own login: the password, the second factor, and where one is signed in.

use maig_api::{
    ChangePassword, ConfirmCode, ConfirmPassword, Enrolment, Page, RecoveryCodes, SecondFactor, Session,
    SessionInfo,
};

use super::{Api, ApiError, segment};

impl Api {
    /// Ends every session; what comes back is a new one for this browser.
    pub async fn change_password(self, asked: ChangePassword) -> Result<Session, ApiError> {
        self.post("session/password").json(&asked).send().await
    }

    pub async fn sessions(self) -> Result<Page<SessionInfo>, ApiError> {
        self.get("sessions").send().await
    }

    pub async fn end_session(self, id: &str) -> Result<(), ApiError> {
        self.delete(format!("sessions/{}", segment(id))).done().await
    }

    pub async fn end_other_sessions(self) -> Result<(), ApiError> {
        self.delete("sessions?others=true").done().await
    }

    pub async fn second_factor(self) -> Result<SecondFactor, ApiError> {
        self.get("session/second-factor").send().await
    }

    /// A secret for an authenticator, which holds from its first code on.
    pub async fn enrol(self, asked: ConfirmPassword) -> Result<Enrolment, ApiError> {
        self.post("session/second-factor").json(&asked).send().await
    }

    pub async fn confirm_second_factor(self, asked: ConfirmCode) -> Result<RecoveryCodes, ApiError> {
        self.post("session/second-factor/confirm").json(&asked).send().await
    }

    pub async fn new_recovery_codes(self, asked: ConfirmPassword) -> Result<RecoveryCodes, ApiError> {
        self.post("session/second-factor/recovery-codes").json(&asked).send().await
    }

    pub async fn remove_second_factor(self, asked: ConfirmPassword) -> Result<(), ApiError> {
        self.post("session/second-factor/remove").json(&asked).done().await
    }
}
