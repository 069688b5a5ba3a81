//! Reading the hourly sums: totals of a time, in steps, and by one dimension.

use std::collections::BTreeMap;

use maig_core::id::ProjectId;
use maig_core::money::NanoUsd;
use sqlx::any::AnyRow;

use super::{HOUR_US, Histogram, Rollups};
use crate::error::{Result, StoreError};
use crate::row::Read;

/// Sums over a time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    pub requests: i64,
    /// Status 400 and more.
    pub errors: i64,
    pub fallbacks: i64,
    pub prompt_tokens: i64,
    pub cached_tokens: i64,
    pub completion_tokens: i64,
    pub reasoning_tokens: i64,
    pub cost: NanoUsd,
    /// Answered requests whose price is unknown, which `cost` leaves out.
    pub unpriced: i64,
    /// Of whole requests, in microseconds.
    pub latency: Histogram,
    pub first_token: Histogram,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Route,
    /// `provider/model` that answered; empty: none did.
    ServedBy,
    /// The project key's id.
    Key,
    AppVersion,
}

#[derive(Clone, Debug)]
pub struct RollupQuery {
    pub project: ProjectId,
    /// From the hour of this moment on, in microseconds since 1970.
    pub from: i64,
    /// Before this moment; its own hour counts whole unless it is the hour's start.
    pub to: i64,
    /// Length of a step of the series, in hours from 1970 on: 1, or 24 for days in UTC.
    pub step_hours: u16,
    pub group: Option<Dimension>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    pub totals: Totals,
    /// First moment of each step that had requests, in order.
    pub steps: Vec<(i64, Totals)>,
    /// By requests, largest first; empty without a dimension.
    pub groups: Vec<Group>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub name: String,
    pub totals: Totals,
}

/// More rows of sums than this are refused: the time must be shorter. A year of hours of ten routes on ten keys fits.
const MAX_ROWS: i64 = 1_000_000;

impl Rollups<'_> {
    /// `Invalid` for an empty or too long time.
    pub async fn query(&self, query: &RollupQuery) -> Result<Series> {
        if query.to <= query.from {
            return Err(StoreError::Invalid("the time ends before it begins".into()));
        }
        let rows = sqlx::query(
            "SELECT * FROM rollups WHERE project_id = $1 AND hour >= $2 AND hour < $3 ORDER BY hour LIMIT $4",
        )
        .bind(query.project.as_str())
        .bind(query.from.div_euclid(HOUR_US) * HOUR_US)
        .bind(query.to)
        .bind(MAX_ROWS)
        .fetch_all(self.0.reader())
        .await?;
        if i64::try_from(rows.len()).unwrap_or(i64::MAX) >= MAX_ROWS {
            return Err(StoreError::Invalid(
                "the time is too long for this project; ask for a shorter one".into(),
            ));
        }
        let step = HOUR_US * i64::from(query.step_hours.max(1));
        let mut totals = Totals::default();
        let mut steps = BTreeMap::<i64, Totals>::new();
        let mut groups = BTreeMap::<String, Totals>::new();
        for row in &rows {
            let part = read(row)?;
            totals.add(&part);
            steps.entry(row.int("hour")?.div_euclid(step) * step).or_default().add(&part);
            if let Some(dimension) = query.group {
                groups.entry(row.text(dimension.column())?).or_default().add(&part);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().map(|(name, totals)| Group { name, totals }).collect();
        groups.sort_by_key(|g| std::cmp::Reverse(g.totals.requests));
        Ok(Series { totals, steps: steps.into_iter().collect(), groups })
    }
}

impl Dimension {
    fn column(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::ServedBy => "served_by",
            Self::Key => "key_id",
            Self::AppVersion => "app_version",
        }
    }
}

impl Totals {
    fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.errors += other.errors;
        self.fallbacks += other.fallbacks;
        self.prompt_tokens += other.prompt_tokens;
        self.cached_tokens += other.cached_tokens;
        self.completion_tokens += other.completion_tokens;
        self.reasoning_tokens += other.reasoning_tokens;
        self.cost = self.cost.saturating_add(other.cost);
        self.unpriced += other.unpriced;
        self.latency.merge(&other.latency);
        self.first_token.merge(&other.first_token);
    }
}

fn read(row: &AnyRow) -> Result<Totals> {
    Ok(Totals {
        requests: row.int("requests")?,
        errors: row.int("errors")?,
        fallbacks: row.int("fallbacks")?,
        prompt_tokens: row.int("prompt_tokens")?,
        cached_tokens: row.int("cached_tokens")?,
        completion_tokens: row.int("completion_tokens")?,
        reasoning_tokens: row.int("reasoning_tokens")?,
        cost: NanoUsd(row.int("cost_nano")?),
        unpriced: row.int("unpriced")?,
        latency: Histogram::from_text(&row.text("latency")?)?,
        first_token: Histogram::from_text(&row.text("first_token")?)?,
    })
}
