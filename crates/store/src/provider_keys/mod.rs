//! Provider keys: credentials for upstream accounts. The secret and the values of extra headers are sealed; what is
//! listed, audited and printed is [`ProviderKey`], which holds neither. Only [`ProviderKeys::credentials`] opens them.

mod write;

use maig_core::id::{ProjectId, ProviderKeyId};
use maig_core::provider::Provider;
use maig_core::secret::Secret;
use sqlx::Executor;
use sqlx::any::{Any, AnyRow};

use crate::clock::now_us;
use crate::error::{Result, StoreError};
use crate::page::{MAX_LIST, whole};
use crate::row::Read;
use crate::seal::{Place, open};
use crate::store::Store;

pub use write::{NewProviderKey, ProviderKeyChanges, ProviderKeyUpdate};

#[derive(Clone, Debug, PartialEq)]
pub struct ProviderKey {
    pub id: ProviderKeyId,
    pub project_id: ProjectId,
    pub name: String,
    pub provider: Provider,
    pub has_secret: bool,
    /// The secret's end, to tell keys apart; `None` for a secret too short to show any of.
    pub last_four: Option<String>,
    /// Names of the extra headers; their values are secrets.
    pub header_names: Vec<String>,
    pub base_url: Option<String>,
    pub region: Option<String>,
    pub api_version: Option<String>,
    /// The cloud's project (`project_id` in the file that `apply` takes), not ours.
    pub cloud_project: Option<String>,
    pub enabled: bool,
    /// Order within the project: a target without a provider key takes the provider's first enabled one.
    pub position: i64,
    /// Rises when the secret, the headers or the address change, so that breakers and tokens of the old ones go.
    pub key_version: i64,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
    /// What the provider said when it last refused the key.
    pub last_error: Option<String>,
    pub last_error_at: Option<i64>,
}

/// One extra header of every request to the account.
#[derive(Clone)]
pub struct Header {
    pub name: String,
    pub value: Secret,
}

/// What a provider key seals.
#[derive(Clone)]
pub struct Credentials {
    pub secret: Option<Secret>,
    pub headers: Vec<Header>,
}

pub struct ProviderKeys<'a>(&'a Store);

impl Store {
    pub fn provider_keys(&self) -> ProviderKeys<'_> {
        ProviderKeys(self)
    }
}

impl ProviderKeys<'_> {
    pub async fn get(&self, project: &ProjectId, id: &ProviderKeyId) -> Result<Option<ProviderKey>> {
        find(self.0.reader(), project, id).await
    }

    pub async fn by_name(&self, project: &ProjectId, name: &str) -> Result<Option<ProviderKey>> {
        find_by_name(self.0.reader(), project, name).await
    }

    /// A project's, in their order.
    pub async fn list(&self, project: &ProjectId) -> Result<Vec<ProviderKey>> {
        list(self.0.reader(), project).await
    }

    /// Every project's in their order, opened, for the gateway's snapshot. A secret that does not open is that key's
    /// own error: the others still serve.
    pub async fn all(&self) -> Result<Vec<(ProviderKey, Result<Credentials>)>> {
        let rows =
            sqlx::query("SELECT * FROM provider_keys ORDER BY project_id, position, created_at, id LIMIT $1")
                .bind(MAX_LIST)
                .fetch_all(self.0.reader())
                .await?;
        let opened = rows.iter().map(|row| Ok((read(row)?, self.open(row)))).collect::<Result<_>>()?;
        whole(opened, "provider keys")
    }

    /// The secrets of one key. `WrongMasterKey` or `SealBroken` if they do not open.
    pub async fn credentials(&self, id: &ProviderKeyId) -> Result<Option<Credentials>> {
        let row = sqlx::query("SELECT * FROM provider_keys WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(self.0.reader())
            .await?;
        row.as_ref().map(|row| self.open(row)).transpose()
    }

    /// Remembers that the provider refused the key, or with `None` that it took it again. No change of configuration.
    /// `error` must already be scrubbed of secrets.
    pub async fn note_error(&self, id: &ProviderKeyId, error: Option<&str>) -> Result<()> {
        sqlx::query("UPDATE provider_keys SET last_error = $1, last_error_at = $2 WHERE id = $3")
            // A provider's own words, and Postgres takes no NUL in a text.
            .bind(error.map(|error| error.replace('\0', "\u{fffd}")))
            .bind(error.map(|_| now_us()))
            .bind(id.as_str())
            .execute(self.0.writer())
            .await?;
        Ok(())
    }

    fn open(&self, row: &AnyRow) -> Result<Credentials> {
        let key = self.0.key();
        let (id, project) = (row.text("id")?, row.text("project_id")?);
        let unseal = |column: &'static str| -> Result<Option<Secret>> {
            let Some(sealed) = row.text_or_null(column)? else { return Ok(None) };
            let place = Place { table: "provider_keys", column, id: &id, project: &project };
            open(&key, place, &sealed).map(Some)
        };
        let headers = match unseal("sealed_headers")? {
            Some(text) => read_headers(&text, &id)?,
            None => Vec::new(),
        };
        Ok(Credentials { secret: unseal("sealed_secret")?, headers })
    }
}

