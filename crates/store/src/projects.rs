//! Projects: the owners of everything else. Deleting one deletes its configuration; its audit rows stay, its request
//! rows go with the next retention run.

use maig_core::id::{ProjectId, name_fault};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::Executor;
use sqlx::any::{Any, AnyRow};

use crate::audit::Entry;
use crate::change::{Change, expect_version};
use crate::clock::new_id;
use crate::error::{Result, StoreError};
use crate::page::{MAX_LIST, whole};
use crate::row::{Read, flag, json_text};
use crate::store::Store;

#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub suspended: bool,
    pub limits: ProjectLimits,
    /// Days that request rows are kept; `None`: as long as the instance says.
    pub retention_days: Option<i64>,
    pub version: i64,
    /// Microseconds since 1970, as all times here.
    pub created_at: i64,
    pub updated_at: i64,
}

/// Limits above those of the keys. `None`: no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectLimits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_requests: Option<i64>,
    /// `600/min`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct NewProject {
    pub name: String,
    pub limits: ProjectLimits,
    pub retention_days: Option<i64>,
}

/// What to change; `None` leaves a thing as it is.
#[derive(Clone, Debug, Default)]
pub struct ProjectUpdate {
    pub name: Option<String>,
    pub suspended: Option<bool>,
    pub limits: Option<ProjectLimits>,
    pub retention_days: Option<Option<i64>>,
}

pub struct Projects<'a>(&'a Store);
pub struct ProjectChanges<'a>(&'a mut Change);

impl Store {
    pub fn projects(&self) -> Projects<'_> {
        Projects(self)
    }
}

impl Change {
    pub fn projects(&mut self) -> ProjectChanges<'_> {
        ProjectChanges(self)
    }
}

impl Projects<'_> {
    pub async fn get(&self, id: &ProjectId) -> Result<Option<Project>> {
        find(self.0.reader(), id.as_str()).await
    }

    /// By name, or by id where no project has that name.
    pub async fn by_name_or_id(&self, name_or_id: &str) -> Result<Option<Project>> {
        find_by_name_or_id(self.0.reader(), name_or_id).await
    }

    /// All, by name.
    pub async fn list(&self) -> Result<Vec<Project>> {
        let rows = sqlx::query("SELECT * FROM projects ORDER BY name LIMIT $1")
            .bind(MAX_LIST)
            .fetch_all(self.0.reader())
            .await?;
        whole(rows.iter().map(read).collect::<Result<_>>()?, "projects")
    }
}

