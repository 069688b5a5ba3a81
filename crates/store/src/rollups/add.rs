//! Adding a batch of requests to the hourly sums.

use std::collections::BTreeMap;

use sqlx::AnyConnection;

use super::Histogram;
use crate::error::Result;
use crate::requests::RequestRow;
use crate::row::Read;

pub(crate) const HOUR_US: i64 = 3_600_000_000;
/// A version that an app sends is text of its own choosing; one that is longer is no version.
const LONGEST_VERSION: usize = 32;

/// One row of sums. Ordered, so that two instances lock rows in the same order and cannot wait for each other.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    project_id: &'a str,
    hour: i64,
    route: &'a str,
    served_by: &'a str,
    key_id: &'a str,
    app_version: &'a str,
}

#[derive(Default)]
struct Sums {
    requests: i64,
    errors: i64,
    fallbacks: i64,
    prompt_tokens: i64,
    cached_tokens: i64,
    completion_tokens: i64,
    reasoning_tokens: i64,
    cost_nano: i64,
    unpriced: i64,
    latency: Histogram,
    first_token: Histogram,
}

pub(crate) async fn add_to_rollups<'a>(
    conn: &mut AnyConnection,
    rows: impl Iterator<Item = &'a RequestRow>,
) -> Result<()> {
    let mut groups: BTreeMap<Key<'a>, Sums> = BTreeMap::new();
    for row in rows {
        groups.entry(key(row)).or_default().add(row);
    }
    for (key, sums) in &groups {
        add_group(conn, key, sums).await?;
    }
    Ok(())
}

fn key(row: &RequestRow) -> Key<'_> {
    let version = row.app_version.as_deref().unwrap_or("");
    Key {
        project_id: row.project_id.as_str(),
        hour: row.started_at.div_euclid(HOUR_US) * HOUR_US,
        route: &row.route,
        served_by: row.served_by.as_deref().unwrap_or(""),
        key_id: row.key_id.as_ref().map_or("", |id| id.as_str()),
        app_version: if version.len() > LONGEST_VERSION { "" } else { version },
    }
}

impl Sums {
    fn add(&mut self, row: &RequestRow) {
        self.requests += 1;
        self.errors += i64::from(row.status >= 400);
        self.fallbacks += i64::from(row.fallback);
        self.prompt_tokens += row.prompt_tokens.unwrap_or(0);
        self.cached_tokens += row.cached_tokens.unwrap_or(0);
        self.completion_tokens += row.completion_tokens.unwrap_or(0);
        self.reasoning_tokens += row.reasoning_tokens.unwrap_or(0);
        match row.cost {
            Some(cost) => self.cost_nano = self.cost_nano.saturating_add(cost.0),
            // Only what was answered could have cost anything.
            None => self.unpriced += i64::from(row.served_by.is_some()),
        }
        self.latency.record(row.duration_us);
        if let Some(first) = row.first_token_us {
            self.first_token.record(first);
        }
    }
}

/// The numbers are added by the database, which locks the row until the commit; the histograms that it gives back are
/// those of before, and nobody else can change them until ours are merged in.
async fn add_group(conn: &mut AnyConnection, key: &Key<'_>, sums: &Sums) -> Result<()> {
    let before = sqlx::query(
        "INSERT INTO rollups (project_id, hour, route, served_by, key_id, app_version, requests, errors, fallbacks, \
         prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, cost_nano, unpriced, latency, first_token) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', '') \
         ON CONFLICT (project_id, hour, route, served_by, key_id, app_version) DO UPDATE SET \
         requests = rollups.requests + excluded.requests, errors = rollups.errors + excluded.errors, \
         fallbacks = rollups.fallbacks + excluded.fallbacks, \
         prompt_tokens = rollups.prompt_tokens + excluded.prompt_tokens, \
         cached_tokens = rollups.cached_tokens + excluded.cached_tokens, \
         completion_tokens = rollups.completion_tokens + excluded.completion_tokens, \
         reasoning_tokens = rollups.reasoning_tokens + excluded.reasoning_tokens, \
         cost_nano = rollups.cost_nano + excluded.cost_nano, unpriced = rollups.unpriced + excluded.unpriced \
         RETURNING latency, first_token",
    )
    .bind(key.project_id)
    .bind(key.hour)
    .bind(key.route)
    .bind(key.served_by)
    .bind(key.key_id)
    .bind(key.app_version)
    .bind(sums.requests)
    .bind(sums.errors)
    .bind(sums.fallbacks)
    .bind(sums.prompt_tokens)
    .bind(sums.cached_tokens)
    .bind(sums.completion_tokens)
    .bind(sums.reasoning_tokens)
    .bind(sums.cost_nano)
    .bind(sums.unpriced)
    .fetch_one(&mut *conn)
    .await?;
    let merged = |column: &str, ours: &Histogram| -> Result<String> {
        let mut all = Histogram::from_text(&before.text(column)?)?;
        all.merge(ours);
        Ok(all.to_text())
    };
    sqlx::query(
        "UPDATE rollups SET latency = $1, first_token = $2 WHERE project_id = $3 AND hour = $4 AND route = $5 \
         AND served_by = $6 AND key_id = $7 AND app_version = $8",
    )
    .bind(merged("latency", &sums.latency)?)
    .bind(merged("first_token", &sums.first_token)?)
    .bind(key.project_id)
    .bind(key.hour)
    .bind(key.route)
    .bind(key.served_by)
    .bind(key.key_id)
    .bind(key.app_version)
    .execute(conn)
    .await?;
    Ok(())
}
