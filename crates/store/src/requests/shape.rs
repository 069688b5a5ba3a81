//! What filters can ask of a row, in some characters: its shape. Rows of one app have few shapes, so a block can list its
//! own, and a search sees in it what a Bloom filter cannot say: whether one row has all that is asked for.
//!
//! It must never refuse a row that fits. Databases keep what is computed here, so it is the same in every release.

use super::list::StatusFilter;
use super::row::RequestRow;
use super::words::{Kind, Word, Words, ZERO};

/// The texts that filters ask for. A shape has all but the last: of users there are too many.
pub(super) const TEXTS: [Kind; 7] = [
    Kind::Route,
    Kind::ServedBy,
    Kind::Key,
    Kind::AppVersion,
    Kind::Platform,
    Kind::ErrorCode,
    Kind::EndUser,
];
const IN_SHAPE: usize = TEXTS.len() - 1;
/// A number below 4,096 is two characters.
const STATUS_AT: usize = 2 * IN_SHAPE;
const FACTS_AT: usize = STATUS_AT + 2;
pub(super) const SHAPE_CHARS: usize = FACTS_AT + 1;
/// Of a status that is larger than what two characters hold.
const LARGE: u16 = 4095;
const FAILED: u8 = 1;
const FALLBACK: u8 = 2;
const TEST: u8 = 4;

/// A row's texts as words, in the order of [`TEXTS`].
pub(super) type RowWords = [Option<Word>; TEXTS.len()];

/// `before`: another row and its words; most rows of a batch have most texts in common.
pub(super) fn words_of(row: &RequestRow, before: Option<(&RequestRow, &RowWords)>) -> RowWords {
    let (mine, theirs) = (texts(row), before.map(|(row, words)| (texts(row), words)));
    std::array::from_fn(|at| match theirs {
        Some((theirs, words)) if theirs[at] == mine[at] => words[at],
        _ => mine[at].map(|text| Word::text(TEXTS[at], text)),
    })
}

fn texts(row: &RequestRow) -> [Option<&str>; TEXTS.len()] {
    [
        Some(&*row.route),
        row.served_by.as_deref(),
        row.key_id.as_ref().map(|id| id.as_str()),
        row.app_version.as_deref(),
        row.platform.as_deref(),
        row.error_code.as_deref(),
        row.end_user.as_deref(),
    ]
}

/// A user's word in two characters; of no user, one that no user has.
pub(super) fn user_of(words: &RowWords) -> u16 {
    words[IN_SHAPE].map_or(0, Word::short)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Shape([u8; SHAPE_CHARS]);

impl Shape {
    pub(super) fn of(row: &RequestRow, words: &RowWords) -> Self {
        let mut chars = [ZERO; SHAPE_CHARS];
        for (at, word) in words[..IN_SHAPE].iter().enumerate() {
            chars[2 * at..2 * at + 2].copy_from_slice(&two_chars(word.map_or(0, Word::short)));
        }
        chars[STATUS_AT..FACTS_AT].copy_from_slice(&two_chars(row.status.min(LARGE)));
        let facts = [(FAILED, row.is_error()), (FALLBACK, row.fallback), (TEST, row.test)];
        chars[FACTS_AT] += facts.into_iter().filter(|(_, so)| *so).map(|(bit, _)| bit).sum::<u8>();
        Self(chars)
    }

    /// `None`: not written by this program.
    pub(super) fn from_chars(chars: [u8; SHAPE_CHARS]) -> Option<Self> {
        chars.iter().all(|char| (ZERO..ZERO + 64).contains(char)).then_some(Self(chars))
    }

    pub(super) fn chars(&self) -> &[u8; SHAPE_CHARS] {
        &self.0
    }

    fn text(&self, at: usize) -> u16 {
        number([self.0[2 * at], self.0[2 * at + 1]])
    }

    fn status(&self) -> u16 {
        number([self.0[STATUS_AT], self.0[STATUS_AT + 1]])
    }

    fn is(&self, fact: u8) -> bool {
        (self.0[FACTS_AT] - ZERO) & fact != 0
    }
}

/// Of a number below 4,096.
pub(super) fn two_chars(number: u16) -> [u8; 2] {
    [number >> 6, number].map(|six| ZERO + (six & 63) as u8)
}

/// Of two characters that [`two_chars`] may have made; any others give some number.
pub(super) fn number(chars: [u8; 2]) -> u16 {
    let [high, low] = chars.map(|char| u16::from(char.wrapping_sub(ZERO)));
    high << 6 | low
}

/// What a row must have.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    /// Each with its place in [`TEXTS`].
    pub(super) all: Vec<(usize, Word)>,
    /// One of these, unless there is none.
    pub(super) any: Vec<(usize, Word)>,
    pub(super) status: Option<StatusFilter>,
    pub(super) fallback: Option<bool>,
    pub(super) test: Option<bool>,
}

