//! Routes: every save is a version, kept for ever with who and when, and can be brought back. A deleted route keeps
//! its versions; saving the name again goes on counting.

use maig_core::id::ProjectId;
use maig_core::moment::Moment;
use maig_core::route::RouteSpec;
use serde_json::{Value, json};
use sqlx::Executor;
use sqlx::any::{Any, AnyRow};

use crate::audit::Entry;
use crate::change::{Actor, ActorKind, Change, expect_version};
use crate::clock::new_id;
use crate::error::{Result, StoreError};
use crate::page::{MAX_LIST, MAX_PAGE, whole};
use crate::projects::check_name;
use crate::row::{Read, json_text};
use crate::store::Store;

#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    pub id: String,
    pub project_id: ProjectId,
    pub name: String,
    pub spec: RouteSpec,
    /// Of the spec, from 1; also what `If-Match` carries.
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
    /// The label of who saved it last.
    pub updated_by: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RouteVersion {
    pub version: i64,
    pub spec: RouteSpec,
    pub saved_at: i64,
    /// Without an address.
    pub saved_by: Actor,
}

pub struct Routes<'a>(&'a Store);
pub struct RouteChanges<'a>(&'a mut Change);

impl Store {
    pub fn routes(&self) -> Routes<'_> {
        Routes(self)
    }
}

impl Change {
    pub fn routes(&mut self) -> RouteChanges<'_> {
        RouteChanges(self)
    }
}

impl Routes<'_> {
    pub async fn get(&self, project: &ProjectId, name: &str) -> Result<Option<Route>> {
        Ok(find(self.0.reader(), project, name).await?.and_then(Found::live))
    }

    /// A project's routes, by name.
    pub async fn list(&self, project: &ProjectId) -> Result<Vec<Route>> {
        list(self.0.reader(), project).await
    }

    /// Every project's, for the gateway's snapshot.
    pub async fn all(&self) -> Result<Vec<Route>> {
        let rows =
            sqlx::query("SELECT * FROM routes WHERE deleted_at IS NULL ORDER BY project_id, name LIMIT $1")
                .bind(MAX_LIST)
                .fetch_all(self.0.reader())
                .await?;
        whole(rows.iter().map(read).collect::<Result<_>>()?, "routes")
    }

    /// Newest first, from below `before` on; also of a deleted route. Empty: the name was never saved.
    pub async fn versions(
        &self,
        project: &ProjectId,
        name: &str,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<RouteVersion>> {
        let rows = sqlx::query(
            "SELECT v.* FROM route_versions v JOIN routes r ON r.id = v.route_id \
             WHERE r.project_id = $1 AND r.name = $2 AND v.version < $3 ORDER BY v.version DESC LIMIT $4",
        )
        .bind(project.as_str())
        .bind(name)
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit.clamp(1, MAX_PAGE)))
        .fetch_all(self.0.reader())
        .await?;
        rows.iter().map(read_version).collect()
    }

    pub async fn version(
        &self,
        project: &ProjectId,
        name: &str,
        version: i64,
    ) -> Result<Option<RouteVersion>> {
        find_version(self.0.reader(), project, name, version).await
    }
}

