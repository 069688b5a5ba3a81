//! Signed-in browsers, by the digest of their cookie. No configuration: a sign-in wakes no gateway and writes no
//! version. Whoever wants it audited says so with `Change::note`.

use maig_core::id::UserId;
use sqlx::any::AnyRow;

use crate::clock::new_id;
use crate::error::Result;
use crate::page::{MAX_LIST, whole};
use crate::row::Read;
use crate::store::Store;

#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    pub digest: String,
    /// What it may be called by; it opens nothing.
    pub id: String,
    pub user_id: UserId,
    pub created_at: i64,
    pub last_used_at: i64,
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
            "INSERT INTO sessions (digest, id, user_id, created_at, last_used_at, expires_at, ip, agent) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&new.digest)
        .bind(new_id())
        .bind(new.user_id.as_str())
        .bind(new.created_at)
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

    /// A person's that are not over at `now`, the last used first.
    pub async fn list(&self, user: &UserId, now: i64) -> Result<Vec<Session>> {
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY last_used_at DESC, id LIMIT $3",
        )
        .bind(user.as_str())
        .bind(now)
        .bind(MAX_LIST)
        .fetch_all(self.0.reader())
        .await?;
        whole(rows.iter().map(read).collect::<Result<_>>()?, "sessions")
    }

    /// Remembers when it was used, and from where.
    pub async fn note_used(&self, digest: &str, now: i64, ip: Option<&str>) -> Result<()> {
        sqlx::query("UPDATE sessions SET last_used_at = $1, ip = COALESCE($2, ip) WHERE digest = $3")
            .bind(now)
            .bind(ip)
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

    /// Signs one of a person's browsers out. `Ok(false)`: the person has no such session.
    pub async fn delete_one_of(&self, user: &UserId, id: &str) -> Result<bool> {
        let done = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND id = $2")
            .bind(user.as_str())
            .bind(id)
            .execute(self.0.writer())
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Signs a person out everywhere but in the session of this digest.
    pub async fn delete_others_of(&self, user: &UserId, digest: &str) -> Result<u64> {
        let done = sqlx::query("DELETE FROM sessions WHERE user_id = $1 AND digest <> $2")
            .bind(user.as_str())
            .bind(digest)
            .execute(self.0.writer())
            .await?;
        Ok(done.rows_affected())
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
        id: row.text("id")?,
        user_id: UserId::from(row.text("user_id")?),
        created_at: row.int("created_at")?,
        last_used_at: row.int("last_used_at")?,
        expires_at: row.int("expires_at")?,
        ip: row.text_or_null("ip")?,
        agent: row.text_or_null("agent")?,
    })
}
