//! Reading the request log: one by id, or a page of those that fit a filter, newest first. Rows lie in the order of their
//! start; of those that a filter asks for, the moments that `search` finds are read and nothing else.

use maig_core::id::{ProjectId, ProjectKeyId};
use sqlx::AnyConnection;

use super::Requests;
use super::id::RequestId;
use super::row::{RequestRow, read};
use super::search::{Search, Span};
use super::shape::{Needs, TEXTS};
use super::words::{Kind, Word};
use crate::error::Result;
use crate::page::{Cursor, MAX_PAGE, Page, Select};

/// What to list; `None` leaves a thing open. Times are microseconds since 1970.
#[derive(Clone, Debug, Default)]
pub struct RequestFilter {
    /// From this moment on.
    pub from: Option<i64>,
    /// Before this moment.
    pub to: Option<i64>,
    pub status: Option<StatusFilter>,
    pub error_code: Option<String>,
    pub route: Option<String>,
    /// `provider/model`
    pub served_by: Option<String>,
    pub key: Option<ProjectKeyId>,
    pub fallback: Option<bool>,
    pub test: Option<bool>,
    pub app_version: Option<String>,
    pub platform: Option<String>,
    pub end_user: Option<String>,
    /// One of the words that people look for: a route, a model, an error's code, an end user, an app's version.
    pub word: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// Below 400, and no error after it.
    Ok,
    /// 400 and more, or an error in the middle of a stream.
    Error,
    Exactly(u16),
    /// Its hundreds: 4 for 400 to 499.
    Class(u16),
}

/// How long a request may have run to be found by its end: rows lie by their start.
const LONGEST_US: i64 = 20 * 60 * 1_000_000;
/// How long a row may be on its way to the database, which may be away for some seconds.
const LATE_US: i64 = 2_000_000;