impl Needs {
    pub(super) fn is_empty(&self) -> bool {
        let Self { all, any, status, fallback, test } = self;
        all.is_empty() && any.is_empty() && status.is_none() && fallback.is_none() && test.is_none()
    }

    /// Whether a user is asked for, whom only a block's words tell.
    pub(super) fn ask_for_user(&self) -> bool {
        self.all.iter().chain(&self.any).any(|(at, _)| *at == IN_SHAPE)
    }

    /// Whether rows with these words may have what is needed. `with_pairs`: of a block that has shapes.
    pub(super) fn may_be_in(&self, block: &Words, with_pairs: bool) -> bool {
        let status = match self.status {
            None | Some(StatusFilter::Ok | StatusFilter::Error) => None,
            Some(StatusFilter::Exactly(status)) => Some(Word::number(Kind::Status, status)),
            Some(StatusFilter::Class(hundreds)) => Some(Word::number(Kind::Class, hundreds)),
        };
        let facts = self.facts();
        let has = |&(at, word): &(usize, Word)| {
            let with = |fact: &Kind| block.may_have(word.with(*fact));
            block.may_have(word) && (!with_pairs || at != IN_SHAPE || facts.iter().flatten().all(with))
        };
        status.is_none_or(|word| block.may_have(word))
            && facts.iter().flatten().all(|fact| block.may_have(Word::fact(*fact)))
            && self.all.iter().all(has)
            && (self.any.is_empty() || self.any.iter().any(has))
    }

    /// What must be so of a row.
    fn facts(&self) -> [Option<Kind>; 3] {
        let failed = match self.status {
            None | Some(StatusFilter::Ok) => false,
            Some(StatusFilter::Error) => true,
            Some(StatusFilter::Exactly(status)) => status >= 400,
            Some(StatusFilter::Class(hundreds)) => hundreds >= 4,
        };
        [
            failed.then_some(Kind::Failed),
            (self.fallback == Some(true)).then_some(Kind::Fallback),
            (self.test == Some(true)).then_some(Kind::Test),
        ]
    }

    /// Whether a row of this shape and user may have it; `None` is any user.
    pub(super) fn fit(&self, shape: &Shape, user: Option<u16>) -> bool {
        let has = |&(at, word): &(usize, Word)| match at {
            IN_SHAPE => user.is_none_or(|user| user == word.short()),
            _ => shape.text(at) == word.short(),
        };
        let status = match self.status {
            None => true,
            Some(StatusFilter::Ok) => !shape.is(FAILED),
            Some(StatusFilter::Error) => shape.is(FAILED),
            Some(StatusFilter::Exactly(status)) => shape.status() == status.min(LARGE),
            Some(StatusFilter::Class(hundreds)) => {
                shape.status() / 100 == hundreds || shape.status() == LARGE
            }
        };
        status
            && self.fallback.is_none_or(|so| so == shape.is(FALLBACK))
            && self.test.is_none_or(|so| so == shape.is(TEST))
            && self.all.iter().all(has)
            && (self.any.is_empty() || self.any.iter().any(has))
    }
}

