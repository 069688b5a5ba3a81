//! The bounds of what is held: streams and bytes, of one project key and of the process. One key gets at most half, so
//! that no app can take every other app's place. It counts and says what is full; it must never wait.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maig_core::id::ProjectKeyId;
use maig_core::time::Tick;

use super::lock;

/// Held streams of the process: each has a provider's connection and a task.
const MOST_STREAMS: usize = 16 * 1024;
/// How often the log says that room is short.
const SAY_EVERY: Duration = Duration::from_secs(60);

/// The process's room.
pub(super) struct Room {
    memory: usize,
    all: Used,
    keys: Mutex<HashMap<ProjectKeyId, Arc<Used>>>,
    said: Mutex<Option<Tick>>,
}

/// How much more may be held, from much to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Left {
    Enough,
    /// Less than a quarter.
    Little,
    Nothing,
}

/// What held streams use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InUse {
    pub streams: usize,
    pub bytes: usize,
}

#[derive(Default)]
struct Used {
    streams: AtomicUsize,
    bytes: AtomicUsize,
}

impl Room {
    pub(super) fn new(memory: usize) -> Arc<Self> {
        Arc::new(Self { memory, all: Used::default(), keys: Mutex::default(), said: Mutex::default() })
    }

    /// A place for one more stream of this key, if there is one.
    pub(super) fn take(self: &Arc<Self>, key: &ProjectKeyId) -> Option<Place> {
        let mut keys = lock(&self.keys);
        let used = keys.get(key).map(Arc::clone).unwrap_or_default();
        let free = self.all.streams.load(Ordering::Relaxed) < MOST_STREAMS
            && used.streams.load(Ordering::Relaxed) < MOST_STREAMS / 2
            && self.left(&used) != Left::Nothing;
        if !free {
            return None;
        }
        self.all.streams.fetch_add(1, Ordering::Relaxed);
        used.streams.fetch_add(1, Ordering::Relaxed);
        keys.insert(key.clone(), Arc::clone(&used));
        Some(Place { room: Arc::clone(self), key: key.clone(), used, bytes: 0 })
    }

    fn left(&self, used: &Used) -> Left {
        let of_all = |bytes: usize| match (bytes, self.memory) {
            (bytes, memory) if bytes >= memory => Left::Nothing,
            (bytes, memory) if bytes >= memory / 4 * 3 => Left::Little,
            _ => Left::Enough,
        };
        let of_key = used.bytes.load(Ordering::Relaxed).saturating_mul(2);
        of_all(self.all.bytes.load(Ordering::Relaxed)).max(of_all(of_key))
    }

    /// Tells the operator that room is short; not more than once a minute, since it is short for many at a time.
    pub(super) fn say_full(&self, now: Tick, what: &'static str) {
        let mut said = lock(&self.said);
        if said.is_some_and(|at| now.since(at) < SAY_EVERY) {
            return;
        }
        *said = Some(now);
        drop(said);
        let used = self.used();
        tracing::warn!(
            what,
            streams = used.streams,
            bytes = used.bytes,
            "the buffers of resumable streams are full; MAIG_STREAM_MEMORY sets their size"
        );
    }

    pub(super) fn used(&self) -> InUse {
        InUse {
            streams: self.all.streams.load(Ordering::Relaxed),
            bytes: self.all.bytes.load(Ordering::Relaxed),
        }
    }
}

/// One stream's place. Dropped, it gives back everything that the stream used.
pub(super) struct Place {
    pub(super) room: Arc<Room>,
    key: ProjectKeyId,
    used: Arc<Used>,
    bytes: usize,
}

impl Place {
    /// What is left of the key's bytes, or of the process's if that is less.
    pub(super) fn left(&self) -> Left {
        self.room.left(&self.used)
    }

    /// Says how many bytes the stream holds now.
    pub(super) fn hold(&mut self, bytes: usize) {
        for count in [&self.room.all.bytes, &self.used.bytes] {
            if bytes >= self.bytes {
                count.fetch_add(bytes - self.bytes, Ordering::Relaxed);
            } else {
                count.fetch_sub(self.bytes - bytes, Ordering::Relaxed);
            }
        }
        self.bytes = bytes;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.hold(0);
        let mut keys = lock(&self.room.keys);
        self.room.all.streams.fetch_sub(1, Ordering::Relaxed);
        if self.used.streams.fetch_sub(1, Ordering::Relaxed) == 1 {
            keys.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_gets_half_of_the_memory_and_gives_all_of_it_back() {
        let room = Room::new(1000);
        let (one, other) = (ProjectKeyId::from("one"), ProjectKeyId::from("other"));
        let mut first = room.take(&one).unwrap();
        for (bytes, left) in [(374, Left::Enough), (375, Left::Little), (499, Left::Little)] {
            first.hold(bytes);
            assert_eq!(first.left(), left, "{bytes}");
            assert!(room.take(&one).is_some());
        }
        first.hold(500);
        assert!(first.left() == Left::Nothing && room.take(&one).is_none());
        let mut second = room.take(&other).unwrap();
        assert_eq!(second.left(), Left::Enough);
        second.hold(500);
        assert_eq!(second.left(), Left::Nothing);
        first.hold(100);
        assert_eq!((first.left(), second.left()), (Left::Enough, Left::Nothing), "each by its own half");
        drop((first, second));
        assert_eq!(room.used(), InUse { streams: 0, bytes: 0 });
        assert!(lock(&room.keys).is_empty());
    }

    #[test]
    fn a_key_gets_half_of_the_places() {
        let room = Room::new(1000);
        let (one, other) = (ProjectKeyId::from("one"), ProjectKeyId::from("other"));
        let held: Vec<Place> = std::iter::from_fn(|| room.take(&one)).collect();
        assert_eq!(held.len(), MOST_STREAMS / 2);
        assert!(room.take(&other).is_some());
        drop(held);
        assert!(room.take(&one).is_some());
    }
}
