//! Which moments may hold what a filter asks for: reads the blocks, newest first, then the places of those that may have
//! it, and hands out spans of time that do not overlap, so that rows that are read span by span are in order. Most spans
//! are the moment of one row.

use std::cmp::Reverse;
use std::collections::{HashMap, VecDeque};

use maig_core::id::ProjectId;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::places::{expected, moments};
use super::shape::Needs;
use super::words::Words;
use crate::clock::made_at;
use crate::error::{Result, StoreError};
use crate::page::{Cursor, Select};
use crate::row::Read;

/// Blocks of the first read: a filter that many rows fit is answered by it. Each further one reads as many as seem to be
/// needed by what was found until then, and not more than so many times what was read.
const FIRST_READ: usize = 8;
const GROWTH: usize = 16;
/// Its text is small enough for memory to be used again.
const LARGEST_READ: usize = 512;
/// Blocks whose places are read at once.
const PLACES_READ: usize = 256;

/// From the first moment to the last, both counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: i64,
    pub(super) last: i64,
}

impl Span {
    pub(super) fn is_moment(&self) -> bool {
        self.first == self.last
    }
}

pub(super) struct Search<'a> {
    project: &'a ProjectId,
    needs: Needs,
    from: Option<i64>,
    before: Option<i64>,
    /// Only blocks that were written at this moment or later.
    written_from: Option<i64>,
    /// Blocks that were read, and the rows of them that seem to fit.
    seen: usize,
    seem: usize,
    after: Option<Cursor>,
    finished: bool,
    /// Blocks that may have what is needed and whose places are not read yet, newest first.
    hits: VecDeque<Block>,
    /// What was found and is not handed out, because what is not read yet may reach into it.
    waiting: Vec<Span>,
}

struct Block {
    span: Span,
    id: Uuid,
    /// Rows that seem to fit; `None`: it does not tell.
    expected: Option<usize>,
}

impl Block {
    fn seem(&self) -> usize {
        self.expected.unwrap_or(1)
    }
}

impl<'a> Search<'a> {
    /// Rows from `from` on and before `before` that have what is needed.
    pub(super) fn new(
        project: &'a ProjectId,
        needs: Needs,
        from: Option<i64>,
        before: Option<i64>,
        written_from: Option<i64>,
    ) -> Self {
        let (seen, seem, after, finished) = (0, 0, None, false);
        let (hits, waiting) = (VecDeque::new(), Vec::new());
        Self { project, needs, from, before, written_from, seen, seem, after, finished, hits, waiting }
    }

    /// The next spans, newest first, for about so many rows as are wanted; `None` at the end.
    pub(super) async fn next(
        &mut self,
        conn: &mut AnyConnection,
        wanted: usize,
    ) -> Result<Option<Vec<Span>>> {
        loop {
            let seem: usize = self.hits.iter().map(Block::seem).sum();
            if !self.finished && seem < wanted {
                self.read_blocks(conn, wanted - seem).await?;
            }
            self.read_places(conn, wanted).await?;
            // Blocks come by their last moment: what is after that of the next one, no further block can reach.
            let unread = self.hits.front().map(|hit| hit.span.last);
            let floor = unread.or_else(|| self.after.as_ref().filter(|_| !self.finished).map(Cursor::at));
            let (ready, waiting) = cut(unite(std::mem::take(&mut self.waiting)), floor);
            self.waiting = waiting;
            if !ready.is_empty() {
                return Ok(Some(ready));
            }
            if floor.is_none() {
                return Ok(None);
            }
        }
    }

    /// All that is read is three texts: a row of a database's answer costs more than some hundred bytes of one.
    async fn read_blocks(&mut self, conn: &mut AnyConnection, missing: usize) -> Result<()> {
        let needed = match self.seem {
            0 => LARGEST_READ,
            seem => FIRST_READ + missing * self.seen / seem * 5 / 4,
        };
        let read = needed.min(self.seen * GROWTH).clamp(FIRST_READ, LARGEST_READ);
        // Shapes say more than words, except of users.
        let mut select = Select::new(if self.needs.ask_for_user() {
            "SELECT concat_ws(' ', last_at, id, first_at) AS head, words, shapes FROM request_blocks"
        } else {
            "SELECT concat_ws(' ', last_at, id, first_at) AS head, CASE WHEN shapes = '' THEN words ELSE '' END AS words, \
             shapes FROM request_blocks"
        });
        select.equal_text("project_id", Some(self.project.as_str()));
        select.at_least("last_at", self.from);
        select.less_than("first_at", self.before);
        select.newest_first("last_at", self.after.as_ref(), read);
        select.within(
            "SELECT string_agg(head, ' ') AS heads, string_agg(words, ' ') AS words, string_agg(shapes, ' ') AS shapes \
             FROM (",
            ") AS newest",
        );
        let found = select.fetch_all(&mut *conn).await?;
        let mut blocks = Vec::with_capacity(read);
        if let Some(row) = found.first()
            && let Some(heads) = row.str_or_null("heads")?
        {
            let mut heads = heads.split(' ');
            let (mut words, mut shapes) = (row.str("words")?.split(' '), row.str("shapes")?.split(' '));
            while let Some(last_at) = heads.next() {
                let block = self.block(last_at, &mut heads, words.next(), shapes.next());
                blocks.push(block.ok_or_else(|| StoreError::Corrupt {
                    what: "a block of the request log".into(),
                    why: "it has not the fields of one".into(),
                })?);
            }
        }
        // In which order the database put them together is not promised, only that it is one.
        blocks.sort_unstable_by_key(|(block, _)| Reverse((block.span.last, block.id)));
        self.finished = blocks.len() < read;
        self.after = blocks.last().map(|(block, _)| Cursor::new(block.span.last, &block.id.to_string()));
        self.seen += blocks.len();
        let hits = blocks.into_iter().filter(|(_, hit)| *hit).map(|(block, _)| block);
        hits.for_each(|hit| {
            self.seem += hit.seem();
            self.hits.push_back(hit);
        });
        Ok(())
    }