impl ProjectChanges<'_> {
    /// As [`Projects::by_name_or_id`], seeing this change's own rows.
    pub async fn by_name_or_id(&mut self, name_or_id: &str) -> Result<Option<Project>> {
        find_by_name_or_id(self.0.conn(), name_or_id).await
    }

    pub async fn create(&mut self, new: NewProject) -> Result<Project> {
        check_name(&new.name)?;
        let now = self.0.now();
        let project = Project {
            id: ProjectId::from(new_id()),
            name: new.name,
            suspended: false,
            limits: new.limits,
            retention_days: new.retention_days,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.refuse_taken(&project).await?;
        sqlx::query(
            "INSERT INTO projects (id, name, suspended, limits, retention_days, version, created_at, updated_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(project.id.as_str())
        .bind(&project.name)
        .bind(flag(project.suspended))
        .bind(json_text(&project.limits)?)
        .bind(project.retention_days)
        .bind(project.version)
        .bind(project.created_at)
        .bind(project.updated_at)
        .execute(self.0.conn())
        .await
        .map_err(|e| StoreError::on_insert(e, "project", &project.name))?;
        self.log("project.create", None, Some(&project)).await?;
        Ok(project)
    }

    /// `Ok(None)`: no such project. `Conflict`: `expected` is not its version.
    pub async fn update(
        &mut self,
        id: &ProjectId,
        expected: Option<i64>,
        update: ProjectUpdate,
    ) -> Result<Option<Project>> {
        self.update_as("project.update", id, expected, update).await
    }

    pub async fn suspend(&mut self, id: &ProjectId) -> Result<Option<Project>> {
        let update = ProjectUpdate { suspended: Some(true), ..Default::default() };
        self.update_as("project.suspend", id, None, update).await
    }

    pub async fn resume(&mut self, id: &ProjectId) -> Result<Option<Project>> {
        let update = ProjectUpdate { suspended: Some(false), ..Default::default() };
        self.update_as("project.resume", id, None, update).await
    }

    /// With all its keys and routes. `Ok(false)`: no such project.
    pub async fn delete(&mut self, id: &ProjectId, expected: Option<i64>) -> Result<bool> {
        let Some(before) = find(self.0.conn(), id.as_str()).await? else { return Ok(false) };
        expect_version(before.version, expected)?;
        sqlx::query("DELETE FROM projects WHERE id = $1").bind(id.as_str()).execute(self.0.conn()).await?;
        self.log("project.delete", Some(&before), None).await?;
        Ok(true)
    }

    async fn update_as(
        &mut self,
        action: &'static str,
        id: &ProjectId,
        expected: Option<i64>,
        update: ProjectUpdate,
    ) -> Result<Option<Project>> {
        let Some(before) = find(self.0.conn(), id.as_str()).await? else { return Ok(None) };
        expect_version(before.version, expected)?;
        let after = Project {
            name: update.name.unwrap_or_else(|| before.name.clone()),
            suspended: update.suspended.unwrap_or(before.suspended),
            limits: update.limits.unwrap_or_else(|| before.limits.clone()),
            retention_days: update.retention_days.unwrap_or(before.retention_days),
            ..before.clone()
        };
        if after == before {
            return Ok(Some(before));
        }
        check_name(&after.name)?;
        self.refuse_taken(&after).await?;
        let after = Project { version: before.version + 1, updated_at: self.0.now(), ..after };
        sqlx::query(
            "UPDATE projects SET name = $1, suspended = $2, limits = $3, retention_days = $4, version = $5, \
             updated_at = $6 WHERE id = $7",
        )
        .bind(&after.name)
        .bind(flag(after.suspended))
        .bind(json_text(&after.limits)?)
        .bind(after.retention_days)
        .bind(after.version)
        .bind(after.updated_at)
        .bind(id.as_str())
        .execute(self.0.conn())
        .await?;
        self.log(action, Some(&before), Some(&after)).await?;
        Ok(Some(after))
    }

    async fn refuse_taken(&mut self, project: &Project) -> Result<()> {
        let taken = sqlx::query("SELECT id FROM projects WHERE name = $1 AND id <> $2")
            .bind(&project.name)
            .bind(project.id.as_str())
            .fetch_optional(self.0.conn())
            .await?;
        match taken {
            Some(_) => Err(StoreError::Duplicate { what: "project", name: project.name.clone() }),
            None => Ok(()),
        }
    }

    async fn log(
        &mut self,
        action: &'static str,
        before: Option<&Project>,
        after: Option<&Project>,
    ) -> Result<()> {
        let Some(of) = after.or(before) else { return Ok(()) };
        self.0
            .audit(Entry {
                project: Some(&of.id),
                action,
                object_kind: "project",
                object_id: of.id.as_str(),
                object_name: &of.name,
                before: before.map(shown),
                after: after.map(shown),
            })
            .await
    }
}

/// `Invalid` unless `name` may be a name; one text for every kind of object.
pub(crate) fn check_name(name: &str) -> Result<()> {
    name_fault(name).map_or(Ok(()), |why| Err(StoreError::BadField { field: "name", why }))
}

async fn find<'e>(on: impl Executor<'e, Database = Any>, id: &str) -> Result<Option<Project>> {
    let row = sqlx::query("SELECT * FROM projects WHERE id = $1").bind(id).fetch_optional(on).await?;
    row.as_ref().map(read).transpose()
}

async fn find_by_name_or_id<'e>(
    on: impl Executor<'e, Database = Any>,
    name_or_id: &str,
) -> Result<Option<Project>> {
    let rows = sqlx::query("SELECT * FROM projects WHERE name = $1 OR id = $1 LIMIT 2")
        .bind(name_or_id)
        .fetch_all(on)
        .await?;
    let mut found = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    found.sort_by_key(|p| p.name != name_or_id);
    Ok(found.into_iter().next())
}

fn read(row: &AnyRow) -> Result<Project> {
    Ok(Project {
        id: ProjectId::from(row.text("id")?),
        name: row.text("name")?,
        suspended: row.flag("suspended")?,
        limits: row.json("limits")?,
        retention_days: row.int_or_null("retention_days")?,
        version: row.int("version")?,
        created_at: row.int("created_at")?,
        updated_at: row.int("updated_at")?,
    })
}

fn shown(project: &Project) -> Value {
    json!({
        "name": project.name,
        "suspended": project.suspended,
        "limits": project.limits,
        "retention_days": project.retention_days,
    })
}