/// Adds what filters ask for of a row. `before`: the words of the row that was added before this one.
pub(super) fn add_row(to: &mut Words, row: &RequestRow, words: &RowWords, before: Option<&RowWords>) {
    to.add(Word::number(Kind::Status, row.status));
    to.add(Word::number(Kind::Class, row.status / 100));
    for (at, word) in words.iter().enumerate() {
        if let Some(word) = word.filter(|_| before.is_none_or(|before| before[at] != *word)) {
            to.add(word);
        }
    }
    let facts = [(Kind::Failed, row.is_error()), (Kind::Fallback, row.fallback), (Kind::Test, row.test)];
    for (fact, _) in facts.into_iter().filter(|(_, so)| *so) {
        to.add(Word::fact(fact));
        // Of somebody who asks much, many blocks have requests, and few such ones.
        words[IN_SHAPE].into_iter().for_each(|user| to.add(user.with(fact)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(user: &str, status: u16) -> RequestRow {
        RequestRow {
            route: "chat".into(),
            end_user: Some(user.into()),
            status,
            app_version: Some("2.4.0".into()),
            ..RequestRow::default()
        }
    }

    fn need(kind: Kind, text: &str) -> (usize, Word) {
        (TEXTS.iter().position(|known| *known == kind).unwrap(), Word::text(kind, text))
    }

    #[test]
    fn a_shape_never_changes_because_databases_keep_it() {
        let row = row("anna", 429);
        let shape = Shape::of(&row, &words_of(&row, None));
        assert_eq!(std::str::from_utf8(shape.chars()).unwrap(), PINNED);
        assert_eq!(Shape::from_chars(*shape.chars()), Some(shape));
        assert_eq!(Shape::from_chars([b' '; SHAPE_CHARS]), None);
    }

    const PINNED: &str = "^G0000hY00006]1";

    #[test]
    fn words_are_the_same_with_and_without_a_row_before() {
        let (one, other) = (row("anna", 200), row("ben", 200));
        let words = words_of(&one, None);
        assert_eq!(words_of(&other, Some((&one, &words))), words_of(&other, None));
    }

    #[test]
    fn a_shape_fits_what_its_row_has_and_not_what_it_has_not() {
        let row = row("anna", 429);
        let words = words_of(&row, None);
        let (shape, user) = (Shape::of(&row, &words), Some(user_of(&words)));
        let none = Needs::default;
        let route = |name| need(Kind::Route, name);
        for (needs, fits) in [
            (none(), true),
            (Needs { all: vec![route("chat"), need(Kind::AppVersion, "2.4.0")], ..none() }, true),
            (Needs { all: vec![route("chat"), need(Kind::AppVersion, "2.5.0")], ..none() }, false),
            (Needs { all: vec![need(Kind::ErrorCode, "2.4.0")], ..none() }, false),
            (Needs { all: vec![need(Kind::EndUser, "anna")], ..none() }, true),
            (Needs { all: vec![need(Kind::EndUser, "ben")], ..none() }, false),
            (Needs { any: vec![route("anna"), need(Kind::EndUser, "anna")], ..none() }, true),
            (Needs { any: vec![route("ben"), need(Kind::EndUser, "ben")], ..none() }, false),
            (Needs { status: Some(StatusFilter::Error), ..none() }, true),
            (Needs { status: Some(StatusFilter::Ok), ..none() }, false),
            (Needs { status: Some(StatusFilter::Exactly(429)), ..none() }, true),
            (Needs { status: Some(StatusFilter::Exactly(400)), ..none() }, false),
            (Needs { status: Some(StatusFilter::Class(4)), ..none() }, true),
            (Needs { status: Some(StatusFilter::Class(5)), ..none() }, false),
            (Needs { fallback: Some(false), test: Some(false), ..none() }, true),
            (Needs { fallback: Some(true), ..none() }, false),
            (Needs { test: Some(true), ..none() }, false),
        ] {
            assert_eq!(needs.fit(&shape, user), fits, "{needs:?}");
        }
    }

    #[test]
    fn a_users_failures_are_not_in_a_block_where_only_others_failed() {
        let mut block = Words::new();
        for row in [row("anna", 200), row("ben", 502)] {
            add_row(&mut block, &row, &words_of(&row, None), None);
        }
        let failed = |user| Needs {
            all: vec![need(Kind::EndUser, user)],
            status: Some(StatusFilter::Error),
            ..Needs::default()
        };
        assert!(failed("ben").may_be_in(&block, true));
        assert!(!failed("anna").may_be_in(&block, true));
        assert!(failed("anna").may_be_in(&block, false), "earlier releases kept no pairs");
    }
}