    /// A block, and whether it may have what is needed.
    fn block<'t>(
        &self,
        last_at: &str,
        head: &mut impl Iterator<Item = &'t str>,
        words: Option<&str>,
        shapes: Option<&str>,
    ) -> Option<(Block, bool)> {
        let (id, first_at, words, shapes) = (head.next()?, head.next()?, words?, shapes?);
        let id = Uuid::try_parse(id).ok()?;
        let span = Span { first: first_at.parse().ok()?, last: last_at.parse().ok()? };
        // A block gets a new id, which tells the moment, whenever rows are added to it.
        let old = self.written_from.is_some_and(|from| made_at(id).is_some_and(|made| made < from));
        let expected = expected(shapes, &self.needs);
        let hit = !old
            && expected != Some(0)
            && Words::from_text(words).is_none_or(|words| self.needs.may_be_in(&words, expected.is_some()));
        Some((Block { span, id, expected }, hit))
    }

    /// Of so many blocks as seem to have the rows that are wanted.
    async fn read_places(&mut self, conn: &mut AnyConnection, wanted: usize) -> Result<()> {
        let mut seem = 0;
        let mut asked = Vec::new();
        while seem < wanted
            && asked.len() < PLACES_READ
            && let Some(hit) = self.hits.pop_front()
        {
            seem += hit.seem();
            // Without needs every row fits.
            if hit.expected.is_none() || self.needs.is_empty() {
                self.waiting.push(hit.span);
            } else {
                asked.push(hit);
            }
        }
        if asked.is_empty() {
            return Ok(());
        }
        let moments: Vec<_> = asked.iter().map(|hit| hit.span.last).collect();
        // A user's words were looked at before.
        let mut select = Select::new(if self.needs.ask_for_user() {
            "SELECT id, '' AS words, shapes, places FROM request_blocks"
        } else {
            "SELECT id, words, shapes, places FROM request_blocks"
        });
        select.equal_text("project_id", Some(self.project.as_str()));
        select.one_of("last_at", &moments);
        let rows = select.fetch_all(&mut *conn).await?;
        let mut found = HashMap::with_capacity(asked.len());
        for row in &rows {
            found.insert(row.word("id", |id| Uuid::try_parse(id).ok())?, row);
        }
        for hit in asked {
            // A block that is gone was joined to a newer one: its rows are where they were.
            let spans =
                found.get(&hit.id).map(|row| self.moments(row, hit.span.first)).transpose()?.flatten();
            let spans = spans.unwrap_or_else(|| vec![hit.span]);
            let (from, before) = (self.from.unwrap_or(i64::MIN), self.before.unwrap_or(i64::MAX));
            self.waiting.extend(spans.into_iter().filter(|span| span.last >= from && span.first < before));
        }
        Ok(())
    }

    /// Where a block has rows that seem to fit; `None`: its places cannot be read.
    fn moments(&self, block: &AnyRow, first_at: i64) -> Result<Option<Vec<Span>>> {
        if Words::from_text(block.str("words")?).is_some_and(|words| !self.needs.may_be_in(&words, true)) {
            return Ok(Some(Vec::new()));
        }
        Ok(moments(block.str("shapes")?, block.str("places")?, first_at, &self.needs))
    }
}

/// The same moments without overlaps, newest first. What only touches stays apart: rows of one moment are read at once.
fn unite(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_by_key(|span| Reverse(span.last));
    let mut apart: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match apart.last_mut() {
            Some(newer) if newer.first <= span.last => newer.first = newer.first.min(span.first),
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
            (&[(1, 4), (4, 9)], &[(1, 9)]),
            (&[(7, 7), (8, 8)], &[(8, 8), (7, 7)]),
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