impl RouteChanges<'_> {
    /// As [`Routes::get`], seeing this change's own rows.
    pub async fn get(&mut self, project: &ProjectId, name: &str) -> Result<Option<Route>> {
        Ok(find(self.0.conn(), project, name).await?.and_then(Found::live))
    }

    /// As [`Routes::list`], seeing this change's own rows.
    pub async fn list(&mut self, project: &ProjectId) -> Result<Vec<Route>> {
        list(self.0.conn(), project).await
    }

    /// Makes the route `spec.name`, or its next version. `expected`: the version that the caller has seen, 0 for "no
    /// such route"; `Conflict` if it is another. A spec equal to the current one makes no version. The spec is taken
    /// as it is: whoever calls has validated it.
    pub async fn save(
        &mut self,
        project: &ProjectId,
        spec: &RouteSpec,
        expected: Option<i64>,
    ) -> Result<Route> {
        self.save_as("route.save", project, spec, expected).await
    }

    /// Saves an old version's spec as the newest version, also of a deleted route. `Ok(None)`: no such version.
    pub async fn bring_back(
        &mut self,
        project: &ProjectId,
        name: &str,
        version: i64,
        expected: Option<i64>,
    ) -> Result<Option<Route>> {
        let Some(old) = find_version(self.0.conn(), project, name, version).await? else { return Ok(None) };
        self.save_as("route.bring_back", project, &old.spec, expected).await.map(Some)
    }

    /// Switches Force Fallback, which is a save like any other; `until` is when it ends by itself. `Ok(None)`: no such
    /// route.
    pub async fn force_fallback(
        &mut self,
        project: &ProjectId,
        name: &str,
        on: bool,
        until: Option<Moment>,
        expected: Option<i64>,
    ) -> Result<Option<Route>> {
        let Some(route) = self.get(project, name).await? else { return Ok(None) };
        let spec = RouteSpec { force_fallback: on, force_fallback_until: until.filter(|_| on), ..route.spec };
        self.save_as("route.force_fallback", project, &spec, expected).await.map(Some)
    }

    /// `Ok(false)`: no such route. Its versions stay.
    pub async fn delete(&mut self, project: &ProjectId, name: &str, expected: Option<i64>) -> Result<bool> {
        let Some(route) = self.get(project, name).await? else { return Ok(false) };
        expect_version(route.version, expected)?;
        sqlx::query("UPDATE routes SET deleted_at = $1 WHERE id = $2")
            .bind(self.0.now())
            .bind(&route.id)
            .execute(self.0.conn())
            .await?;
        self.log("route.delete", &route, Some(shown(&route.spec, route.version)?), None).await?;
        Ok(true)
    }

    async fn save_as(
        &mut self,
        action: &'static str,
        project: &ProjectId,
        spec: &RouteSpec,
        expected: Option<i64>,
    ) -> Result<Route> {
        check_name(&spec.name)?;
        let found = find(self.0.conn(), project, &spec.name).await?;
        let seen = found.as_ref().map_or(0, |f| if f.deleted { 0 } else { f.route.version });
        expect_version(seen, expected)?;
        let (now, by) = (self.0.now(), self.0.actor().label.clone());
        let (route, before) = match found {
            Some(Found { route, deleted: false }) if route.spec == *spec => return Ok(route),
            Some(Found { route, deleted }) => {
                let before = (!deleted).then(|| shown(&route.spec, route.version)).transpose()?;
                let version = route.version + 1;
                (Route { spec: spec.clone(), version, updated_at: now, updated_by: by, ..route }, before)
            }
            None => {
                let route = Route {
                    id: new_id(),
                    project_id: project.clone(),
                    name: spec.name.clone(),
                    spec: spec.clone(),
                    version: 1,
                    created_at: now,
                    updated_at: now,
                    updated_by: by,
                };
                (route, None)
            }
        };
        self.write(&route).await?;
        let after = shown(&route.spec, route.version)?;
        self.log(action, &route, before, Some(after)).await?;
        Ok(route)
    }

    async fn write(&mut self, route: &Route) -> Result<()> {
        let spec = json_text(&route.spec)?;
        sqlx::query(
            "INSERT INTO routes (id, project_id, name, spec, version, created_at, updated_at, updated_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET spec = excluded.spec, \
             version = excluded.version, updated_at = excluded.updated_at, updated_by = excluded.updated_by, \
             deleted_at = NULL",
        )
        .bind(&route.id)
        .bind(route.project_id.as_str())
        .bind(&route.name)
        .bind(&spec)
        .bind(route.version)
        .bind(route.created_at)
        .bind(route.updated_at)
        .bind(&route.updated_by)
        .execute(self.0.conn())
        .await
        .map_err(|e| StoreError::on_insert(e, "route", &route.name))?;
        let actor = self.0.actor().clone();
        sqlx::query(
            "INSERT INTO route_versions (route_id, version, spec, saved_at, actor_kind, actor_id, actor_label) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&route.id)
        .bind(route.version)
        .bind(&spec)
        .bind(route.updated_at)
        .bind(actor.kind.as_str())
        .bind(actor.id)
        .bind(actor.label)
        .execute(self.0.conn())
        .await?;
        Ok(())
    }

    async fn log(
        &mut self,
        action: &'static str,
        route: &Route,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<()> {
        self.0
            .audit(Entry {
                project: Some(&route.project_id),
                action,
                object_kind: "route",
                object_id: &route.id,
                object_name: &route.name,
                before,
                after,
            })
            .await
    }
}

struct Found {
    route: Route,
    deleted: bool,
}

impl Found {
    fn live(self) -> Option<Route> {
        (!self.deleted).then_some(self.route)
    }
}

async fn find<'e>(
    on: impl Executor<'e, Database = Any>,
    project: &ProjectId,
    name: &str,
) -> Result<Option<Found>> {
    let row = sqlx::query("SELECT * FROM routes WHERE project_id = $1 AND name = $2")
        .bind(project.as_str())
        .bind(name)
        .fetch_optional(on)
        .await?;
    row.map(|row| Ok(Found { route: read(&row)?, deleted: row.int_or_null("deleted_at")?.is_some() }))
        .transpose()
}

