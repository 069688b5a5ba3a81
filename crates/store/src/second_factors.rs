//! The second factor of a person: the sealed secret of an authenticator, the last time step that was used, and digests
//! of recovery codes. What a code is, is not known here. Using one is a sign-in and no change of configuration; setting
//! up and taking away are audited.

use maig_core::id::UserId;
use maig_core::secret::Secret;

use crate::audit::Entry;
use crate::change::Change;
use crate::error::Result;
use crate::row::Read;
use crate::seal::{Place, open, seal};
use crate::store::Store;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// Microseconds since 1970; `None`: set up and not confirmed, so not in force.
    pub confirmed_at: Option<i64>,
    /// Codes of this time step and before are used up.
    pub last_step: i64,
    pub recovery_codes_left: u32,
}

pub struct SecondFactors<'a>(&'a Store);
pub struct SecondFactorChanges<'a>(&'a mut Change);

impl Store {
    pub fn second_factors(&self) -> SecondFactors<'_> {
        SecondFactors(self)
    }
}

impl Change {
    pub fn second_factors(&mut self) -> SecondFactorChanges<'_> {
        SecondFactorChanges(self)
    }
}

pub(crate) fn place(user: &str) -> Place<'_> {
    Place { table: "second_factors", column: "sealed_secret", id: user, project: "" }
}

impl SecondFactors<'_> {
    pub async fn get(&self, user: &UserId) -> Result<Option<SecondFactor>> {
        let row = sqlx::query(
            "SELECT confirmed_at, last_step, (SELECT COUNT(*) FROM recovery_codes r WHERE r.user_id = s.user_id) AS left_over \
             FROM second_factors s WHERE user_id = $1",
        )
        .bind(user.as_str())
        .fetch_optional(self.0.reader())
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(SecondFactor {
            confirmed_at: row.int_or_null("confirmed_at")?,
            last_step: row.int("last_step")?,
            recovery_codes_left: u32::try_from(row.int("left_over")?).unwrap_or(0),
        }))
    }

    /// Whether the person signs in with a code.
    pub async fn in_force(&self, user: &UserId) -> Result<bool> {
        Ok(self.get(user).await?.is_some_and(|factor| factor.confirmed_at.is_some()))
    }

    /// The authenticator's secret, confirmed or not. For checking a code; nothing else reads it.
    pub async fn secret(&self, user: &UserId) -> Result<Option<Secret>> {
        let row = sqlx::query("SELECT sealed_secret FROM second_factors WHERE user_id = $1")
            .bind(user.as_str())
            .fetch_optional(self.0.reader())
            .await?;
        row.map(|row| open(&self.0.key(), place(user.as_str()), &row.text("sealed_secret")?)).transpose()
    }

    /// Uses up the codes of `step` and before. `false`: they were used up already, so the code is not to be taken.
    pub async fn use_step(&self, user: &UserId, step: i64) -> Result<bool> {
        let done =
            sqlx::query("UPDATE second_factors SET last_step = $1 WHERE user_id = $2 AND last_step < $3")
                .bind(step)
                .bind(user.as_str())
                .bind(step)
                .execute(self.0.writer())
                .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Uses a recovery code up. `false`: there is no such code.
    pub async fn use_recovery_code(&self, user: &UserId, digest: &str) -> Result<bool> {
        let done = sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1 AND digest = $2")
            .bind(user.as_str())
            .bind(digest)
            .execute(self.0.writer())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Keeps a new secret that is not in force until [`SecondFactorChanges::confirm`]; one that was never confirmed goes.
    /// `false`: one is in force, and stays.
    pub async fn begin(&self, user: &UserId, secret: &Secret) -> Result<bool> {
        let sealed = seal(&self.0.key(), place(user.as_str()), secret.expose())?;
        let done = sqlx::query(
            "INSERT INTO second_factors (user_id, sealed_secret, last_step) VALUES ($1, $2, 0) ON CONFLICT (user_id) \
             DO UPDATE SET sealed_secret = excluded.sealed_secret WHERE second_factors.confirmed_at IS NULL",
        )
        .bind(user.as_str())
        .bind(sealed)
        .execute(self.0.writer())
        .await?;
        Ok(done.rows_affected() > 0)
    }
}

impl SecondFactorChanges<'_> {
    /// Puts the secret that [`SecondFactors::begin`] kept in force, its codes up to `step` used up. `false`: there is
    /// none that waits.
    pub async fn confirm(&mut self, user: (&UserId, &str), step: i64, codes: &[String]) -> Result<bool> {
        let done = sqlx::query(
            "UPDATE second_factors SET confirmed_at = $1, last_step = $2 WHERE user_id = $3 AND confirmed_at IS NULL",
        )
        .bind(self.0.now())
        .bind(step)
        .bind(user.0.as_str())
        .execute(self.0.conn())
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.write_codes(user.0, codes).await?;
        self.log("user.second_factor_on", user).await?;
        Ok(true)
    }

    /// New recovery codes in place of all that are left.
    pub async fn replace_codes(&mut self, user: (&UserId, &str), codes: &[String]) -> Result<()> {
        self.write_codes(user.0, codes).await?;
        self.log("user.recovery_codes", user).await
    }

    /// `false`: there was none.
    pub async fn remove(&mut self, user: (&UserId, &str)) -> Result<bool> {
        let done = sqlx::query("DELETE FROM second_factors WHERE user_id = $1")
            .bind(user.0.as_str())
            .execute(self.0.conn())
            .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        self.write_codes(user.0, &[]).await?;
        self.log("user.second_factor_off", user).await?;
        Ok(true)
    }

    async fn write_codes(&mut self, user: &UserId, digests: &[String]) -> Result<()> {
        sqlx::query("DELETE FROM recovery_codes WHERE user_id = $1")
            .bind(user.as_str())
            .execute(self.0.conn())
            .await?;
        for digest in digests {
            sqlx::query("INSERT INTO recovery_codes (user_id, digest) VALUES ($1, $2)")
                .bind(user.as_str())
                .bind(digest)
                .execute(self.0.conn())
                .await?;
        }
        Ok(())
    }

    async fn log(&mut self, action: &'static str, (user, email): (&UserId, &str)) -> Result<()> {
        self.0
            .audit(Entry {
                project: None,
                action,
                object_kind: "user",
                object_id: user.as_str(),
                object_name: email,
                before: None,
                after: None,
            })
            .await
    }
}