async fn find<'e>(
    on: impl Executor<'e, Database = Any>,
    project: &ProjectId,
    id: &ProviderKeyId,
) -> Result<Option<ProviderKey>> {
    let row = sqlx::query("SELECT * FROM provider_keys WHERE project_id = $1 AND id = $2")
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
) -> Result<Option<ProviderKey>> {
    let row = sqlx::query("SELECT * FROM provider_keys WHERE project_id = $1 AND name = $2")
        .bind(project.as_str())
        .bind(name)
        .fetch_optional(on)
        .await?;
    row.as_ref().map(read).transpose()
}

async fn list<'e>(on: impl Executor<'e, Database = Any>, project: &ProjectId) -> Result<Vec<ProviderKey>> {
    let rows = sqlx::query(
        "SELECT * FROM provider_keys WHERE project_id = $1 ORDER BY position, created_at, id LIMIT $2",
    )
    .bind(project.as_str())
    .bind(MAX_LIST)
    .fetch_all(on)
    .await?;
    whole(rows.iter().map(read).collect::<Result<_>>()?, "provider keys")
}

fn read(row: &AnyRow) -> Result<ProviderKey> {
    Ok(ProviderKey {
        id: ProviderKeyId::from(row.text("id")?),
        project_id: ProjectId::from(row.text("project_id")?),
        name: row.text("name")?,
        provider: row.word("provider", Provider::from_slug)?,
        has_secret: row.text_or_null("sealed_secret")?.is_some(),
        last_four: row.text_or_null("last_four")?,
        header_names: row.json("header_names")?,
        base_url: row.text_or_null("base_url")?,
        region: row.text_or_null("region")?,
        api_version: row.text_or_null("api_version")?,
        cloud_project: row.text_or_null("cloud_project")?,
        enabled: row.flag("enabled")?,
        position: row.int("position")?,
        key_version: row.int("key_version")?,
        version: row.int("version")?,
        created_at: row.int("created_at")?,
        updated_at: row.int("updated_at")?,
        last_error: row.text_or_null("last_error")?,
        last_error_at: row.int_or_null("last_error_at")?,
    })
}

/// Headers are sealed as JSON pairs in their order. Each value goes straight into a [`Secret`].
fn read_headers(text: &Secret, id: &str) -> Result<Vec<Header>> {
    let pairs: Vec<(String, String)> = serde_json::from_str(text.expose())
        .map_err(|_| StoreError::SealBroken { what: format!("the headers of provider key {id}") })?;
    Ok(pairs.into_iter().map(|(name, value)| Header { name, value: Secret::new(value) }).collect())
}
