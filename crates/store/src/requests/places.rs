//! Where the rows of a block are: the moment of each, with its shape and its user. Two texts of the database's: `shapes`,
//! the block's shapes, each with how many rows have it, which tells whether it is worth to read on; and `places`, moment
//! and user of every row, in the order of those shapes.
//!
//! What is read must be what was written, or nothing: a search that took a wrong moment for a row's would miss it.

use super::search::Span;
use super::shape::{Needs, SHAPE_CHARS, Shape, number, two_chars};
use super::words::ZERO;

/// A shape and how many rows have it, less one.
const ENTRY: usize = SHAPE_CHARS + 2;
const USER: usize = 2;

/// One row. Ordered as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) shape: Shape,
    pub(super) at: i64,
    pub(super) user: u16,
}

/// The two texts of rows of which none was before `first_at`.
pub(super) fn to_texts(places: &mut [Place], first_at: i64) -> (String, String) {
    places.sort_unstable();
    let since = |place: &Place| place.at.wrapping_sub(first_at).cast_unsigned();
    let longest = places.iter().map(since).max().unwrap_or(0);
    let width = (64 - longest.leading_zeros()).div_ceil(6).max(1) as usize;
    let mut shapes = Vec::with_capacity(16 * ENTRY);
    let mut rows = Vec::with_capacity(1 + places.len() * (width + USER));
    rows.push(ZERO + width as u8);
    for same in places.chunk_by(|a, b| a.shape == b.shape) {
        shapes.extend(same[0].shape.chars());
        shapes.extend(two_chars(u16::try_from(same.len() - 1).unwrap_or(u16::MAX)));
        for place in same {
            let since = since(place);
            rows.extend((0..width).rev().map(|six| ZERO + (since >> (6 * six) & 63) as u8));
            rows.extend(two_chars(place.user));
        }
    }
    // All of it is ASCII.
    (String::from_utf8(shapes).unwrap_or_default(), String::from_utf8(rows).unwrap_or_default())
}

fn shapes(text: &str) -> Option<impl Iterator<Item = Option<(Shape, usize)>>> {
    let (entries, rest) = text.as_bytes().as_chunks::<ENTRY>();
    (rest.is_empty() && !entries.is_empty()).then(|| {
        entries.iter().map(|entry| {
            let (shape, count) = entry.split_first_chunk::<SHAPE_CHARS>()?;
            Some((Shape::from_chars(*shape)?, usize::from(number(*count.first_chunk()?)) + 1))
        })
    })
}

/// How many rows of a block with these `shapes` seem to have what is needed; of a block that may have some, at least one.
/// `None`: it has no shapes, as one of an earlier release.
pub(super) fn expected(text: &str, needs: &Needs) -> Option<usize> {
    let (mut surely, mut maybe) = (0, 0);
    for entry in shapes(text)? {
        let (shape, count) = entry?;
        if needs.fit(&shape, None) {
            maybe = 1;
            if needs.fit(&shape, Some(0)) {
                surely += count;
            }
        }
    }
    Some(maybe.max(surely))
}

/// Every row of a block; `None`: it has no places, or such as cannot be read.
pub(super) fn from_texts(shapes: &str, places: &str, first_at: i64) -> Option<Vec<Place>> {
    let mut all = Vec::new();
    read_texts(shapes, places, first_at, |_| true, |place| all.push(place))?;
    Some(all)
}

/// The moments of those rows of a block that seem to have what is needed, as spans of one moment.
pub(super) fn moments(shapes: &str, places: &str, first_at: i64, needs: &Needs) -> Option<Vec<Span>> {
    let mut moments = Vec::new();
    let take = |place: Place| {
        if needs.fit(&place.shape, Some(place.user)) {
            moments.push(Span { first: place.at, last: place.at });
        }
    };
    read_texts(shapes, places, first_at, |shape| needs.fit(shape, None), take)?;
    Some(moments)
}

/// Takes each row of the shapes that are wanted. `None`: some cannot be read.
fn read_texts(
    shape_text: &str,
    places: &str,
    first_at: i64,
    wanted: impl Fn(&Shape) -> bool,
    mut take: impl FnMut(Place),
) -> Option<()> {
    let (&width, mut places) = places.as_bytes().split_first()?;
    let width = usize::from(width.checked_sub(ZERO)?);
    for entry in shapes(shape_text)? {
        let (shape, count) = entry?;
        let (mine, rest) = places.split_at_checked(count * (width + USER))?;
        places = rest;
        if !wanted(&shape) {
            continue;
        }
        for place in mine.chunks_exact(width + USER) {
            let (since, user) = place.split_at(width);
            let since = since.iter().try_fold(0u64, |sum, &char| {
                let six = char.wrapping_sub(ZERO);
                (six < 64).then(|| sum << 6 | u64::from(six))
            })?;
            let at = first_at.wrapping_add(since.cast_signed());
            take(Place { shape, at, user: number(*user.first_chunk()?) });
        }
    }
    places.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::requests::row::RequestRow;
    use crate::requests::shape::words_of;

    fn place(route: &str, at: i64, user: u16) -> Place {
        let row = RequestRow { route: route.into(), ..RequestRow::default() };
        Place { shape: Shape::of(&row, &words_of(&row, None)), at, user }
    }

    #[test]
    fn places_survive_their_texts_however_far_apart_they_are() {
        for (first_at, last_at) in [(0, 0), (7, 8), (-5, 1_760_000_000_000_000), (i64::MIN, i64::MAX)] {
            let mut given: Vec<_> =
                (0..100).map(|n| place(["a", "b", "c"][n % 3], first_at, n as u16 * 40)).collect();
            given.push(place("b", last_at, 4095));
            let (shapes, places) = to_texts(&mut given, first_at);
            assert_eq!(shapes.len(), 3 * ENTRY);
            assert_eq!(from_texts(&shapes, &places, first_at), Some(given));
        }
    }

    #[test]
    fn texts_that_this_program_did_not_write_are_no_places() {
        let mut given = [place("a", 5, 1), place("b", 9, 2)];
        let (shapes, places) = to_texts(&mut given, 5);
        for (shapes, places) in [
            ("", &*places),
            (&*shapes, ""),
            (&shapes[1..], &places),
            (&shapes[..ENTRY], &places),
            (&shapes, &places[..places.len() - 1]),
            (&shapes, &places.replacen(|_| true, " ", 2)),
            (&"é".repeat(ENTRY), &places),
        ] {
            assert_eq!(from_texts(shapes, places, 5), None, "{shapes:?} {places:?}");
        }
        assert_eq!(expected("", &Needs::default()), None);
        assert_eq!(expected(&shapes, &Needs::default()), Some(2));
    }
}
