//! The audit log: who changed what, when, from what to what. Rows are written in the transaction of their change and
//! never changed. Before and after are made from row types that hold no secret, so there is nothing to redact.

use maig_core::id::ProjectId;
use serde_json::Value;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use crate::change::{Actor, ActorKind};
use crate::clock::new_id;
use crate::error::Result;
use crate::page::{Cursor, Page, Select};
use crate::row::{Read, json_text};
use crate::store::Store;

#[derive(Clone, Debug, PartialEq)]
pub struct AuditRow {
    pub id: String,
    /// Microseconds since 1970.
    pub at: i64,
    pub actor: Actor,
    pub project_id: Option<ProjectId>,
    /// `route.save`, `project.suspend`, …
    pub action: String,
    /// `route`, `project`, `provider_key`, `project_key`, `user`, …
    pub object_kind: String,
    pub object_id: String,
    pub object_name: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What to list; `None` leaves a thing open.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub id: Option<String>,
    pub project: Option<ProjectId>,
    pub object_kind: Option<String>,
    pub object_id: Option<String>,
    pub actor_id: Option<String>,
    /// Who, as people read it.
    pub actor_label: Option<String>,
    pub action: Option<String>,
    pub object_name: Option<String>,
    /// From this moment on.
    pub from: Option<i64>,
    /// Before this moment.
    pub to: Option<i64>,
}

/// One thing that was done, without who and when.
pub(crate) struct Entry<'a> {
    pub(crate) project: Option<&'a ProjectId>,
    pub(crate) action: &'static str,
    pub(crate) object_kind: &'static str,
    pub(crate) object_id: &'a str,
    pub(crate) object_name: &'a str,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// Reads of the audit log; writes come with the changes.
pub struct Audit<'a>(&'a Store);

impl Store {
    pub fn audit(&self) -> Audit<'_> {
        Audit(self)
    }
}

impl Audit<'_> {
    /// Newest first.
    pub async fn list(
        &self,
        filter: &AuditFilter,
        cursor: Option<&Cursor>,
        limit: u32,
    ) -> Result<Page<AuditRow>> {
        let mut select = Select::new("SELECT * FROM audit");
        select.equal_text("id", filter.id.as_deref());
        select.equal_text("project_id", filter.project.as_ref().map(ProjectId::as_str));
        select.equal_text("object_kind", filter.object_kind.as_deref());
        select.equal_text("object_id", filter.object_id.as_deref());
        select.equal_text("actor_id", filter.actor_id.as_deref());
        select.equal_text("actor_label", filter.actor_label.as_deref());
        select.equal_text("action", filter.action.as_deref());
        select.equal_text("object_name", filter.object_name.as_deref());
        select.at_least("at", filter.from);
        select.less_than("at", filter.to);
        select.page(self.0.reader(), "at", cursor, limit, read, |row| Cursor::new(row.at, &row.id)).await
    }
}

pub(crate) async fn insert(conn: &mut AnyConnection, actor: &Actor, at: i64, entry: Entry<'_>) -> Result<()> {
    let text = |value: Option<Value>| value.as_ref().map(json_text).transpose();
    sqlx::query(
        "INSERT INTO audit (id, at, actor_kind, actor_id, actor_label, actor_ip, project_id, action, object_kind, \
         object_id, object_name, before_json, after_json) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    )
    .bind(new_id())
    .bind(at)
    .bind(actor.kind.as_str())
    .bind(actor.id.as_deref())
    .bind(&actor.label)
    .bind(actor.ip.as_deref())
    .bind(entry.project.map(ProjectId::as_str))
    .bind(entry.action)
    .bind(entry.object_kind)
    .bind(entry.object_id)
    .bind(entry.object_name)
    .bind(text(entry.before)?)
    .bind(text(entry.after)?)
    .execute(conn)
    .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<AuditRow> {
    let value = |column: &str| -> Result<Option<Value>> {
        row.text_or_null(column)?.is_some().then(|| row.json(column)).transpose()
    };
    Ok(AuditRow {
        id: row.text("id")?,
        at: row.int("at")?,
        actor: Actor {
            kind: row.word("actor_kind", ActorKind::parse)?,
            id: row.text_or_null("actor_id")?,
            label: row.text("actor_label")?,
            ip: row.text_or_null("actor_ip")?,
        },
        project_id: row.text_or_null("project_id")?.map(ProjectId::from),
        action: row.text("action")?,
        object_kind: row.text("object_kind")?,
        object_id: row.text("object_id")?,
        object_name: row.text("object_name")?,
        before: value("before_json")?,
        after: value("after_json")?,
    })
}
