//! Project keys: what apps carry, known here by digest only. A rolled key is the same row with a new digest, so that
//! its quota and its log go on; the old digest stays good until its time.

use maig_core::id::{ProjectId, ProjectKeyId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::Executor;
use sqlx::any::{Any, AnyRow};

use crate::audit::Entry;
use crate::change::{Change, expect_version};
use crate::clock::new_id;
use crate::error::{Result, StoreError};
use crate::page::{MAX_LIST, whole};
use crate::projects::check_name;
use crate::row::{Read, flag, json_text};
use crate::store::Store;

#[derive(Clone, Debug, PartialEq)]
pub struct ProjectKey {
    pub id: ProjectKeyId,
    pub project_id: ProjectId,
    pub name: String,
    pub digest: String,
    /// After a roll: the digest before it.
    pub previous: Option<PreviousDigest>,
    pub kind: KeyKind,
    /// What people may see of the key: `maig_live_ab…yz`.
    pub hint: String,
    pub scopes: KeyScopes,
    pub limits: KeyLimits,
    pub expires_at: Option<i64>,
    pub revoked_at: Option<i64>,
    /// Made for trying things out in the dashboard; its row goes when it is over.
    pub playground: bool,
    pub version: i64,
    /// The label of who made it.
    pub created_by: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub last_used_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousDigest {
    pub digest: String,
    /// Good before this moment.
    pub until: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    Live,
    Test,
}

/// What the key may be used for; empty lists allow everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyScopes {
    /// Names of routes and models.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<String>,
    /// Neither bare models nor failover fields in a request.
    #[serde(default)]
    pub routes_only: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bundle_ids: Vec<String>,
}

/// `None`: no limit of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLimits {
    /// `600/min`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_requests: Option<i64>,
    /// `60/hour`, for each end user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_user: Option<String>,
}

/// A key's digest and what may be shown of it; the key itself never comes here.
#[derive(Clone, Debug)]
pub struct NewDigest {
    pub digest: String,
    pub hint: String,
}

#[derive(Clone, Debug)]
pub struct NewProjectKey {
    pub name: String,
    pub kind: KeyKind,
    pub digest: NewDigest,
    pub scopes: KeyScopes,
    pub limits: KeyLimits,
    pub expires_at: Option<i64>,
}

/// What to change; `None` leaves a thing as it is.
#[derive(Clone, Debug, Default)]
pub struct ProjectKeyUpdate {
    pub name: Option<String>,
    pub scopes: Option<KeyScopes>,
    pub limits: Option<KeyLimits>,
    pub expires_at: Option<Option<i64>>,
}

pub struct ProjectKeys<'a>(&'a Store);
pub struct ProjectKeyChanges<'a>(&'a mut Change);

impl Store {
    pub fn project_keys(&self) -> ProjectKeys<'_> {
        ProjectKeys(self)
    }
}

impl Change {
    pub fn project_keys(&mut self) -> ProjectKeyChanges<'_> {
        ProjectKeyChanges(self)
    }
}

impl KeyKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Live, Self::Test].into_iter().find(|k| k.as_str() == word)
    }
}

impl ProjectKeys<'_> {
    pub async fn get(&self, project: &ProjectId, id: &ProjectKeyId) -> Result<Option<ProjectKey>> {
        find(self.0.reader(), project, id).await
    }

    /// The key of that name that is not revoked; none of the playground's.
    pub async fn by_name(&self, project: &ProjectId, name: &str) -> Result<Option<ProjectKey>> {
        find_by_name(self.0.reader(), project, name).await
    }

    /// A project's, revoked ones too, oldest first. Keys of the playground are nobody's to manage, and not among them.
    pub async fn list(&self, project: &ProjectId) -> Result<Vec<ProjectKey>> {
        list(self.0.reader(), project).await
    }

    /// Every project's that is not revoked, for the gateway's snapshot. Expired ones are in it.
    pub async fn all_live(&self) -> Result<Vec<ProjectKey>> {
        let rows = sqlx::query("SELECT * FROM project_keys WHERE revoked_at IS NULL ORDER BY id LIMIT $1")
            .bind(MAX_LIST)
            .fetch_all(self.0.reader())
            .await?;
        whole(rows.iter().map(read).collect::<Result<_>>()?, "project keys")
    }

    /// Remembers when keys were last used, in one transaction. No change of configuration.
    pub async fn note_used(&self, used: &[(ProjectKeyId, i64)]) -> Result<()> {
        let mut tx = self.0.writer().begin_with(self.0.backend().begin()).await?;
        let mut used: Vec<_> = used.iter().collect();
        // The same order in every instance, so that two of them cannot wait for each other.
        used.sort();
        for (id, at) in used {
            sqlx::query(
                "UPDATE project_keys SET last_used_at = $1 WHERE id = $2 AND COALESCE(last_used_at, 0) < $1",
            )
            .bind(*at)
            .bind(id.as_str())
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }
}

