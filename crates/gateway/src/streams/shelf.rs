//! Every held stream of the process by its id, and for some minutes the ids of those that expired, so that a phone which
//! comes too late is told so. It must never tell one project key of another's streams.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::HeaderMap;
use maig_core::id::ProjectKeyId;
use maig_core::time::Tick;

use super::begin::Tally;
use super::held::{Beginning, Held};
use super::id::StreamId;
use super::lock;
use super::room::{InUse, Room};
use crate::clock::Clock;

/// How long, and of how many streams, it is known that they expired.
const REMEMBERED: Duration = Duration::from_secs(600);
const MOST_REMEMBERED: usize = 16 * 1024;

/// The held streams of this process.
pub struct Streams {
    grace: Duration,
    room: Arc<Room>,
    /// Streams whose end no reader was given.
    owed: Arc<AtomicUsize>,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    places: HashMap<StreamId, OnShelf>,
    /// In the order in which they expired.
    expired: VecDeque<(Tick, StreamId)>,
}

enum OnShelf {
    Held(Arc<Held>),
    Expired(ProjectKeyId),
}

/// What a look for a stream finds.
pub(super) enum Found {
    Held(Arc<Held>),
    Expired,
    Nothing,
}

impl Streams {
    /// `grace`: how long a stream waits for its reader; zero: none is held. `memory`: bytes of all held events.
    pub fn new(grace: Duration, memory: usize) -> Self {
        Self { grace, room: Room::new(memory), owed: Arc::default(), shelf: Mutex::default() }
    }

    /// Puts a stream of `key` on the shelf; `None`: there is no place.
    pub(super) fn begin(
        &self,
        key: ProjectKeyId,
        clock: Clock,
        tally: Arc<Tally>,
        head: impl FnOnce(StreamId) -> HeaderMap,
    ) -> Option<Arc<Held>> {
        if self.grace.is_zero() {
            return None;
        }
        let Some(place) = self.room.take(&key) else {
            self.room.say_full(clock.now(), "no place for another stream");
            return None;
        };
        let id = StreamId::random()?;
        let owed = Owed::new(&self.owed);
        let (head, grace) = (head(id), self.grace);
        let held = Arc::new(Held::new(Beginning { id, key, head, clock, tally, grace, place, owed }));
        lock(&self.shelf).places.insert(id, OnShelf::Held(Arc::clone(&held)));
        Some(held)
    }

    /// The stream that `key` began under this id.
    pub(super) fn find(&self, id: StreamId, key: &ProjectKeyId) -> Found {
        match lock(&self.shelf).places.get(&id) {
            Some(OnShelf::Held(held)) if held.key == *key => Found::Held(Arc::clone(held)),
            Some(OnShelf::Expired(owner)) if owner == key => Found::Expired,
            _ => Found::Nothing,
        }
    }

    /// Takes an expired stream off the shelf; its id is remembered for a while.
    pub(super) fn take_off(&self, held: &Held) {
        let now = held.clock.now();
        let mut shelf = lock(&self.shelf);
        let Shelf { places, expired } = &mut *shelf;
        while let Some((at, id)) = expired.front() {
            if now.since(*at) < REMEMBERED && expired.len() < MOST_REMEMBERED {
                break;
            }
            places.remove(id);
            expired.pop_front();
        }
        expired.push_back((now, held.id));
        let before = places.insert(held.id, OnShelf::Expired(held.key.clone()));
        drop(shelf);
        // Gives its events back, if nobody reads them any more; not under the lock.
        drop(before);
    }

    /// What all streams use now, expired ones that somebody still reads among them.
    pub fn used(&self) -> InUse {
        self.room.used()
    }

    /// Streams that are made, or whose end no reader was given: what the drain waits for.
    pub fn owed(&self) -> usize {
        self.owed.load(Ordering::Relaxed)
    }
}

/// One stream whose end is owed to a reader.
pub(super) struct Owed(Arc<AtomicUsize>);

impl Owed {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
