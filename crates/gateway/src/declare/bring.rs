//! Bringing the database to what a file declares, inside one transaction: what comes out is the plan as well as the
//! deed, so a dry run is the same work with the transaction dropped. It must never commit, and never print.

use maig_core::id::ProjectId;
use maig_core::key;
use maig_core::route::RouteSpec;
use maig_core::secret::Secret;
use maig_store::{
    Change, Header, KeyKind, KeyLimits, KeyScopes, NewProject, NewProjectKey, NewProviderKey,
    ProjectKeyUpdate, ProviderKey, ProviderKeyUpdate, Store, StoreError,
};

use super::file::{
    Declared, Placed, ProjectDeclared, ProjectKeyDeclared, ProviderKeyDeclared, RouteDeclared,
};
use crate::clock::Clock;
use crate::mint;

/// What was done, or would be.
#[derive(Default)]
pub struct Outcome {
    pub steps: Vec<Step>,
    /// Entries of the file that the database already has as they are.
    pub unchanged: usize,
    pub made: Vec<MadeKey>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Create,
    Update,
    Delete,
}

/// One line of the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub sign: Sign,
    pub project: String,
    /// `route`, `provider key`, `project key`, `project`.
    pub what: &'static str,
    pub name: String,
    /// Of an update: each changed field, `timeouts.total_ms: 30000 → 60000`. Never a secret.
    pub changes: Vec<String>,
}

/// A project key that did not exist before; the one chance to show it.
pub struct MadeKey {
    pub project: String,
    pub id: String,
    pub name: String,
    pub key: Secret,
}

/// Makes every change that the file asks for. The file must have passed [`super::check`].
pub async fn bring(
    store: &Store,
    change: &mut Change,
    declared: &Declared,
    prune: bool,
) -> Result<Outcome, StoreError> {
    let mut outcome = Outcome::default();
    for project in &declared.projects {
        let id = match change.projects().by_name_or_id(&project.name).await? {
            Some(found) => found.id,
            None => {
                let new = NewProject { name: project.name.clone(), ..NewProject::default() };
                outcome.step(Sign::Create, project, "project", &project.name, Vec::new());
                change.projects().create(new).await?.id
            }
        };
        let mut at = Place { store, change: &mut *change, project, id: &id, outcome: &mut outcome };
        if let Some(accounts) = &project.provider_keys {
            at.provider_keys(accounts, prune).await?;
        }
        if let Some(routes) = &project.routes {
            at.routes(routes, prune).await?;
        }
        for key in project.keys.iter().flatten() {
            at.project_key(&key.value).await?;
        }
    }
    Ok(outcome)
}

impl Outcome {
    fn step(
        &mut self,
        sign: Sign,
        project: &ProjectDeclared,
        what: &'static str,
        name: &str,
        changes: Vec<String>,
    ) {
        let (project, name) = (project.name.clone(), name.to_owned());
        self.steps.push(Step { sign, project, what, name, changes });
    }

    pub fn deletions(&self) -> usize {
        self.steps.iter().filter(|step| step.sign == Sign::Delete).count()
    }
}

/// One project of the database and of the file.
struct Place<'a> {
    store: &'a Store,
    change: &'a mut Change,
    project: &'a ProjectDeclared,
    id: &'a ProjectId,
    outcome: &'a mut Outcome,
}

