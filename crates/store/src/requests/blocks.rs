//! What stands in for an index a filter: for every few hundred rows one block, which has the time that they span and a
//! Bloom filter of the words that filters ask for. An index of its own for each word would touch a page a row; a block
//! costs three bytes a row. A search reads the blocks and then only the times of those that may hold its words.
//!
//! It must never forget a word of a row: a block is written in the transaction that writes its rows.

use std::collections::BTreeMap;

use sqlx::AnyConnection;

use super::row::RequestRow;
use crate::clock::new_id;
use crate::error::Result;
use crate::row::Read;

/// Rows of one block at most.
const ROWS: usize = 256;
/// From so many rows on a batch is a block of its own; fewer join the rows of an earlier batch.
const ENOUGH: usize = 192;
/// Six bits each. Of words that are not in a block of 256 users, one in some hundreds is taken to be there: reading those
/// rows in vain costs less than reading larger blocks.
const CHARS: usize = 683;
const BITS: u64 = CHARS as u64 * 6;
const PROBES: u64 = 4;
/// Added to six bits, which makes each a visible ASCII character.
const ZERO: u8 = b'0';

/// Something that a filter may ask for, as a number that is the same in every release: databases keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(u64);

#[derive(Clone, Copy)]
pub(super) enum Kind {
    Route = 1,
    ServedBy = 2,
    Key = 3,
    AppVersion = 4,
    Platform = 5,
    EndUser = 6,
    ErrorCode = 7,
    Status = 8,
    /// The app got an error.
    Failed = 9,
    Fallback = 10,
    Test = 11,
    /// The status's hundreds.
    Class = 12,
}

impl Word {
    pub(super) fn text(kind: Kind, text: &str) -> Self {
        Self(text.bytes().fold(start(kind), fnv))
    }

    pub(super) fn number(kind: Kind, number: u16) -> Self {
        Self(number.to_le_bytes().into_iter().fold(start(kind), fnv))
    }

    /// Something that is so or not so; the word is there if it is.
    pub(super) fn fact(kind: Kind) -> Self {
        Self(start(kind))
    }

    fn bits(self) -> impl Iterator<Item = (usize, u8)> {
        // FNV's low bits are weak in short texts, so its product is folded over.
        let mixed = (self.0 ^ self.0 >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let (first, step) = (mixed >> 32, mixed & 0xffff_ffff | 1);
        (0..PROBES).map(move |n| {
            let bit = (first + n * step) % BITS;
            (usize::try_from(bit / 6).unwrap_or(0), 1 << (bit % 6))
        })
    }
}

fn start(kind: Kind) -> u64 {
    fnv(0xcbf2_9ce4_8422_2325, kind as u8)
}

fn fnv(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
}

/// The words of some rows: surely not there, or maybe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words(Vec<u8>);

impl Words {
    fn new() -> Self {
        Self(vec![ZERO; CHARS])
    }

    /// `None`: not written by this program. Such a block must count as one that may hold anything.
    fn from_text(text: String) -> Option<Self> {
        let bytes = text.into_bytes();
        (bytes.len() == CHARS && bytes.iter().all(|b| (ZERO..ZERO + 64).contains(b))).then_some(Self(bytes))
    }

    fn to_text(&self) -> String {
        self.0.iter().map(|&b| char::from(b)).collect()
    }

    fn add(&mut self, word: Word) {
        for (at, bit) in word.bits() {
            self.0[at] = ((self.0[at] - ZERO) | bit) + ZERO;
        }
    }

    /// `before`: the row that was added before this one; most have most words in common.
    fn add_row(&mut self, row: &RequestRow, before: Option<&RequestRow>) {
        self.add(Word::number(Kind::Status, row.status));
        self.add(Word::number(Kind::Class, row.status / 100));
        for (at, (kind, text)) in texts(row).into_iter().enumerate() {
            let known = before.is_some_and(|before| texts(before)[at].1 == text);
            if let Some(text) = text.filter(|_| !known) {
                self.add(Word::text(kind, text));
            }
        }
        let facts = [(Kind::Failed, row.is_error()), (Kind::Fallback, row.fallback), (Kind::Test, row.test)];
        for (kind, so) in facts {
            if so {
                self.add(Word::fact(kind));
            }
        }
    }

    fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = ((*mine - ZERO) | (theirs - ZERO)) + ZERO;
        }
    }

    fn may_have(&self, word: Word) -> bool {
        word.bits().all(|(at, bit)| (self.0[at] - ZERO) & bit != 0)
    }
}

/// The words of a row that are texts.
fn texts(row: &RequestRow) -> [(Kind, Option<&str>); 7] {
    [
        (Kind::Route, Some(&*row.route)),
        (Kind::ServedBy, row.served_by.as_deref()),
        (Kind::Key, row.key_id.as_ref().map(|id| id.as_str())),
        (Kind::AppVersion, row.app_version.as_deref()),
        (Kind::Platform, row.platform.as_deref()),
        (Kind::EndUser, row.end_user.as_deref()),
        (Kind::ErrorCode, row.error_code.as_deref()),
    ]
}

