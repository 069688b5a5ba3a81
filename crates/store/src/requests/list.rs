//! Reading the request log: one by id, or a page of those that fit a filter, newest first. Rows lie in the order of their
//! start; a filter that only few rows fit reads the times that `search` finds and nothing else.

use maig_core::id::{ProjectId, ProjectKeyId};

use super::Requests;
use super::blocks::{Kind, Needs, Word};
use super::id::RequestId;
use super::row::{RequestRow, read};
use super::search::{Search, Span};
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
        let needs = filter.needs();
        if needs.is_empty() {
            return self.part(project, filter, None, cursor, limit).await;
        }
        let limit = limit.clamp(1, MAX_PAGE);
        let before = [filter.to, cursor.map(|c| c.at().saturating_add(1))].into_iter().flatten().min();
        let mut search = Search::new(self.0.reader(), project, needs, filter.from, before, None);
        let mut rows = Vec::new();
        while let Some(spans) = search.next().await? {
            for span in spans {
                let room = limit - u32::try_from(rows.len()).unwrap_or(limit);
                // A full page still asks whether one more row follows.
                let found = self.part(project, filter, Some(span), cursor, room.max(1)).await?;
                let more = found.next.is_some() || (room == 0 && !found.rows.is_empty());
                if room > 0 {
                    rows.extend(found.rows);
                }
                if more {
                    let next = rows.last().map(cursor_of);
                    return Ok(Page { rows, next });
                }
            }
        }
        Ok(Page { rows, next: None })
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
        let after = after.saturating_sub(LATE_US);
        let from = after.saturating_sub(LONGEST_US);
        let from = filter.from.map_or(from, |asked| asked.max(from));
        let mut search =
            Search::new(self.0.reader(), project, filter.needs(), Some(from), filter.to, Some(after));
        let mut rows = Vec::new();
        while let Some(spans) = search.next().await? {
            for span in spans {
                let mut cursor = None;
                loop {
                    let found = self.part(project, filter, Some(span), cursor.as_ref(), MAX_PAGE).await?;
                    rows.extend(
                        found.rows.into_iter().filter(|row| row.started_at + row.duration_us > after),
                    );
                    if rows.len() >= limit as usize {
                        rows.truncate(limit as usize);
                        return Ok(rows);
                    }
                    cursor = found.next;
                    if cursor.is_none() {
                        break;
                    }
                }
            }
        }
        Ok(rows)
    }

    /// The rows of one span, or of all time.
    async fn part(
        &self,
        project: &ProjectId,
        filter: &RequestFilter,
        span: Option<Span>,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<RequestRow>> {
        let mut select = Select::new("SELECT * FROM requests");
        select.equal_text("project_id", Some(project.as_str()));
        let first = [filter.from, span.map(|span| span.first)].into_iter().flatten().max();
        select.at_least("started_at", first);
        // One bound on each side: given two, Postgres may begin to read at the looser one. So what lies wholly after the
        // cursor's place is read without it.
        let last = [filter.to.map(|to| to.saturating_sub(1)), span.map(|span| span.last)];
        let last = last.into_iter().flatten().min();
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
        select.page(self.0.reader(), "started_at", cursor, limit, read, cursor_of).await
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
    /// What a row must have to fit; a filter by what it must not have, or by time alone, has none.
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
        let mut words: Vec<_> =
            texts.into_iter().filter_map(|(kind, text)| Some(Word::text(kind, text?))).collect();
        match self.status {
            None | Some(StatusFilter::Ok) => {}
            Some(StatusFilter::Error) => words.push(Word::fact(Kind::Failed)),
            Some(StatusFilter::Exactly(status)) => words.push(Word::number(Kind::Status, status)),
            Some(StatusFilter::Class(hundreds)) => words.push(Word::number(Kind::Class, hundreds)),
        }
        if self.fallback == Some(true) {
            words.push(Word::fact(Kind::Fallback));
        }
        if self.test == Some(true) {
            words.push(Word::fact(Kind::Test));
        }
        let any = self.word.iter().flat_map(|word| WORDS.map(|(kind, _)| Word::text(kind, word)));
        Needs { all: words, any: any.collect() }
    }
}
