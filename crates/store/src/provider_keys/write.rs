//! Changes of provider keys: sealing what comes in. A secret given here is never read back into a row or the audit log.

use maig_core::id::{ProjectId, ProviderKeyId};
use maig_core::provider::Provider;
use maig_core::secret::Secret;
use serde_json::{Value, json};

use super::{Header, ProviderKey, find, find_by_name, list};
use crate::audit::Entry;
use crate::change::{Change, expect_version};
use crate::clock::new_id;
use crate::error::{Result, StoreError};
use crate::projects::check_name;
use crate::row::{Read, flag, json_text};
use crate::seal::{Place, seal};

#[derive(Clone)]
pub struct NewProviderKey {
    pub name: String,
    pub provider: Provider,
    pub secret: Option<Secret>,
    pub headers: Vec<Header>,
    pub base_url: Option<String>,
    pub region: Option<String>,
    pub api_version: Option<String>,
    pub cloud_project: Option<String>,
    pub enabled: bool,
}

impl NewProviderKey {
    /// Enabled, at the provider's own address.
    pub fn new(name: &str, provider: Provider, secret: Option<Secret>) -> Self {
        Self {
            name: name.to_owned(),
            provider,
            secret,
            headers: Vec::new(),
            base_url: None,
            region: None,
            api_version: None,
            cloud_project: None,
            enabled: true,
        }
    }
}

/// What to change; `None` leaves a thing as it is, `Some(None)` takes it away.
#[derive(Clone, Default)]
pub struct ProviderKeyUpdate {
    pub name: Option<String>,
    pub provider: Option<Provider>,
    pub secret: Option<Option<Secret>>,
    pub headers: Option<Vec<Header>>,
    pub base_url: Option<Option<String>>,
    pub region: Option<Option<String>>,
    pub api_version: Option<Option<String>>,
    pub cloud_project: Option<Option<String>>,
    pub enabled: Option<bool>,
    pub position: Option<i64>,
}

pub struct ProviderKeyChanges<'a>(&'a mut Change);

impl Change {
    pub fn provider_keys(&mut self) -> ProviderKeyChanges<'_> {
        ProviderKeyChanges(self)
    }
}

