//! Which times may hold what a filter asks for: reads the blocks, newest first, and hands out spans of time that do not
//! overlap, so that rows that are read span by span are in order.

use maig_core::id::ProjectId;
use sqlx::Pool;
use sqlx::any::Any;
use uuid::Uuid;

use super::blocks::Needs;
use crate::clock::made_at;
use crate::error::Result;
use crate::page::{Cursor, Page, Select};
use crate::row::Read;

/// Blocks of the first read: a filter that most rows fit is answered by it. Each further one reads more.
const FIRST_READ: u32 = 8;
const LARGEST_READ: u32 = 1000;

/// From the first moment to the last, both counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: i64,
    pub(super) last: i64,
}

pub(super) struct Search<'a> {
    pool: &'a Pool<Any>,
    project: &'a ProjectId,
    needs: Needs,
    from: Option<i64>,
    before: Option<i64>,
    /// Only blocks that were written at this moment or later.
    written_from: Option<i64>,
    read: u32,
    after: Option<Cursor>,
    finished: bool,
    /// What was found and is not handed out, because blocks that are not read yet may reach into it.
    waiting: Vec<Span>,
}

struct BlockRow {
    span: Span,
    id: Uuid,
    hit: bool,
}

impl<'a> Search<'a> {
    /// Rows from `from` on and before `before` that have what is needed.
    pub(super) fn new(
        pool: &'a Pool<Any>,
        project: &'a ProjectId,
        needs: Needs,
        from: Option<i64>,
        before: Option<i64>,
        written_from: Option<i64>,
    ) -> Self {
        let (read, after, finished, waiting) = (FIRST_READ, None, false, Vec::new());
        Self { pool, project, needs, from, before, written_from, read, after, finished, waiting }
    }

    /// The next spans, newest first; `None` at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Span>>> {
        if self.finished {
            return Ok(None);
        }
        let page = self.blocks().await?;
        self.waiting.extend(page.rows.iter().filter(|b| b.hit).map(|b| b.span));
        // Blocks come by their last moment: what is after this one's, no later block can reach.
        let floor = match (&page.next, page.rows.last()) {
            (Some(_), Some(block)) => Some(block.span.last),
            _ => None,
        };
        self.finished = floor.is_none();
        self.after = page.next;
        self.read = (self.read * 4).min(LARGEST_READ);
        let (ready, waiting) = cut(unite(std::mem::take(&mut self.waiting)), floor);
        self.waiting = waiting;
        Ok(Some(ready))
    }

    async fn blocks(&self) -> Result<Page<BlockRow>> {
        let mut select = Select::new("SELECT last_at, id, first_at, words FROM request_blocks");
        select.equal_text("project_id", Some(self.project.as_str()));
        select.at_least("last_at", self.from);
        select.less_than("first_at", self.before);
        let read = |row: &sqlx::any::AnyRow| {
            let id = row.word("id", |id| Uuid::try_parse(id).ok())?;
            // A block gets a new id, which tells the moment, whenever rows are added to it.
            let old = self.written_from.is_some_and(|from| made_at(id).is_some_and(|made| made < from));
            Ok(BlockRow {
                span: Span { first: row.int("first_at")?, last: row.int("last_at")? },
                hit: !old && self.needs.may_be_in(row.text("words")?),
                id,
            })
        };
        let cursor_of = |block: &BlockRow| Cursor::new(block.span.last, &block.id.to_string());
        select.page(self.pool, "last_at", self.after.as_ref(), self.read, read, cursor_of).await
    }
}

/// The same moments without overlaps, newest first.
fn unite(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| std::cmp::Reverse(span.last));
    let mut apart: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match apart.last_mut() {
            Some(newer) if newer.first <= span.last.saturating_add(1) => {
                newer.first = newer.first.min(span.first)
            }
            _ => apart.push(span),
        }
    }
    apart
}

/// What is after `floor`, and the rest.
fn cut(spans: Vec<Span>, floor: Option<i64>) -> (Vec<Span>, Vec<Span>) {
    let Some(floor) = floor else { return (spans, Vec::new()) };
    let (mut after, mut rest) = (Vec::new(), Vec::new());
    for span in spans {
        if span.last > floor {
            after.push(Span { first: span.first.max(floor + 1), last: span.last });
        }
        if span.first <= floor {
            rest.push(Span { first: span.first, last: span.last.min(floor) });
        }
    }
    (after, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(of: &[(i64, i64)]) -> Vec<Span> {
        of.iter().map(|&(first, last)| Span { first, last }).collect()
    }

    #[test]
    fn united_spans_cover_the_same_moments_once_newest_first() {
        for (given, united) in [
            (&[][..], &[][..]),
            (&[(1, 2), (5, 9)], &[(5, 9), (1, 2)]),
            (&[(1, 4), (5, 9)], &[(1, 9)]),
            (&[(1, 9), (3, 4), (8, 12)], &[(1, 12)]),
            (&[(7, 7), (7, 7)], &[(7, 7)]),
            (&[(i64::MIN, i64::MAX), (3, 4)], &[(i64::MIN, i64::MAX)]),
        ] {
            assert_eq!(unite(spans(given)), spans(united), "{given:?}");
        }
    }

    #[test]
    fn a_cut_loses_no_moment() {
        for (floor, after, rest) in [
            (Some(6), &[(7, 9)][..], &[(5, 6), (1, 2)][..]),
            (Some(9), &[], &[(5, 9), (1, 2)]),
            (Some(0), &[(5, 9), (1, 2)], &[]),
            (None, &[(5, 9), (1, 2)], &[]),
        ] {
            assert_eq!(cut(spans(&[(5, 9), (1, 2)]), floor), (spans(after), spans(rest)), "{floor:?}");
        }
    }
}