impl Requests<'_> {
    /// The id holds the moment at which it was made, which is when the request began: rows are looked for there, so that
    /// no index of ids is needed. An id of another kind was never given to a request.
    pub async fn get(&self, project: &ProjectId, id: RequestId) -> Result<Option<RequestRow>> {
        let Some(made) = id.made_at() else { return Ok(None) };
        for slack in SLACKS_US {
            let row = sqlx::query(
                "SELECT * FROM requests WHERE project_id = $1 AND started_at >= $2 AND started_at <= $3 AND id = $4",
            )
            .bind(project.as_str())
            .bind(made.saturating_sub(slack))
            .bind(made.saturating_add(slack))
            .bind(id.to_string())
            .fetch_optional(self.0.reader())
            .await?;
            if let Some(row) = row {
                return read(&row).map(Some);
            }
        }
        Ok(None)
    }

    /// Whether the project ever had a request.
    pub async fn any(&self, project: &ProjectId) -> Result<bool> {
        let row = sqlx::query("SELECT id FROM requests WHERE project_id = $1 LIMIT 1")
            .bind(project.as_str())
            .fetch_optional(self.0.reader())
            .await?;
        Ok(row.is_some())
    }

    pub async fn list(
        &self,
        project: &ProjectId,
        filter: &RequestFilter,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<RequestRow>> {
        let limit = limit.clamp(1, MAX_PAGE) as usize;
        // One more than asked tells whether there is a next page.
        let wanted = limit + 1;
        let needs = filter.needs();
        // One connection for all reads of a page: another would have to be tried, and have its statements prepared.
        let conn = &mut *self.0.reader().acquire().await?;
        let mut rows = Vec::new();
        if needs.is_empty() {
            rows = part(conn, project, filter, &Part::All, cursor, wanted).await?;
        } else {
            let before = [filter.to, cursor.map(|c| c.at().saturating_add(1))].into_iter().flatten().min();
            let mut search = Search::new(project, needs, filter.from, before, None);
            while rows.len() < wanted
                && let Some(spans) = search.next(conn, wanted - rows.len()).await?
            {
                let mut spans = spans.as_slice();
                while rows.len() < wanted
                    && let Some((of, rest)) = Part::first_of(spans, wanted - rows.len())
                {
                    rows.extend(part(conn, project, filter, &of, cursor, wanted - rows.len()).await?);
                    spans = rest;
                }
            }
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(cursor_of);
        Ok(Page { rows, next })
    }

    /// Rows that ended after a moment, for a live tail: the newest `limit` of them, by their start. Only times are read to
    /// which rows were added since; a row that was late in getting here is among them, so one may come twice.
    pub async fn ended_after(
        &self,
        project: &ProjectId,
        filter: &RequestFilter,
        after: i64,
        limit: u32,
    ) -> Result<Vec<RequestRow>> {
        let limit = limit as usize;
        let after = after.saturating_sub(LATE_US);
        let from = after.saturating_sub(LONGEST_US);
        let from = filter.from.map_or(from, |asked| asked.max(from));
        let mut search = Search::new(project, filter.needs(), Some(from), filter.to, Some(after));
        let filter = RequestFilter { from: Some(from), ..filter.clone() };
        let conn = &mut *self.0.reader().acquire().await?;
        let mut rows = Vec::new();
        while let Some(spans) = search.next(conn, MAX_PAGE as usize).await? {
            let mut spans = spans.as_slice();
            while let Some((of, rest)) = Part::first_of(spans, MAX_MOMENTS) {
                let mut cursor = None;
                loop {
                    let found = part(conn, project, &filter, &of, cursor.as_ref(), MAX_PAGE as usize).await?;
                    cursor = found.last().filter(|_| found.len() == MAX_PAGE as usize).map(cursor_of);
                    rows.extend(found.into_iter().filter(|row| row.started_at + row.duration_us > after));
                    if rows.len() >= limit {
                        rows.truncate(limit);
                        return Ok(rows);
                    }
                    if cursor.is_none() {
                        break;
                    }
                }
                spans = rest;
            }
        }
        Ok(rows)
    }
}

/// The newest rows of a part of the log.
async fn part(
    conn: &mut AnyConnection,
    project: &ProjectId,
    filter: &RequestFilter,
    of: &Part,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<RequestRow>> {
    let mut select = Select::new("SELECT * FROM requests");
    select.equal_text("project_id", Some(project.as_str()));
    let to = filter.to.map(|to| to.saturating_sub(1));
    let (first, last) = match of {
        Part::All => (filter.from, to),
        Part::Span(span) => {
            (filter.from.max(Some(span.first)), Some(to.map_or(span.last, |to| to.min(span.last))))
        }
        Part::Moments(moments) => {
            select.one_of("started_at", moments);
            (None, moments.first().copied())
        }
    };
    select.at_least("started_at", first);
    // One bound on each side: given two, Postgres may begin to read at the looser one. So what lies wholly after the
    // cursor's place is read without it.
    let cursor = cursor.filter(|cursor| last.is_none_or(|last| cursor.at() <= last));
    // The place orders moments and ids together, of which Postgres keeps no statistics: without its moment alone
    // beside it, the time counts as open, and for a rare word the whole table would be read.
    if let Some(last) = cursor.map(Cursor::at).or(last) {
        select.at_most("started_at", last);
    }
    match filter.status {
        None => {}
        Some(StatusFilter::Error) => select.fixed("(status >= 400 OR error_code IS NOT NULL)"),
        Some(StatusFilter::Ok) => select.fixed("status < 400 AND error_code IS NULL"),
        Some(StatusFilter::Exactly(status)) => select.equal_int("status", Some(i64::from(status))),
        Some(StatusFilter::Class(hundreds)) => {
            select.at_least("status", Some(i64::from(hundreds) * 100));
            select.less_than("status", Some(i64::from(hundreds) * 100 + 100));
        }
    }
    select.equal_int("fallback", filter.fallback.map(i64::from));
    select.equal_text("error_code", filter.error_code.as_deref());
    select.equal_text("route", filter.route.as_deref());
    select.equal_text("served_by", filter.served_by.as_deref());
    select.equal_text("key_id", filter.key.as_ref().map(ProjectKeyId::as_str));
    select.equal_int("test", filter.test.map(i64::from));
    select.equal_text("app_version", filter.app_version.as_deref());
    select.equal_text("platform", filter.platform.as_deref());
    select.equal_text("end_user", filter.end_user.as_deref());
    select.any_text(&WORDS.map(|(_, column)| column), filter.word.as_deref());
    select.newest_first("started_at", cursor, limit);
    select.fetch_all(conn).await?.iter().map(read).collect()
}

/// What of the log is read at once.
enum Part {
    All,
    Span(Span),
    /// Newest first.
    Moments(Vec<i64>),
}

/// Moments of one read.
const MAX_MOMENTS: usize = 256;

impl Part {
    /// The first of the spans: one by itself, or as many single moments as rows are wanted. And the rest.
    fn first_of(spans: &[Span], wanted: usize) -> Option<(Self, &[Span])> {
        let moments = spans.iter().take(wanted.min(MAX_MOMENTS)).take_while(|span| span.is_moment()).count();
        if moments == 0 {
            let (span, rest) = spans.split_first()?;
            return Some((Self::Span(*span), rest));
        }
        let (moments, rest) = spans.split_at(moments);
        Some((Self::Moments(moments.iter().map(|span| span.last).collect()), rest))
    }
}

fn cursor_of(row: &RequestRow) -> Cursor {
    Cursor::new(row.started_at, &row.id.to_string())
}

/// How far a row's start may be from its id's moment: they are taken together, but a clock that is set back leaves the
/// maker of ids ahead for as long. The second is only tried for a row that is not found.
const SLACKS_US: [i64; 2] = [1_000_000, 3_600_000_000];

/// Where [`RequestFilter::word`] is looked for.
const WORDS: [(Kind, &str); 5] = [
    (Kind::Route, "route"),
    (Kind::ServedBy, "served_by"),
    (Kind::ErrorCode, "error_code"),
    (Kind::EndUser, "end_user"),
    (Kind::AppVersion, "app_version"),
];

impl RequestFilter {
    /// What a row must have to fit; a filter by time alone has none.
    fn needs(&self) -> Needs {
        let texts = [
            (Kind::Route, self.route.as_deref()),
            (Kind::ServedBy, self.served_by.as_deref()),
            (Kind::Key, self.key.as_ref().map(ProjectKeyId::as_str)),
            (Kind::AppVersion, self.app_version.as_deref()),
            (Kind::Platform, self.platform.as_deref()),
            (Kind::EndUser, self.end_user.as_deref()),
            (Kind::ErrorCode, self.error_code.as_deref()),
        ];
        let word = |(kind, text): (Kind, &str)| {
            let at = TEXTS.iter().position(|text| *text == kind);
            at.map(|at| (at, Word::text(kind, text)))
        };
        let any = self.word.iter().flat_map(|word| WORDS.map(|(kind, _)| (kind, word.as_str())));
        Needs {
            all: texts.into_iter().filter_map(|(kind, text)| word((kind, text?))).collect(),
            any: any.filter_map(word).collect(),
            status: self.status,
            fallback: self.fallback,
            test: self.test,
        }
    }
}
