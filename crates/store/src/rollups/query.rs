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
    Platform,
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
    /// Of this route alone.
    pub route: Option<String>,
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
    /// As [`Series::steps`]; empty past the first twenty groups.
    pub steps: Vec<(i64, Totals)>,
}

/// Groups whose steps are kept: as many as a chart can show.
pub(super) const STEPPED: usize = 20;

/// A route's counts, without the histograms, whose reading costs more than all else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteCounts {
    pub requests: i64,
    pub errors: i64,
    pub fallbacks: i64,
    /// Answered by target 0.
    pub by_primary: i64,
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
            "SELECT * FROM rollups WHERE project_id = $1 AND hour >= $2 AND hour < $3 AND ($4 = '' OR route = $4) \
             ORDER BY hour LIMIT $5",
        )
        .bind(query.project.as_str())
        .bind(query.from.div_euclid(HOUR_US) * HOUR_US)
        .bind(query.to)
        .bind(query.route.as_deref().unwrap_or(""))
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
        let mut groups = BTreeMap::<String, Sums>::new();
        for row in &rows {
            let part = read(row)?;
            let at = row.int("hour")?.div_euclid(step) * step;
            totals.add(&part);
            steps.entry(at).or_default().add(&part);
            if let Some(dimension) = query.group {
                let group = groups.entry(row.text(dimension.column())?).or_default();
                group.totals.add(&part);
                group.steps.entry(at).or_default().add(&part);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().map(Sums::into_group).collect();
        groups.sort_by_key(|g| std::cmp::Reverse(g.totals.requests));
        groups.iter_mut().skip(STEPPED).for_each(|group| group.steps.clear());
        Ok(Series { totals, steps: steps.into_iter().collect(), groups })
    }

    /// What each route of a project was asked from the hour of `from` on, by name; one statement for all of them.
    pub async fn by_route(&self, project: &ProjectId, from: i64) -> Result<BTreeMap<String, RouteCounts>> {
        let rows = sqlx::query(
            "SELECT route, CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(errors) AS BIGINT) AS errors, \
             CAST(SUM(fallbacks) AS BIGINT) AS fallbacks, \
             CAST(SUM(CASE WHEN served_by = '' THEN 0 ELSE requests - fallbacks END) AS BIGINT) AS by_primary \
             FROM rollups WHERE project_id = $1 AND hour >= $2 GROUP BY route",
        )
        .bind(project.as_str())
        .bind(from.div_euclid(HOUR_US) * HOUR_US)
        .fetch_all(self.0.reader())
        .await?;
        let counts = |row: &AnyRow| -> Result<RouteCounts> {
            Ok(RouteCounts {
                requests: row.int("requests")?,
                errors: row.int("errors")?,
                fallbacks: row.int("fallbacks")?,
                by_primary: row.int("by_primary")?,
            })
        };
        rows.iter().map(|row| Ok((row.text("route")?, counts(row)?))).collect()
    }
}

#[derive(Default)]
struct Sums {
    totals: Totals,
    steps: BTreeMap<i64, Totals>,
}

impl Sums {
    fn into_group((name, sums): (String, Self)) -> Group {
        Group { name, totals: sums.totals, steps: sums.steps.into_iter().collect() }
    }
}

impl Dimension {
    fn column(self) -> &'static str {
        match self {
            Self::Route => "route",
            Self::ServedBy => "served_by",
            Self::Key => "key_id",
            Self::AppVersion => "app_version",
            Self::Platform => "platform",
        }
    }
}

impl Totals {
    pub fn add(&mut self, other: &Self) {
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