impl Place<'_> {
    fn updated(&mut self, what: &'static str, name: &str, changes: Vec<String>) {
        if changes.is_empty() {
            self.outcome.unchanged += 1;
        } else {
            self.outcome.step(Sign::Update, self.project, what, name, changes);
        }
    }

    async fn provider_keys(
        &mut self,
        declared: &[Placed<ProviderKeyDeclared>],
        prune: bool,
    ) -> Result<(), StoreError> {
        let before = self.change.provider_keys().list(self.id).await?;
        let positions = positions(declared, &before);
        for placed in declared {
            let key = &placed.value;
            let Some(stored) = before.iter().find(|stored| stored.name == key.name) else {
                self.outcome.step(Sign::Create, self.project, "provider key", &key.name, Vec::new());
                self.change.provider_keys().create(self.id, new_provider_key(key)).await?;
                continue;
            };
            let (mut update, mut changes) = self.provider_key_update(key, stored).await?;
            if let Some((_, position)) = positions.iter().find(|(name, _)| *name == key.name) {
                update.position = Some(*position);
                changes.push("order: as in the file".to_owned());
            }
            if !changes.is_empty() {
                self.change.provider_keys().update(self.id, &stored.id, None, update).await?;
            }
            self.updated("provider key", &key.name, changes);
        }
        for gone in
            before.iter().filter(|stored| prune && declared.iter().all(|p| p.value.name != stored.name))
        {
            self.outcome.step(Sign::Delete, self.project, "provider key", &gone.name, Vec::new());
            self.change.provider_keys().delete(self.id, &gone.id, None).await?;
        }
        Ok(())
    }

    async fn provider_key_update(
        &self,
        key: &ProviderKeyDeclared,
        stored: &ProviderKey,
    ) -> Result<(ProviderKeyUpdate, Vec<String>), StoreError> {
        let mut update = ProviderKeyUpdate::default();
        let mut changes = Vec::new();
        if key.provider != stored.provider {
            changes.push(format!("provider: {} → {}", stored.provider, key.provider));
            update.provider = Some(key.provider);
        }
        let mut text = |field: &str, new: &Option<String>, old: &Option<String>| {
            (new != old).then(|| {
                changes.push(format!("{field}: {} → {}", shown(old.as_deref()), shown(new.as_deref())));
                new.clone()
            })
        };
        update.base_url = text("base_url", &key.base_url, &stored.base_url);
        update.region = text("region", &key.region, &stored.region);
        update.api_version = text("api_version", &key.api_version, &stored.api_version);
        update.cloud_project = text("project_id", &key.project_id, &stored.cloud_project);
        if let Some(enabled) = key.enabled.filter(|enabled| *enabled != stored.enabled) {
            changes.push(format!("enabled: {} → {enabled}", stored.enabled));
            update.enabled = Some(enabled);
        }
        if key.api_key.is_some() || key.headers.is_some() {
            let old = self.store.provider_keys().credentials(&stored.id).await?;
            let old_secret = old.as_ref().and_then(|old| old.secret.as_ref()).map(Secret::expose);
            if let Some(secret) = &key.api_key
                && Some(secret.expose()) != old_secret
            {
                changes.push("api_key: changed".to_owned());
                update.secret = Some(Some(secret.clone()));
            }
            if let Some(headers) = &key.headers {
                let new: Vec<_> =
                    headers.iter().map(|(name, value)| (name.as_str(), value.expose().as_str())).collect();
                let mut had: Vec<_> = old
                    .iter()
                    .flat_map(|old| &old.headers)
                    .map(|h| (h.name.as_str(), h.value.expose().as_str()))
                    .collect();
                had.sort_unstable();
                if new != had {
                    changes.push("headers: changed".to_owned());
                    update.headers = Some(to_headers(key));
                }
            }
        }
        Ok((update, changes))
    }

    async fn routes(&mut self, declared: &[Placed<RouteDeclared>], prune: bool) -> Result<(), StoreError> {
        let before = self.change.routes().list(self.id).await?;
        for placed in declared {
            let mut spec = placed.value.spec.clone();
            if spec.force_fallback_until.is_some_and(|end| end.as_micros() <= Clock::unix_micros()) {
                // What was over when the file was applied must not begin again.
                (spec.force_fallback, spec.force_fallback_until) = (false, None);
            }
            let Some(stored) = before.iter().find(|stored| stored.name == spec.name) else {
                self.outcome.step(Sign::Create, self.project, "route", &spec.name, Vec::new());
                self.change.routes().save(self.id, &spec, None).await?;
                continue;
            };
            if !placed.value.says_force_fallback {
                spec.force_fallback = stored.spec.force_fallback;
                spec.force_fallback_until = stored.spec.force_fallback_until;
            }
            let changes = route_changes(&stored.spec, &spec);
            self.change.routes().save(self.id, &spec, None).await?;
            self.updated("route", &spec.name, changes);
        }
        for gone in
            before.iter().filter(|stored| prune && declared.iter().all(|p| p.value.spec.name != stored.name))
        {
            self.outcome.step(Sign::Delete, self.project, "route", &gone.name, Vec::new());
            self.change.routes().delete(self.id, &gone.name, None).await?;
        }
        Ok(())
    }

    async fn project_key(&mut self, key: &ProjectKeyDeclared) -> Result<(), StoreError> {
        let scopes = KeyScopes {
            routes: key.routes.clone(),
            routes_only: key.routes_only,
            platforms: key.platforms.clone(),
            bundle_ids: key.bundle_ids.clone(),
        };
        let limits = KeyLimits {
            rate: key.rate.map(|rate| rate.to_string()),
            monthly_requests: key.monthly_requests.and_then(|n| i64::try_from(n).ok()),
            per_user: key.per_user.map(|rate| rate.to_string()),
        };
        let Some(stored) = self.change.project_keys().by_name(self.id, &key.name).await? else {
            let (kind, core_kind) = match key.test {
                true => (KeyKind::Test, key::KeyKind::Test),
                false => (KeyKind::Live, key::KeyKind::Live),
            };
            let minted = mint::mint(core_kind).map_err(|e| StoreError::Unavailable(e.to_string()))?;
            let digest = minted.new_digest();
            let new = NewProjectKey {
                name: key.name.clone(),
                kind,
                digest,
                scopes,
                limits,
                expires_at: key.expires,
            };
            let row = self.change.project_keys().create(self.id, new).await?;
            self.outcome.step(Sign::Create, self.project, "project key", &key.name, Vec::new());
            let (project, name) = (self.project.name.clone(), key.name.clone());
            self.outcome.made.push(MadeKey { project, id: row.id.to_string(), name, key: minted.secret });
            return Ok(());
        };
        let mut changes = json_changes(&stored.scopes, &scopes);
        changes.extend(json_changes(&stored.limits, &limits));
        if stored.expires_at != key.expires {
            let time = |at: Option<i64>| shown(at.map(crate::when::rfc3339).as_deref());
            changes.push(format!("expires: {} → {}", time(stored.expires_at), time(key.expires)));
        }
        if !changes.is_empty() {
            let update = ProjectKeyUpdate {
                scopes: Some(scopes),
                limits: Some(limits),
                expires_at: Some(key.expires),
                ..ProjectKeyUpdate::default()
            };
            self.change.project_keys().update(self.id, &stored.id, None, update).await?;
        }
        self.updated("project key", &key.name, changes);
        Ok(())
    }
}