/// What a row must have.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    pub(super) all: Vec<Word>,
    /// One of these, unless there is none.
    pub(super) any: Vec<Word>,
}

impl Needs {
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty() && self.any.is_empty()
    }

    /// Whether rows of a block with these `words` (the column's text) may have what is needed.
    pub(super) fn may_be_in(&self, words: String) -> bool {
        Words::from_text(words).is_none_or(|block| {
            self.all.iter().all(|&word| block.may_have(word))
                && (self.any.is_empty() || self.any.iter().any(|&word| block.may_have(word)))
        })
    }
}

/// The times and words of some rows of one project.
struct Block {
    first_at: i64,
    last_at: i64,
    rows: usize,
    words: Words,
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
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(()) };
    let mut block =
        Block { first_at: first.started_at, last_at: last.started_at, rows: rows.len(), words: Words::new() };
    let befores = std::iter::once(None).chain(rows.iter().map(Some));
    rows.iter().zip(befores).for_each(|(row, before)| block.words.add_row(row, before.copied()));
    if rows.len() < ENOUGH
        && let Some(earlier) = take_unfilled(conn, project, ROWS - rows.len()).await?
    {
        block.first_at = block.first_at.min(earlier.first_at);
        block.last_at = block.last_at.max(earlier.last_at);
        block.rows += earlier.rows;
        block.words.merge(&earlier.words);
    }
    sqlx::query(
        "INSERT INTO request_blocks (project_id, last_at, id, first_at, row_count, words) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(project)
    .bind(block.last_at)
    .bind(new_id())
    .bind(block.first_at)
    .bind(i64::try_from(block.rows).unwrap_or(i64::MAX))
    .bind(block.words.to_text())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes away one of the latest blocks that has room for `room` rows less than it may have. Another instance that wants
/// the same one waits for our commit, finds it gone, and makes its own.
async fn take_unfilled(conn: &mut AnyConnection, project: &str, room: usize) -> Result<Option<Block>> {
    let found = sqlx::query(
        "DELETE FROM request_blocks WHERE project_id = $1 AND (last_at, id) = (SELECT last_at, id FROM \
         (SELECT last_at, id, row_count FROM request_blocks WHERE project_id = $2 ORDER BY last_at DESC LIMIT 8) AS latest \
         WHERE row_count <= $3 ORDER BY row_count DESC LIMIT 1) RETURNING first_at, last_at, row_count, words",
    )
    .bind(project)
    .bind(project)
    .bind(i64::try_from(room).unwrap_or(0))
    .fetch_optional(conn)
    .await?;
    let Some(row) = found else { return Ok(None) };
    Ok(Some(Block {
        first_at: row.int("first_at")?,
        last_at: row.int("last_at")?,
        rows: usize::try_from(row.int("row_count")?).unwrap_or(0),
        // Words that cannot be read are all that there could be.
        words: Words::from_text(row.text("words")?).unwrap_or_else(|| Words(vec![ZERO + 63; CHARS])),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_was_added_is_found_also_after_merging_and_as_text() {
        let word = |n: u32| Word::text(Kind::EndUser, &format!("user-{n}"));
        let (mut some, mut others) = (Words::new(), Words::new());
        (0..128).for_each(|n| some.add(word(n)));
        (128..256).for_each(|n| others.add(word(n)));
        some.merge(&others);
        for n in 0..256 {
            let all = Needs { all: vec![word(n), word(255 - n)], ..Needs::default() };
            assert!(all.may_be_in(some.to_text()), "{n}");
            let any = Needs { any: vec![Word::fact(Kind::Test), word(n)], ..Needs::default() };
            assert!(any.may_be_in(some.to_text()), "{n}");
        }
    }

    #[test]
    fn few_words_that_were_not_added_are_taken_for_there() {
        let mut block = Words::new();
        (0..256).for_each(|n| block.add(Word::text(Kind::EndUser, &format!("user-{n}"))));
        let wrong = (256..20_256).filter(|n| block.may_have(Word::text(Kind::EndUser, &format!("user-{n}"))));
        let wrong = wrong.count();
        assert!(wrong < 120, "{wrong} of 20,000");
        assert!(!block.may_have(Word::text(Kind::Route, "user-7")), "another kind is another word");
    }

    #[test]
    fn a_words_number_never_changes_because_databases_keep_it() {
        assert_eq!(Word::text(Kind::Route, "production-chat").bits().collect::<Vec<_>>(), PINNED);
    }

    const PINNED: [(usize, u8); 4] = [(104, 4), (55, 32), (7, 4), (641, 32)];

    #[test]
    fn a_text_that_is_no_block_may_hold_anything() {
        let needs = || Needs { all: vec![Word::fact(Kind::Test)], ..Needs::default() };
        for text in ["", "x", &"~".repeat(CHARS), &"é".repeat(CHARS / 2)] {
            assert!(needs().may_be_in(text.into()), "{text:.9}");
        }
        assert!(!needs().may_be_in(Words::new().to_text()));
        let either = Needs { any: needs().all, ..Needs::default() };
        assert!(!either.may_be_in(Words::new().to_text()));
    }
}
