//! Reading the request log: one by id, or a page of those that fit a filter, newest first.

use maig_core::id::{ProjectId, ProjectKeyId, RequestId};

use super::Requests;
use super::row::{RequestRow, read};
use crate::error::Result;
use crate::page::{Cursor, Page, Select};

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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusFilter {
    /// Below 400.
    Ok,
    /// 400 and more.
    Error,
    Exactly(u16),
}

impl Requests<'_> {
    pub async fn get(&self, project: &ProjectId, id: &RequestId) -> Result<Option<RequestRow>> {
        let row = sqlx::query("SELECT * FROM requests WHERE id = $1 AND project_id = $2")
            .bind(id.as_str())
            .bind(project.as_str())
            .fetch_optional(self.0.reader())
            .await?;
        row.as_ref().map(read).transpose()
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
        let mut select = Select::new("SELECT * FROM requests");
        select.equal_text("project_id", Some(project.as_str()));
        select.at_least("started_at", filter.from);
        select.less_than("started_at", filter.to);
        match filter.status {
            None => {}
            // Spelled like the condition of the partial index, which serves it.
            Some(StatusFilter::Error) => select.fixed("status >= 400"),
            Some(StatusFilter::Ok) => select.fixed("status < 400"),
            Some(StatusFilter::Exactly(status)) => {
                if status >= 400 {
                    select.fixed("status >= 400");
                }
                select.equal_int("status", Some(i64::from(status)));
            }
        }
        match filter.fallback {
            None => {}
            Some(true) => select.fixed("fallback = 1"),
            Some(false) => select.fixed("fallback = 0"),
        }
        select.equal_text("error_code", filter.error_code.as_deref());
        select.equal_text("route", filter.route.as_deref());
        select.equal_text("served_by", filter.served_by.as_deref());
        select.equal_text("key_id", filter.key.as_ref().map(ProjectKeyId::as_str));
        select.equal_int("test", filter.test.map(i64::from));
        select.equal_text("app_version", filter.app_version.as_deref());
        select.equal_text("platform", filter.platform.as_deref());
        select.equal_text("end_user", filter.end_user.as_deref());
        let cursor_of = |row: &RequestRow| Cursor::new(row.started_at, row.id.as_str());
        select.page(self.0.reader(), "started_at", cursor, limit, read, cursor_of).await
    }
}
