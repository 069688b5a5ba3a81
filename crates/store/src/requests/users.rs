//! What each end user did, counted from the request log itself: sums kept by user would grow with the users of an app.
//! So that a page is not kept waiting, only the newest requests of a long time are counted, and since when is said.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;
use maig_core::id::ProjectId;
use serde::Deserialize;

use super::Requests;
use crate::error::Result;
use crate::rollups::{Group, Totals};
use crate::row::Read;

/// Requests that are counted at most.
const MOST: i64 = 50_000;

#[derive(Clone, Debug, PartialEq)]
pub struct ByUser {
    /// By requests, largest first; without steps. An empty name: no user was named.
    pub groups: Vec<Group>,
    /// The first moment that was counted; later than asked if there were too many requests.
    pub from: i64,
}

/// What is counted of a row's `detail`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Counted {
    duration_us: i64,
    first_token_us: Option<i64>,
    prompt_tokens: Option<i64>,
    cached_tokens: Option<i64>,
    completion_tokens: Option<i64>,
    reasoning_tokens: Option<i64>,
    cost_nano: Option<i64>,
}

impl Requests<'_> {
    /// The users of the requests in a time, `from` counted and `to` not.
    pub async fn by_user(
        &self,
        project: &ProjectId,
        route: Option<&str>,
        (from, to): (i64, i64),
    ) -> Result<ByUser> {
        let mut rows = sqlx::query(
            "SELECT started_at, end_user, route, served_by, status, error_code, fallback, detail FROM requests \
             WHERE project_id = $1 AND started_at >= $2 AND started_at < $3 ORDER BY started_at DESC LIMIT $4",
        )
        .bind(project.as_str())
        .bind(from)
        .bind(to)
        .bind(MOST)
        .fetch(self.0.reader());
        let mut users: HashMap<String, Totals> = HashMap::new();
        let (mut count, mut first) = (0, to);
        while let Some(row) = rows.try_next().await? {
            (count, first) = (count + 1, row.int("started_at")?);
            if route.is_some_and(|route| row.text("route").is_ok_and(|asked| asked != route)) {
                continue;
            }
            let of: Counted = row.json("detail")?;
            let sums = users.entry(row.text_or_null("end_user")?.unwrap_or_default()).or_default();
            sums.requests += 1;
            sums.latency.record(of.duration_us);
            of.first_token_us.into_iter().for_each(|us| sums.first_token.record(us));
            sums.errors += i64::from(row.int("status")? >= 400 || row.text_or_null("error_code")?.is_some());
            sums.fallbacks += row.int("fallback")?;
            sums.prompt_tokens += of.prompt_tokens.unwrap_or(0);
            sums.cached_tokens += of.cached_tokens.unwrap_or(0);
            sums.completion_tokens += of.completion_tokens.unwrap_or(0);
            sums.reasoning_tokens += of.reasoning_tokens.unwrap_or(0);
            match of.cost_nano {
                Some(nano) => sums.cost.0 = sums.cost.0.saturating_add(nano),
                None => sums.unpriced += i64::from(row.text_or_null("served_by")?.is_some()),
            }
        }
        let group = |(name, totals)| Group { name, totals, steps: Vec::new() };
        let mut groups: Vec<Group> = users.into_iter().map(group).collect();
        groups.sort_by(|a, b| (b.totals.requests, &a.name).cmp(&(a.totals.requests, &b.name)));
        Ok(ByUser { groups, from: if count < MOST { from } else { first } })
    }
}
