//! The words of some rows as a Bloom filter: what filters ask for is surely not there, or maybe.
//!
//! It must never forget a word. Databases keep what is computed here, so it is the same in every release.

/// Six bits each. Of words that are not in a block of 256 users, one in some hundreds is taken to be there: reading those
/// rows in vain costs less than reading larger blocks.
const CHARS: usize = 683;
const BITS: u64 = CHARS as u64 * 6;
const PROBES: u64 = 4;
/// Added to six bits, which makes each a visible ASCII character.
pub(super) const ZERO: u8 = b'0';

/// Something that a filter may ask for, as a number that is the same in every release: databases keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word(u64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// This word in a row of which that is so too.
    pub(super) fn with(self, fact: Kind) -> Self {
        // A byte that no text has keeps it apart from a longer text.
        Self(fnv(fnv(self.0, 0xff), fact as u8))
    }

    /// Twelve bits of it, never zero.
    pub(super) fn short(self) -> u16 {
        u16::try_from((self.mixed() >> 40) % 4095).unwrap_or(0) + 1
    }

    /// FNV's low bits are weak in short texts, so its product is folded over.
    fn mixed(self) -> u64 {
        (self.0 ^ self.0 >> 32).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn bits(self) -> impl Iterator<Item = (usize, u8)> {
        let mixed = self.mixed();
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
    pub(super) fn new() -> Self {
        Self(vec![ZERO; CHARS])
    }

    /// `None`: not written by this program. Such a block must count as one that may hold anything.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        (bytes.len() == CHARS && bytes.iter().all(|b| (ZERO..ZERO + 64).contains(b)))
            .then(|| Self(bytes.to_vec()))
    }

    pub(super) fn to_text(&self) -> String {
        self.0.iter().map(|&b| char::from(b)).collect()
    }

    pub(super) fn add(&mut self, word: Word) {
        for (at, bit) in word.bits() {
            self.0[at] = ((self.0[at] - ZERO) | bit) + ZERO;
        }
    }

    pub(super) fn everything() -> Self {
        Self(vec![ZERO + 63; CHARS])
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine = ((*mine - ZERO) | (theirs - ZERO)) + ZERO;
        }
    }

    pub(super) fn may_have(&self, word: Word) -> bool {
        word.bits().all(|(at, bit)| (self.0[at] - ZERO) & bit != 0)
    }
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
        let read = Words::from_text(&some.to_text()).unwrap();
        for n in 0..256 {
            assert!(read.may_have(word(n)), "{n}");
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
        assert_eq!(Word::text(Kind::Route, "production-chat").short(), 3749);
    }

    const PINNED: [(usize, u8); 4] = [(104, 4), (55, 32), (7, 4), (641, 32)];

    #[test]
    fn a_text_that_this_program_did_not_write_is_no_filter() {
        for text in ["", "x", &"~".repeat(CHARS), &"é".repeat(CHARS / 2)] {
            assert_eq!(Words::from_text(text), None, "{text:.9}");
        }
        assert!(Words::from_text(&Words::everything().to_text()).is_some());
    }
}