impl ProjectKeyChanges<'_> {
    /// As [`ProjectKeys::by_name`], seeing this change's own rows.
    pub async fn by_name(&mut self, project: &ProjectId, name: &str) -> Result<Option<ProjectKey>> {
        find_by_name(self.0.conn(), project, name).await
    }

    /// As [`ProjectKeys::list`], seeing this change's own rows.
    pub async fn list(&mut self, project: &ProjectId) -> Result<Vec<ProjectKey>> {
        list(self.0.conn(), project).await
    }

    pub async fn create(&mut self, project: &ProjectId, new: NewProjectKey) -> Result<ProjectKey> {
        self.create_as(project, new, false).await
    }

    /// A key that retention deletes when it is over.
    pub async fn create_for_playground(
        &mut self,
        project: &ProjectId,
        new: NewProjectKey,
    ) -> Result<ProjectKey> {
        self.create_as(project, new, true).await
    }

    async fn create_as(
        &mut self,
        project: &ProjectId,
        new: NewProjectKey,
        playground: bool,
    ) -> Result<ProjectKey> {
        check_name(&new.name)?;
        self.refuse_taken(project, &new.name, "").await?;
        let now = self.0.now();
        let key = ProjectKey {
            id: ProjectKeyId::from(new_id()),
            project_id: project.clone(),
            name: new.name,
            digest: new.digest.digest,
            previous: None,
            kind: new.kind,
            hint: new.digest.hint,
            scopes: new.scopes,
            limits: new.limits,
            expires_at: new.expires_at,
            revoked_at: None,
            playground,
            version: 1,
            created_by: self.0.actor().label.clone(),
            created_at: now,
            updated_at: now,
            last_used_at: None,
        };
        self.write(&key).await?;
        self.log("project_key.create", None, Some(&key)).await?;
        Ok(key)
    }

    /// `Ok(None)`: no such key, or revoked.
    pub async fn update(
        &mut self,
        project: &ProjectId,
        id: &ProjectKeyId,
        expected: Option<i64>,
        update: ProjectKeyUpdate,
    ) -> Result<Option<ProjectKey>> {
        let Some(before) = self.live(project, id, expected).await? else { return Ok(None) };
        let after = ProjectKey {
            name: update.name.unwrap_or_else(|| before.name.clone()),
            scopes: update.scopes.unwrap_or_else(|| before.scopes.clone()),
            limits: update.limits.unwrap_or_else(|| before.limits.clone()),
            expires_at: update.expires_at.unwrap_or(before.expires_at),
            ..before.clone()
        };
        if after == before {
            return Ok(Some(before));
        }
        check_name(&after.name)?;
        self.refuse_taken(project, &after.name, id.as_str()).await?;
        self.replace("project_key.update", before, after).await.map(Some)
    }

    /// For good. `Ok(None)`: no such key, or revoked before.
    pub async fn revoke(
        &mut self,
        project: &ProjectId,
        id: &ProjectKeyId,
        expected: Option<i64>,
    ) -> Result<Option<ProjectKey>> {
        let Some(before) = self.live(project, id, expected).await? else { return Ok(None) };
        let after = ProjectKey { revoked_at: Some(self.0.now()), previous: None, ..before.clone() };
        self.replace("project_key.revoke", before, after).await.map(Some)
    }

    /// Gives the key a new digest; the one before stays good for `grace_us` (0: not at all). A second roll within
    /// the grace ends the first one's.
    pub async fn roll(
        &mut self,
        project: &ProjectId,
        id: &ProjectKeyId,
        digest: NewDigest,
        grace_us: i64,
        expected: Option<i64>,
    ) -> Result<Option<ProjectKey>> {
        let Some(before) = self.live(project, id, expected).await? else { return Ok(None) };
        let until = self.0.now().saturating_add(grace_us.max(0));
        let previous = (grace_us > 0).then(|| PreviousDigest { digest: before.digest.clone(), until });
        let after = ProjectKey { digest: digest.digest, hint: digest.hint, previous, ..before.clone() };
        self.replace("project_key.roll", before, after).await.map(Some)
    }

    async fn live(
        &mut self,
        project: &ProjectId,
        id: &ProjectKeyId,
        expected: Option<i64>,
    ) -> Result<Option<ProjectKey>> {
        let Some(key) = find(self.0.conn(), project, id).await?.filter(|k| k.revoked_at.is_none()) else {
            return Ok(None);
        };
        expect_version(key.version, expected)?;
        Ok(Some(key))
    }

    async fn replace(
        &mut self,
        action: &'static str,
        before: ProjectKey,
        after: ProjectKey,
    ) -> Result<ProjectKey> {
        let after = ProjectKey { version: before.version + 1, updated_at: self.0.now(), ..after };
        self.write(&after).await?;
        self.log(action, Some(&before), Some(&after)).await?;
        Ok(after)
    }

    async fn write(&mut self, key: &ProjectKey) -> Result<()> {
        sqlx::query(
            "INSERT INTO project_keys (id, project_id, name, digest, previous_digest, previous_until, kind, hint, \
             scopes, limits, playground, expires_at, revoked_at, version, created_by, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
             ON CONFLICT (id) DO UPDATE SET name = excluded.name, digest = excluded.digest, \
             previous_digest = excluded.previous_digest, previous_until = excluded.previous_until, \
             hint = excluded.hint, scopes = excluded.scopes, limits = excluded.limits, \
             expires_at = excluded.expires_at, revoked_at = excluded.revoked_at, version = excluded.version, \
             updated_at = excluded.updated_at",
        )
        .bind(key.id.as_str())
        .bind(key.project_id.as_str())
        .bind(&key.name)
        .bind(&key.digest)
        .bind(key.previous.as_ref().map(|p| p.digest.as_str()))
        .bind(key.previous.as_ref().map(|p| p.until))
        .bind(key.kind.as_str())
        .bind(&key.hint)
        .bind(json_text(&key.scopes)?)
        .bind(json_text(&key.limits)?)
        .bind(flag(key.playground))
        .bind(key.expires_at)
        .bind(key.revoked_at)
        .bind(key.version)
        .bind(&key.created_by)
        .bind(key.created_at)
        .bind(key.updated_at)
        .execute(self.0.conn())
        .await
        .map_err(|e| StoreError::on_insert(e, "project key", &key.name))?;
        Ok(())
    }

    async fn refuse_taken(&mut self, project: &ProjectId, name: &str, own: &str) -> Result<()> {
        match find_by_name(self.0.conn(), project, name).await? {
            Some(other) if other.id.as_str() != own => {
                Err(StoreError::Duplicate { what: "project key", name: name.to_owned() })
            }
            _ => Ok(()),
        }
    }

    async fn log(
        &mut self,
        action: &'static str,
        before: Option<&ProjectKey>,
        after: Option<&ProjectKey>,
    ) -> Result<()> {
        let Some(of) = after.or(before) else { return Ok(()) };
        self.0
            .audit(Entry {
                project: Some(&of.project_id),
                action,
                object_kind: "project_key",
                object_id: of.id.as_str(),
                object_name: &of.name,
                before: before.map(shown),
                after: after.map(shown),
            })
            .await
    }
}

