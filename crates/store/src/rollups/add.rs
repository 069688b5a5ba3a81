//! Adding a batch of requests to the hourly sums.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use sqlx::any::{Any, AnyArguments};
use sqlx::{AnyConnection, Arguments as _};

use super::Histogram;
use crate::error::{Result, StoreError};
use crate::requests::RequestRow;
use crate::row::Read;

pub(crate) const HOUR_US: i64 = 3_600_000_000;
/// A version or a platform that an app sends is text of its own choosing; one that is longer is none.
const LONGEST_WORD: usize = 32;

/// One row of sums. Ordered, so that two instances lock rows in the same order and cannot wait for each other.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    project_id: &'a str,
    hour: i64,
    route: &'a str,
    served_by: &'a str,
    key_id: &'a str,
    app_version: &'a str,
    platform: &'a str,
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
    let groups: Vec<_> = groups.into_iter().collect();
    let mut rest = groups.as_slice();
    for (size, [add, set]) in SIZES.iter().zip(&*STATEMENTS) {
        while let Some((some, after)) = rest.split_at_checked(*size) {
            add_groups(conn, add, set, some).await?;
            rest = after;
        }
    }
    Ok(())
}

fn key(row: &RequestRow) -> Key<'_> {
    Key {
        project_id: row.project_id.as_str(),
        hour: row.started_at.div_euclid(HOUR_US) * HOUR_US,
        route: &row.route,
        served_by: row.served_by.as_deref().unwrap_or(""),
        key_id: row.key_id.as_ref().map_or("", |id| id.as_str()),
        app_version: word(row.app_version.as_deref()),
        platform: word(row.platform.as_deref()),
    }
}

fn word(text: Option<&str>) -> &str {
    text.filter(|text| text.len() <= LONGEST_WORD).unwrap_or("")
}

impl Sums {
    fn add(&mut self, row: &RequestRow) {
        self.requests += 1;
        self.errors += i64::from(row.is_error());
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

/// Groups of one statement; few sizes, so that each has its prepared statement.
const SIZES: [usize; 3] = [16, 4, 1];
const COLUMN_COUNT: usize = 18;

/// For each size the one that adds, and the one that sets the histograms.
static STATEMENTS: LazyLock<[[String; 2]; SIZES.len()]> = LazyLock::new(|| {
    SIZES.map(|groups| [format!("{}{ADD}", insert(groups)), format!("{}{SET}", insert(groups))])
});

const ADD: &str = " ON CONFLICT (project_id, hour, route, served_by, key_id, app_version, platform) DO UPDATE SET \
    requests = rollups.requests + excluded.requests, errors = rollups.errors + excluded.errors, \
    fallbacks = rollups.fallbacks + excluded.fallbacks, \
    prompt_tokens = rollups.prompt_tokens + excluded.prompt_tokens, \
    cached_tokens = rollups.cached_tokens + excluded.cached_tokens, \
    completion_tokens = rollups.completion_tokens + excluded.completion_tokens, \
    reasoning_tokens = rollups.reasoning_tokens + excluded.reasoning_tokens, \
    cost_nano = rollups.cost_nano + excluded.cost_nano, unpriced = rollups.unpriced + excluded.unpriced \
    RETURNING project_id, hour, route, served_by, key_id, app_version, platform, requests, latency, first_token";
const SET: &str = " ON CONFLICT (project_id, hour, route, served_by, key_id, app_version, platform) DO UPDATE SET \
    latency = excluded.latency, first_token = excluded.first_token";

/// The numbers are added by the database, which locks the rows until the commit; the histograms that it gives back are
/// those of before, and nobody else can change them until ours are merged in.
async fn add_groups(
    conn: &mut AnyConnection,
    add: &'static str,
    set: &'static str,
    groups: &[(Key<'_>, Sums)],
) -> Result<()> {
    let mut arguments = AnyArguments::default();
    for (key, sums) in groups {
        bind(&mut arguments, key, sums, [sums.latency.to_text(), sums.first_token.to_text()])
            .map_err(sqlx::Error::Encode)?;
    }
    let there = sqlx::query_with::<Any, _>(add, arguments).fetch_all(&mut *conn).await?;
    // They come in no promised order.
    let mut before = BTreeMap::new();
    for row in &there {
        let key = (
            row.text("project_id")?,
            row.int("hour")?,
            row.text("route")?,
            row.text("served_by")?,
            row.text("key_id")?,
            row.text("app_version")?,
            row.text("platform")?,
        );
        before.insert(key, row);
    }
    let mut arguments = AnyArguments::default();
    let mut merged_some = false;
    for (key, sums) in groups {
        let name = (
            key.project_id.to_owned(),
            key.hour,
            key.route.to_owned(),
            key.served_by.to_owned(),
            key.key_id.to_owned(),
            key.app_version.to_owned(),
            key.platform.to_owned(),
        );
        let row = before.get(&name).ok_or_else(|| StoreError::Corrupt {
            what: "a row of rollups".into(),
            why: "it did not come back as it was written".into(),
        })?;
        // With our requests alone it is new, and the histograms that came back are ours.
        let merged = |column: &str, ours: &Histogram, new: bool| -> Result<String> {
            let text = row.text(column)?;
            if new {
                return Ok(text);
            }
            let mut all = Histogram::from_text(&text)?;
            all.merge(ours);
            Ok(all.to_text())
        };
        let new = row.int("requests")? == sums.requests;
        merged_some |= !new;
        let texts = [merged("latency", &sums.latency, new)?, merged("first_token", &sums.first_token, new)?];
        bind(&mut arguments, key, sums, texts).map_err(sqlx::Error::Encode)?;
    }
    if merged_some {
        sqlx::query_with::<Any, _>(set, arguments).execute(conn).await?;
    }
    Ok(())
}

fn bind(
    to: &mut AnyArguments,
    key: &Key<'_>,
    sums: &Sums,
    histograms: [String; 2],
) -> Result<(), sqlx::error::BoxDynError> {
    to.add(key.project_id)?;
    to.add(key.hour)?;
    to.add(key.route)?;
    to.add(key.served_by)?;
    to.add(key.key_id)?;
    to.add(key.app_version)?;
    to.add(key.platform)?;
    to.add(sums.requests)?;
    to.add(sums.errors)?;
    to.add(sums.fallbacks)?;
    to.add(sums.prompt_tokens)?;
    to.add(sums.cached_tokens)?;
    to.add(sums.completion_tokens)?;
    to.add(sums.reasoning_tokens)?;
    to.add(sums.cost_nano)?;
    to.add(sums.unpriced)?;
    histograms.into_iter().try_for_each(|text| to.add(text))
}

fn insert(groups: usize) -> String {
    let mut sql = "INSERT INTO rollups (project_id, hour, route, served_by, key_id, app_version, platform, requests, errors, \
        fallbacks, prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, cost_nano, unpriced, latency, \
        first_token) VALUES "
        .to_owned();
    for group in 0..groups {
        sql.push_str(if group == 0 { "(" } else { ", (" });
        for column in 0..COLUMN_COUNT {
            let n = group * COLUMN_COUNT + column + 1;
            sql.push_str(&if column == 0 { format!("${n}") } else { format!(", ${n}") });
        }
        sql.push(')');
    }
    sql
}
