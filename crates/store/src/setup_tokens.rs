//! Links that work once: the first user, an invitation, a forgotten password. Known by digest only.

use sqlx::Executor;
use sqlx::any::{Any, AnyRow};

use crate::change::Change;
use crate::error::Result;
use crate::row::Read;
use crate::store::Store;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupToken {
    pub digest: String,
    /// What the link is for, in the caller's words (`first_user`, `invite`, `reset`).
    pub purpose: String,
    /// Whom it is for; `None`: whoever has it.
    pub email: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
}

#[derive(Clone, Debug)]
pub struct NewSetupToken {
    pub digest: String,
    pub purpose: String,
    pub email: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
}

pub struct SetupTokens<'a>(&'a Store);
pub struct SetupTokenChanges<'a>(&'a mut Change);

impl Store {
    pub fn setup_tokens(&self) -> SetupTokens<'_> {
        SetupTokens(self)
    }
}

impl Change {
    pub fn setup_tokens(&mut self) -> SetupTokenChanges<'_> {
        SetupTokenChanges(self)
    }
}

impl SetupTokens<'_> {
    /// Makes a link known, and every older one of the same purpose and person useless.
    pub async fn create(&self, new: &NewSetupToken) -> Result<()> {
        let mut tx = self.0.writer().begin_with(self.0.backend().begin()).await?;
        sqlx::query("DELETE FROM setup_tokens WHERE purpose = $1 AND COALESCE(email, '') = $2")
            .bind(&new.purpose)
            .bind(new.email.as_deref().unwrap_or(""))
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO setup_tokens (digest, purpose, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(&new.digest)
        .bind(&new.purpose)
        .bind(new.email.as_deref())
        .bind(new.created_at)
        .bind(new.expires_at)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Looks without using it up. `None`: unknown, used, or over at `now`.
    pub async fn get(&self, digest: &str, now: i64) -> Result<Option<SetupToken>> {
        find(self.0.reader(), digest, now).await
    }
}

impl SetupTokenChanges<'_> {
    /// Uses the link up, in the same transaction as what it allows. `None`: unknown, used, or over.
    pub async fn take(&mut self, digest: &str) -> Result<Option<SetupToken>> {
        let now = self.0.now();
        let Some(token) = find(self.0.conn(), digest, now).await? else { return Ok(None) };
        let taken = sqlx::query("UPDATE setup_tokens SET used_at = $1 WHERE digest = $2 AND used_at IS NULL")
            .bind(now)
            .bind(digest)
            .execute(self.0.conn())
            .await?;
        if taken.rows_affected() == 0 {
            return Ok(None);
        }
        self.0.note(None, "setup_token.use", ("setup_token", "", &token.purpose)).await?;
        Ok(Some(token))
    }
}

async fn find<'e>(
    on: impl Executor<'e, Database = Any>,
    digest: &str,
    now: i64,
) -> Result<Option<SetupToken>> {
    let row =
        sqlx::query("SELECT * FROM setup_tokens WHERE digest = $1 AND used_at IS NULL AND expires_at > $2")
            .bind(digest)
            .bind(now)
            .fetch_optional(on)
            .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<SetupToken> {
    Ok(SetupToken {
        digest: row.text("digest")?,
        purpose: row.text("purpose")?,
        email: row.text_or_null("email")?,
        created_at: row.int("created_at")?,
        expires_at: row.int("expires_at")?,
    })
}
