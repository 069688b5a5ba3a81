//! Signed-in browsers, by the digest of their cookie. No configuration: a sign-in wakes no gateway and writes no
//! version. Whoever wants it audited says so with `Change::note`.

use maig_core::id::UserId;
use sqlx::any::AnyRow;

use crate::error::Result;
use crate::row::Read;
use crate::store::Store;

#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub digest: String,
    pub user_id: UserId,
    pub created_at: i64,
    pub expires_at: i64,
    pub ip: Option<String>,
    pub agent: Option<String>,
}

#[derive(Clone, Debug)]
pub struct NewSession {
    pub digest: String,
    pub user_id: UserId,
    pub created_at: i64,
    pub expires_at: i64,
    pub ip: Option<String>,
    pub agent: Option<String>,
}

pub struct Sessions<'a>(&'a Store);

impl Store {
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }
}

impl Sessions<'_> {
    pub async fn create(&self, new: &NewSession) -> Result<()> {
        sqlx::query(
            "INSERT INTO sessions (digest, user_id, created_at, expires_at, ip, agent) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(&new.digest)
        .bind(new.user_id.as_str())
        .bind(new.created_at)
        .bind(new.expires_at)
        .bind(new.ip.as_deref())
        .bind(new.agent.as_deref())
        .execute(self.0.writer())
        .await?;
        Ok(())
    }

    /// `None`: no such session, or over at `now`.
    pub async fn get(&self, digest: &str, now: i64) -> Result<Option<Session>> {
        let row = sqlx::query("SELECT * FROM sessions WHERE digest = $1 AND expires_at > $2")
            .bind(digest)
            .bind(now)
            .fetch_optional(self.0.reader())
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Moves a live session's end.
    pub async fn extend(&self, digest: &str, expires_at: i64) -> Result<()> {
        sqlx::query("UPDATE sessions SET expires_at = $1 WHERE digest = $2")
            .bind(expires_at)
            .bind(digest)
            .execute(self.0.writer())
            .await?;
        Ok(())
    }

    /// Signs one browser out.
    pub async fn delete(&self, digest: &str) -> Result<()> {
        sqlx::query("DELETE FROM sessions WHERE digest = $1").bind(digest).execute(self.0.writer()).await?;
        Ok(())
    }

    /// Signs a person out everywhere.
    pub async fn delete_all_of(&self, user: &UserId) -> Result<u64> {
        let done = sqlx::query("DELETE FROM sessions WHERE user_id = $1")
            .bind(user.as_str())
            .execute(self.0.writer())
            .await?;
        Ok(done.rows_affected())
    }
}

fn read(row: &AnyRow) -> Result<Session> {
    Ok(Session {
        digest: row.text("digest")?,
        user_id: UserId(row.text("user_id")?),
        created_at: row.int("created_at")?,
        expires_at: row.int("expires_at")?,
        ip: row.text_or_null("ip")?,
        agent: row.text_or_null("agent")?,
    })
}