impl ProviderKeyChanges<'_> {
    /// As [`super::ProviderKeys::by_name`], seeing this change's own rows.
    pub async fn by_name(&mut self, project: &ProjectId, name: &str) -> Result<Option<ProviderKey>> {
        find_by_name(self.0.conn(), project, name).await
    }

    /// As [`super::ProviderKeys::list`], seeing this change's own rows.
    pub async fn list(&mut self, project: &ProjectId) -> Result<Vec<ProviderKey>> {
        list(self.0.conn(), project).await
    }

    /// Behind the project's other keys.
    pub async fn create(&mut self, project: &ProjectId, new: NewProviderKey) -> Result<ProviderKey> {
        check_name(&new.name)?;
        self.refuse_taken(project, &new.name, "").await?;
        let position = sqlx::query(
            "SELECT CAST(COALESCE(MAX(position), 0) AS BIGINT) AS n FROM provider_keys WHERE project_id = $1",
        )
        .bind(project.as_str())
        .fetch_one(self.0.conn())
        .await?
        .int("n")?
            + 1;
        let now = self.0.now();
        let key = ProviderKey {
            id: ProviderKeyId::from(new_id()),
            project_id: project.clone(),
            name: new.name,
            provider: new.provider,
            has_secret: new.secret.is_some(),
            last_four: new.secret.as_ref().and_then(last_four),
            header_names: names(&new.headers),
            base_url: new.base_url,
            region: new.region,
            api_version: new.api_version,
            cloud_project: new.cloud_project,
            enabled: new.enabled,
            position,
            key_version: 1,
            version: 1,
            created_at: now,
            updated_at: now,
            last_error: None,
            last_error_at: None,
        };
        sqlx::query(
            "INSERT INTO provider_keys (id, project_id, name, provider, header_names, enabled, position, \
             key_version, version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(key.id.as_str())
        .bind(project.as_str())
        .bind(&key.name)
        .bind(key.provider.slug())
        .bind(json_text(&key.header_names)?)
        .bind(flag(key.enabled))
        .bind(key.position)
        .bind(key.key_version)
        .bind(key.version)
        .bind(now)
        .bind(now)
        .execute(self.0.conn())
        .await
        .map_err(|e| StoreError::on_insert(e, "provider key", &key.name))?;
        self.write(&key, Some(new.secret.as_ref()), Some(&new.headers)).await?;
        self.log("provider_key.create", None, Some(&key)).await?;
        Ok(key)
    }

    /// `Ok(None)`: no such key. A new secret also clears the last error.
    pub async fn update(
        &mut self,
        project: &ProjectId,
        id: &ProviderKeyId,
        expected: Option<i64>,
        update: ProviderKeyUpdate,
    ) -> Result<Option<ProviderKey>> {
        let Some(before) = find(self.0.conn(), project, id).await? else { return Ok(None) };
        expect_version(before.version, expected)?;
        let mut after = before.clone();
        set(&mut after.name, update.name);
        set(&mut after.provider, update.provider);
        set(&mut after.base_url, update.base_url);
        set(&mut after.region, update.region);
        set(&mut after.api_version, update.api_version);
        set(&mut after.cloud_project, update.cloud_project);
        set(&mut after.enabled, update.enabled);
        set(&mut after.position, update.position);
        set(&mut after.header_names, update.headers.as_deref().map(names));
        if let Some(secret) = &update.secret {
            after.has_secret = secret.is_some();
            after.last_four = secret.as_ref().and_then(last_four);
            (after.last_error, after.last_error_at) = (None, None);
        }
        let rotated = update.secret.is_some() || update.headers.is_some();
        if after == before && !rotated {
            return Ok(Some(before));
        }
        check_name(&after.name)?;
        self.refuse_taken(project, &after.name, id.as_str()).await?;
        let address = |k: &ProviderKey| {
            (k.provider, k.base_url.clone(), k.region.clone(), k.api_version.clone(), k.cloud_project.clone())
        };
        after.key_version += i64::from(rotated || address(&after) != address(&before));
        after.version += 1;
        after.updated_at = self.0.now();
        self.write(&after, update.secret.as_ref().map(Option::as_ref), update.headers.as_deref()).await?;
        self.log("provider_key.update", Some(&before), Some(&after)).await?;
        Ok(Some(after))
    }

    /// `Ok(false)`: no such key. Routes that name it keep the name and skip the target.
    pub async fn delete(
        &mut self,
        project: &ProjectId,
        id: &ProviderKeyId,
        expected: Option<i64>,
    ) -> Result<bool> {
        let Some(before) = find(self.0.conn(), project, id).await? else { return Ok(false) };
        expect_version(before.version, expected)?;
        sqlx::query("DELETE FROM provider_keys WHERE id = $1")
            .bind(id.as_str())
            .execute(self.0.conn())
            .await?;
        self.log("provider_key.delete", Some(&before), None).await?;
        Ok(true)
    }

    /// All plain columns, and the sealed ones that are given.
    async fn write(
        &mut self,
        key: &ProviderKey,
        secret: Option<Option<&Secret>>,
        headers: Option<&[Header]>,
    ) -> Result<()> {
        let master = self.0.key();
        let place = |column| Place {
            table: "provider_keys",
            column,
            id: key.id.as_str(),
            project: key.project_id.as_str(),
        };
        if let Some(secret) = secret {
            let sealed = secret.map(|s| seal(&master, place("sealed_secret"), s.expose())).transpose()?;
            sqlx::query("UPDATE provider_keys SET sealed_secret = $1 WHERE id = $2")
                .bind(sealed)
                .bind(key.id.as_str())
                .execute(self.0.conn())
                .await?;
        }
        if let Some(headers) = headers {
            let pairs: Vec<_> = headers.iter().map(|h| (&h.name, h.value.expose())).collect();
            let text = Secret::new(json_text(&pairs)?);
            let sealed = (!headers.is_empty())
                .then(|| seal(&master, place("sealed_headers"), text.expose()))
                .transpose()?;
            sqlx::query("UPDATE provider_keys SET sealed_headers = $1 WHERE id = $2")
                .bind(sealed)
                .bind(key.id.as_str())
                .execute(self.0.conn())
                .await?;
        }
        sqlx::query(
            "UPDATE provider_keys SET name = $1, provider = $2, last_four = $3, header_names = $4, base_url = $5, \
             region = $6, api_version = $7, cloud_project = $8, enabled = $9, position = $10, key_version = $11, \
             version = $12, updated_at = $13, last_error = $14, last_error_at = $15 WHERE id = $16",
        )
        .bind(&key.name)
        .bind(key.provider.slug())
        .bind(key.last_four.as_deref())
        .bind(json_text(&key.header_names)?)
        .bind(key.base_url.as_deref())
        .bind(key.region.as_deref())
        .bind(key.api_version.as_deref())
        .bind(key.cloud_project.as_deref())
        .bind(flag(key.enabled))
        .bind(key.position)
        .bind(key.key_version)
        .bind(key.version)
        .bind(key.updated_at)
        .bind(key.last_error.as_deref())
        .bind(key.last_error_at)
        .bind(key.id.as_str())
        .execute(self.0.conn())
        .await?;
        Ok(())
    }

    async fn refuse_taken(&mut self, project: &ProjectId, name: &str, own: &str) -> Result<()> {
        match find_by_name(self.0.conn(), project, name).await? {
            Some(other) if other.id.as_str() != own => {
                Err(StoreError::Duplicate { what: "provider key", name: name.to_owned() })
            }
            _ => Ok(()),
        }
    }

    async fn log(
        &mut self,
        action: &'static str,
        before: Option<&ProviderKey>,
        after: Option<&ProviderKey>,
    ) -> Result<()> {
        let Some(of) = after.or(before) else { return Ok(()) };
        self.0
            .audit(Entry {
                project: Some(&of.project_id),
                action,
                object_kind: "provider_key",
                object_id: of.id.as_str(),
                object_name: &of.name,
                before: before.map(shown),
                after: after.map(shown),
            })
            .await
    }
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

fn names(headers: &[Header]) -> Vec<String> {
    headers.iter().map(|h| h.name.clone()).collect()
}

/// The last four characters, if at least twice as many stay hidden. Not of a service account's JSON, whose end tells
/// nothing.
fn last_four(secret: &Secret) -> Option<String> {
    let text = secret.expose();
    let count = text.chars().count();
    (count >= 12 && !text.trim_start().starts_with('{')).then(|| text.chars().skip(count - 4).collect())
}

/// What the audit log keeps of a key.
fn shown(key: &ProviderKey) -> Value {
    json!({
        "name": key.name,
        "provider": key.provider.slug(),
        "last_four": key.last_four,
        "headers": key.header_names,
        "base_url": key.base_url,
        "region": key.region,
        "api_version": key.api_version,
        "project_id": key.cloud_project,
        "enabled": key.enabled,
        "position": key.position,
        "key_version": key.key_version,
    })
}