/// Names whose place must change so that the keys stand in the file's order, which decides which is "the first".
fn positions<'a>(declared: &'a [Placed<ProviderKeyDeclared>], before: &[ProviderKey]) -> Vec<(&'a str, i64)> {
    let mut places: Vec<(&str, i64)> = declared
        .iter()
        .filter_map(|p| {
            before.iter().find(|s| s.name == p.value.name).map(|s| (p.value.name.as_str(), s.position))
        })
        .collect();
    let old = places.clone();
    let mut sorted: Vec<i64> = places.iter().map(|(_, position)| *position).collect();
    sorted.sort_unstable();
    for (place, position) in places.iter_mut().zip(sorted) {
        place.1 = position;
    }
    places.into_iter().zip(old).filter(|(new, old)| new != old).map(|(new, _)| new).collect()
}

fn new_provider_key(key: &ProviderKeyDeclared) -> NewProviderKey {
    NewProviderKey {
        headers: to_headers(key),
        base_url: key.base_url.clone(),
        region: key.region.clone(),
        api_version: key.api_version.clone(),
        cloud_project: key.project_id.clone(),
        enabled: key.enabled.unwrap_or(true),
        ..NewProviderKey::new(&key.name, key.provider, key.api_key.clone())
    }
}

fn to_headers(key: &ProviderKeyDeclared) -> Vec<Header> {
    let headers = key.headers.iter().flatten();
    headers.map(|(name, value)| Header { name: name.clone(), value: value.clone() }).collect()
}

/// The fields that differ; a route with other targets shows each of them.
fn route_changes(old: &RouteSpec, new: &RouteSpec) -> Vec<String> {
    let mut changes = Vec::new();
    for i in 0..old.targets.len().max(new.targets.len()) {
        match (old.targets.get(i), new.targets.get(i)) {
            (Some(old), Some(new)) if old == new => {}
            (Some(old), Some(new)) => {
                changes.extend(json_changes(old, new).into_iter().map(|text| format!("targets[{i}].{text}")));
            }
            (Some(old), None) => changes.push(format!("targets[{i}]: {} → none", old.model)),
            (None, Some(new)) => changes.push(format!("targets[{i}]: none → {}", new.model)),
            (None, None) => {}
        }
    }
    let (mut old, mut new) = (old.clone(), new.clone());
    (old.targets, new.targets) = (Vec::new(), Vec::new());
    changes.extend(json_changes(&old, &new));
    changes
}

fn json_changes<T: serde::Serialize>(old: &T, new: &T) -> Vec<String> {
    use serde_json::Value;
    let fields = |value: &T| match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (old, new) = (fields(old), fields(new));
    let mut names: Vec<&String> =
        old.keys().chain(new.keys().filter(|name| !old.contains_key(*name))).collect();
    names.sort();
    let text = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "none".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let changed = names.into_iter().filter(|name| old.get(*name) != new.get(*name));
    changed.map(|name| format!("{name}: {} → {}", text(old.get(name)), text(new.get(name)))).collect()
}

fn shown(value: Option<&str>) -> String {
    value.unwrap_or("none").to_owned()
}
