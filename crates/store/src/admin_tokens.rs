//! Tokens for programs that use the admin API (`maig_admin_…`), by digest only. A token has a role in one project, or
//! in all.

use maig_core::id::ProjectId;
use serde_json::{Value, json};
use sqlx::Executor;
use sqlx::any::{Any, AnyRow};

use crate::audit::Entry;
use crate::change::Change;
use crate::clock::new_id;
use crate::error::{Result, StoreError};
use crate::page::{MAX_LIST, whole};
use crate::projects::check_name;
use crate::row::Read;
use crate::store::Store;
use crate::users::Role;

#[derive(Clone, Debug, PartialEq)]
pub struct AdminToken {
    pub id: String,
    pub name: String,
    /// What people may see of the token.
    pub hint: String,
    pub role: Role,
    /// `None`: every project, and what belongs to none.
    pub project_id: Option<ProjectId>,
    pub created_by: String,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub last_used_at: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct NewAdminToken {
    pub name: String,
    pub digest: String,
    pub hint: String,
    pub role: Role,
    pub project_id: Option<ProjectId>,
    pub expires_at: Option<i64>,
}

pub struct AdminTokens<'a>(&'a Store);
pub struct AdminTokenChanges<'a>(&'a mut Change);

impl Store {
    pub fn admin_tokens(&self) -> AdminTokens<'_> {
        AdminTokens(self)
    }
}

impl Change {
    pub fn admin_tokens(&mut self) -> AdminTokenChanges<'_> {
        AdminTokenChanges(self)
    }
}

impl AdminTokens<'_> {
    /// `None`: unknown, revoked, or over at `now`.
    pub async fn by_digest(&self, digest: &str, now: i64) -> Result<Option<AdminToken>> {
        let row = sqlx::query(
            "SELECT * FROM admin_tokens WHERE digest = $1 AND revoked_at IS NULL \
             AND (expires_at IS NULL OR expires_at > $2)",
        )
        .bind(digest)
        .bind(now)
        .fetch_optional(self.0.reader())
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// All, revoked ones too, oldest first.
    pub async fn list(&self) -> Result<Vec<AdminToken>> {
        let rows = sqlx::query("SELECT * FROM admin_tokens ORDER BY created_at, id LIMIT $1")
            .bind(MAX_LIST)
            .fetch_all(self.0.reader())
            .await?;
        whole(rows.iter().map(read).collect::<Result<_>>()?, "admin tokens")
    }

    /// Remembers when a token was last used; at most once a minute, because programs call in loops.
    pub async fn note_used(&self, id: &str, at: i64) -> Result<()> {
        sqlx::query(
            "UPDATE admin_tokens SET last_used_at = $1 WHERE id = $2 AND COALESCE(last_used_at, 0) < $3",
        )
        .bind(at)
        .bind(id)
        .bind(at - 60_000_000)
        .execute(self.0.writer())
        .await?;
        Ok(())
    }
}

impl AdminTokenChanges<'_> {
    pub async fn create(&mut self, new: NewAdminToken) -> Result<AdminToken> {
        check_name(&new.name)?;
        let token = AdminToken {
            id: new_id(),
            name: new.name,
            hint: new.hint,
            role: new.role,
            project_id: new.project_id,
            created_by: self.0.actor().label.clone(),
            created_at: self.0.now(),
            expires_at: new.expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        sqlx::query(
            "INSERT INTO admin_tokens (id, digest, name, hint, role, project_id, created_by, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(&token.id)
        .bind(&new.digest)
        .bind(&token.name)
        .bind(&token.hint)
        .bind(token.role.as_str())
        .bind(token.project_id.as_ref().map(ProjectId::as_str))
        .bind(&token.created_by)
        .bind(token.created_at)
        .bind(token.expires_at)
        .execute(self.0.conn())
        .await
        .map_err(|e| StoreError::on_insert(e, "admin token", &token.name))?;
        self.log("admin_token.create", None, Some(&token)).await?;
        Ok(token)
    }

    /// `Ok(None)`: no such token, or revoked before.
    pub async fn revoke(&mut self, id: &str) -> Result<Option<AdminToken>> {
        let Some(before) = find(self.0.conn(), id).await?.filter(|t| t.revoked_at.is_none()) else {
            return Ok(None);
        };
        let after = AdminToken { revoked_at: Some(self.0.now()), ..before.clone() };
        sqlx::query("UPDATE admin_tokens SET revoked_at = $1 WHERE id = $2")
            .bind(after.revoked_at)
            .bind(id)
            .execute(self.0.conn())
            .await?;
        self.log("admin_token.revoke", Some(&before), Some(&after)).await?;
        Ok(Some(after))
    }

    async fn log(
        &mut self,
        action: &'static str,
        before: Option<&AdminToken>,
        after: Option<&AdminToken>,
    ) -> Result<()> {
        let Some(of) = after.or(before) else { return Ok(()) };
        self.0
            .audit(Entry {
                project: of.project_id.as_ref(),
                action,
                object_kind: "admin_token",
                object_id: &of.id,
                object_name: &of.name,
                before: before.map(shown),
                after: after.map(shown),
            })
            .await
    }
}

async fn find<'e>(on: impl Executor<'e, Database = Any>, id: &str) -> Result<Option<AdminToken>> {
    let row = sqlx::query("SELECT * FROM admin_tokens WHERE id = $1").bind(id).fetch_optional(on).await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<AdminToken> {
    Ok(AdminToken {
        id: row.text("id")?,
        name: row.text("name")?,
        hint: row.text("hint")?,
        role: row.word("role", Role::parse)?,
        project_id: row.text_or_null("project_id")?.map(ProjectId::from),
        created_by: row.text("created_by")?,
        created_at: row.int("created_at")?,
        expires_at: row.int_or_null("expires_at")?,
        revoked_at: row.int_or_null("revoked_at")?,
        last_used_at: row.int_or_null("last_used_at")?,
    })
}

fn shown(token: &AdminToken) -> Value {
    json!({
        "name": token.name,
        "hint": token.hint,
        "role": token.role.as_str(),
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
    })
}