async fn list<'e>(on: impl Executor<'e, Database = Any>, project: &ProjectId) -> Result<Vec<Route>> {
    let rows = sqlx::query(
        "SELECT * FROM routes WHERE project_id = $1 AND deleted_at IS NULL ORDER BY name LIMIT $2",
    )
    .bind(project.as_str())
    .bind(MAX_LIST)
    .fetch_all(on)
    .await?;
    whole(rows.iter().map(read).collect::<Result<_>>()?, "routes")
}

async fn find_version<'e>(
    on: impl Executor<'e, Database = Any>,
    project: &ProjectId,
    name: &str,
    version: i64,
) -> Result<Option<RouteVersion>> {
    let row = sqlx::query(
        "SELECT v.* FROM route_versions v JOIN routes r ON r.id = v.route_id \
         WHERE r.project_id = $1 AND r.name = $2 AND v.version = $3",
    )
    .bind(project.as_str())
    .bind(name)
    .bind(version)
    .fetch_optional(on)
    .await?;
    row.as_ref().map(read_version).transpose()
}

fn read(row: &AnyRow) -> Result<Route> {
    let name = row.text("name")?;
    Ok(Route {
        id: row.text("id")?,
        project_id: ProjectId::from(row.text("project_id")?),
        spec: read_spec(row, &name)?,
        name,
        version: row.int("version")?,
        created_at: row.int("created_at")?,
        updated_at: row.int("updated_at")?,
        updated_by: row.text("updated_by")?,
    })
}

fn read_version(row: &AnyRow) -> Result<RouteVersion> {
    let version = row.int("version")?;
    Ok(RouteVersion {
        version,
        spec: read_spec(row, &format!("version {version}"))?,
        saved_at: row.int("saved_at")?,
        saved_by: Actor {
            kind: row.word("actor_kind", ActorKind::parse)?,
            id: row.text_or_null("actor_id")?,
            label: row.text("actor_label")?,
            ip: None,
        },
    })
}

fn read_spec(row: &AnyRow, which: &str) -> Result<RouteSpec> {
    serde_json::from_str(&row.text("spec")?)
        .map_err(|e| StoreError::Corrupt { what: format!("the route {which}"), why: e.to_string() })
}

fn shown(spec: &RouteSpec, version: i64) -> Result<Value> {
    let spec = serde_json::to_value(spec).map_err(|e| StoreError::Invalid(e.to_string()))?;
    Ok(json!({ "version": version, "spec": spec }))
}
