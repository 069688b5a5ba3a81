//! What stands in for an index a filter: for every few hundred rows one block, which has the time that they span, a Bloom
//! filter of the words that filters ask for, the shapes of its rows and the moment of each. An index of its own for each
//! word would touch a page a row; a block costs some bytes a row. A search reads the blocks and then only those rows that
//! seem to fit.
//!
//! It must never forget a row: a block is written in the transaction that writes its rows.

use std::collections::BTreeMap;

use sqlx::AnyConnection;

use super::places::{Place, from_texts, to_texts};
use super::row::RequestRow;
use super::shape::{RowWords, Shape, add_row, user_of, words_of};
use super::words::Words;
use crate::clock::new_id;
use crate::error::Result;
use crate::row::Read;

/// Rows of one block at most.
const ROWS: usize = 256;
/// From so many rows on a batch is a block of its own; fewer join the rows of an earlier batch.
const ENOUGH: usize = 192;

/// Some rows of one project.
struct Block {
    first_at: i64,
    last_at: i64,
    rows: usize,
    words: Words,
    /// `None`: those of some rows are not known.
    places: Option<Vec<Place>>,
}

impl Block {
    /// `None`: of no rows. They are in the order of their start.
    fn of(rows: &[&RequestRow]) -> Option<Self> {
        let (first, last) = (rows.first()?, rows.last()?);
        let (mut words, mut places) = (Words::new(), Vec::with_capacity(ROWS));
        let mut before: Option<(&RequestRow, RowWords)> = None;
        for row in rows {
            let of_row = words_of(row, before.as_ref().map(|(row, words)| (*row, words)));
            add_row(&mut words, row, &of_row, before.as_ref().map(|(_, words)| words));
            places.push(Place { shape: Shape::of(row, &of_row), at: row.started_at, user: user_of(&of_row) });
            before = Some((row, of_row));
        }
        let (first_at, last_at) = (first.started_at, last.started_at);
        Some(Self { first_at, last_at, rows: rows.len(), words, places: Some(places) })
    }

    fn join(&mut self, earlier: Self) {
        self.first_at = self.first_at.min(earlier.first_at);
        self.last_at = self.last_at.max(earlier.last_at);
        self.rows += earlier.rows;
        self.words.merge(&earlier.words);
        self.places = self.places.take().zip(earlier.places).map(|(mut mine, theirs)| {
            mine.extend(theirs);
            mine
        });
    }
}

/// Tells of rows that were just written. By project in order, so that two instances cannot wait for each other.
pub(super) async fn add_to_blocks<'a>(
    conn: &mut AnyConnection,
    rows: impl Iterator<Item = &'a RequestRow>,
) -> Result<()> {
    let mut projects: BTreeMap<&str, Vec<&RequestRow>> = BTreeMap::new();
    for row in rows {
        projects.entry(row.project_id.as_str()).or_default().push(row);
    }
    for (project, mut rows) in projects {
        // Rows that began long before the others of their batch then widen one block's time and not each one's.
        rows.sort_by_key(|row| row.started_at);
        for some in rows.chunks(ROWS) {
            add_block(conn, project, some).await?;
        }
    }
    Ok(())
}

async fn add_block(conn: &mut AnyConnection, project: &str, rows: &[&RequestRow]) -> Result<()> {
    let Some(mut block) = Block::of(rows) else { return Ok(()) };
    if rows.len() < ENOUGH
        && let Some(earlier) = take_unfilled(conn, project, ROWS - rows.len()).await?
    {
        block.join(earlier);
    }
    let (shapes, places) =
        block.places.map(|mut places| to_texts(&mut places, block.first_at)).unwrap_or_default();
    sqlx::query(
        "INSERT INTO request_blocks (project_id, last_at, id, first_at, row_count, words, shapes, places) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(project)
    .bind(block.last_at)
    .bind(new_id())
    .bind(block.first_at)
    .bind(i64::try_from(block.rows).unwrap_or(i64::MAX))
    .bind(block.words.to_text())
    .bind(shapes)
    .bind(places)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes away one of the latest blocks that has room for `room` rows less than it may have. Another instance that wants
/// the same one waits for our commit, finds it gone, and makes its own.
async fn take_unfilled(conn: &mut AnyConnection, project: &str, room: usize) -> Result<Option<Block>> {
    // A block of an earlier release has no shapes: what joined it would be found no faster than it.
    let found = sqlx::query(
        "DELETE FROM request_blocks WHERE project_id = $1 AND (last_at, id) = (SELECT last_at, id FROM (SELECT last_at, \
         id, row_count, shapes FROM request_blocks WHERE project_id = $2 ORDER BY last_at DESC LIMIT 8) AS latest \
         WHERE row_count <= $3 AND shapes <> '' ORDER BY row_count DESC LIMIT 1) \
         RETURNING first_at, last_at, row_count, words, shapes, places",
    )
    .bind(project)
    .bind(project)
    .bind(i64::try_from(room).unwrap_or(0))
    .fetch_optional(conn)
    .await?;
    let Some(row) = found else { return Ok(None) };
    let first_at = row.int("first_at")?;
    let rows = usize::try_from(row.int("row_count")?).unwrap_or(0);
    let places = from_texts(&row.text("shapes")?, &row.text("places")?, first_at);
    Ok(Some(Block {
        first_at,
        last_at: row.int("last_at")?,
        rows,
        // Words that cannot be read are all that there could be.
        words: Words::from_text(&row.text("words")?).unwrap_or_else(Words::everything),
        places: places.filter(|places| places.len() == rows),
    }))
}