async fn find<'e>(
    on: impl Executor<'e, Database = Any>,
    project: &ProjectId,
    id: &ProjectKeyId,
) -> Result<Option<ProjectKey>> {
    let row = sqlx::query("SELECT * FROM project_keys WHERE project_id = $1 AND id = $2")
        .bind(project.as_str())
        .bind(id.as_str())
        .fetch_optional(on)
        .await?;
    row.as_ref().map(read).transpose()
}

async fn find_by_name<'e>(
    on: impl Executor<'e, Database = Any>,
    project: &ProjectId,
    name: &str,
) -> Result<Option<ProjectKey>> {
    let row =
        sqlx::query("SELECT * FROM project_keys WHERE project_id = $1 AND name = $2 AND revoked_at IS NULL AND playground = 0")
            .bind(project.as_str())
            .bind(name)
            .fetch_optional(on)
            .await?;
    row.as_ref().map(read).transpose()
}

async fn list<'e>(on: impl Executor<'e, Database = Any>, project: &ProjectId) -> Result<Vec<ProjectKey>> {
    let rows =
        sqlx::query("SELECT * FROM project_keys WHERE project_id = $1 AND playground = 0 ORDER BY created_at, id LIMIT $2")
            .bind(project.as_str())
            .bind(MAX_LIST)
            .fetch_all(on)
            .await?;
    whole(rows.iter().map(read).collect::<Result<_>>()?, "project keys")
}

fn read(row: &AnyRow) -> Result<ProjectKey> {
    let previous = match (row.text_or_null("previous_digest")?, row.int_or_null("previous_until")?) {
        (Some(digest), Some(until)) => Some(PreviousDigest { digest, until }),
        _ => None,
    };
    Ok(ProjectKey {
        id: ProjectKeyId::from(row.text("id")?),
        project_id: ProjectId::from(row.text("project_id")?),
        name: row.text("name")?,
        digest: row.text("digest")?,
        previous,
        kind: row.word("kind", KeyKind::parse)?,
        hint: row.text("hint")?,
        scopes: row.json("scopes")?,
        limits: row.json("limits")?,
        playground: row.flag("playground")?,
        expires_at: row.int_or_null("expires_at")?,
        revoked_at: row.int_or_null("revoked_at")?,
        version: row.int("version")?,
        created_by: row.text("created_by")?,
        created_at: row.int("created_at")?,
        updated_at: row.int("updated_at")?,
        last_used_at: row.int_or_null("last_used_at")?,
    })
}

fn shown(key: &ProjectKey) -> Value {
    json!({
        "name": key.name,
        "kind": key.kind.as_str(),
        "hint": key.hint,
        "scopes": key.scopes,
        "limits": key.limits,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "previous_until": key.previous.as_ref().map(|p| p.until),
    })
}
