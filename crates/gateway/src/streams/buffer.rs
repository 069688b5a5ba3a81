//! The events of one stream that are held. They are numbered from 1 in the order they came; the oldest can be let go,
//! and a reader who then asks for one of them must be told. It decides nothing: `held` says when to let go.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

/// What an event costs besides its bytes: its handle, and what the allocator keeps for itself.
const OVERHEAD: usize = 96;

#[derive(Default)]
pub(super) struct Buffer {
    events: VecDeque<Bytes>,
    /// The number of the last event that is no longer held.
    let_go: u64,
    size: usize,
}

/// Why a stream cannot go on after a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OutOfReach {
    LetGo,
    NeverSent,
}

impl Buffer {
    pub(super) fn push(&mut self, event: Bytes) {
        self.size += event.len() + OVERHEAD;
        self.events.push_back(event);
    }

    /// The number of the newest event; 0 before the first.
    pub(super) fn last(&self) -> u64 {
        self.let_go + self.events.len() as u64
    }

    /// Bytes in memory.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// Whether everything after `number` is held.
    pub(super) fn reaches(&self, number: u64) -> Result<(), OutOfReach> {
        match number {
            n if n < self.let_go => Err(OutOfReach::LetGo),
            n if n > self.last() => Err(OutOfReach::NeverSent),
            _ => Ok(()),
        }
    }

    /// What follows `number`: one event, and as many more as fit into `most` bytes with it; and the number of the last
    /// of them.
    pub(super) fn after(&self, number: u64, most: usize) -> Option<(Bytes, u64)> {
        let skip = usize::try_from(number.checked_sub(self.let_go)?).ok()?;
        let first = self.events.get(skip)?;
        let (mut count, mut length) = (1, first.len());
        for event in self.events.iter().skip(skip + 1) {
            if length + event.len() > most {
                break;
            }
            count += 1;
            length += event.len();
        }
        if count == 1 {
            return Some((first.clone(), number + 1));
        }
        let mut joined = BytesMut::with_capacity(length);
        self.events.iter().skip(skip).take(count).for_each(|event| joined.extend_from_slice(event));
        Some((joined.freeze(), number + count as u64))
    }

    /// Lets the oldest events go, none after `number`, until no more than `goal` bytes are left.
    pub(super) fn shrink(&mut self, goal: usize, number: u64) {
        while self.size > goal && self.let_go < number {
            let Some(event) = self.events.pop_front() else { return };
            self.let_go += 1;
            self.size -= event.len() + OVERHEAD;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events `1`, `2`, … of a byte each.
    fn filled(count: u64) -> Buffer {
        let mut buffer = Buffer::default();
        (1..=count).for_each(|n| buffer.push(Bytes::from(n.to_string())));
        buffer
    }

    #[test]
    fn what_follows_a_number_comes_whole_and_in_order() {
        let buffer = filled(5);
        let check = |number, most, expect: Option<(&str, u64)>| {
            let got = buffer.after(number, most);
            assert_eq!(
                got.as_ref().map(|(b, n)| (&b[..], *n)),
                expect.map(|(b, n)| (b.as_bytes(), n)),
                "{number}"
            );
        };
        check(0, 1, Some(("1", 1)));
        check(0, 3, Some(("123", 3)));
        check(3, 100, Some(("45", 5)));
        // An event that is larger than all that may be given comes alone.
        check(4, 0, Some(("5", 5)));
        check(5, 100, None);
        check(6, 100, None);
    }

    #[test]
    fn the_oldest_are_let_go_and_are_out_of_reach_then() {
        let mut buffer = filled(5);
        let each = 1 + OVERHEAD;
        assert_eq!(buffer.size(), 5 * each);
        buffer.shrink(3 * each, 1);
        assert_eq!(buffer.size(), 4 * each, "none after 1");
        buffer.shrink(3 * each, 5);
        assert_eq!((buffer.size(), buffer.last()), (3 * each, 5));
        assert_eq!(buffer.reaches(1), Err(OutOfReach::LetGo));
        assert_eq!(buffer.reaches(2), Ok(()));
        assert_eq!(buffer.reaches(5), Ok(()));
        assert_eq!(buffer.reaches(6), Err(OutOfReach::NeverSent));
        assert_eq!(buffer.after(1, 9), None);
        assert_eq!(buffer.after(2, 9).unwrap().1, 5);
        buffer.shrink(0, 5);
        assert_eq!((buffer.size(), buffer.last()), (0, 5));
    }
}
