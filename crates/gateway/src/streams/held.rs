//! One held stream: its events, the one reader that it has at a time, and the moments from which its end is counted.
//! Keeper and readers meet here and nowhere else, each for the time of a few instructions: the lock is never held
//! across an await, and nobody is woken under it.

use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use maig_core::id::ProjectKeyId;
use maig_core::time::Tick;
use tokio::task::AbortHandle;

use super::begin::Tally;
use super::buffer::{Buffer, OutOfReach};
use super::id::StreamId;
use super::lock;
use super::room::{Left, Place};
use super::shelf::Owed;
use crate::clock::Clock;

/// What one stream may hold: what a fast model says while a phone is away, several times over.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// What a stream that is being read keeps of the past when room is short: more than lies in sockets on its way.
const WINDOW: usize = 64 * 1024;
/// What a reader is given at once, so that a phone that comes back gets much in few writes.
const AT_ONCE: usize = 16 * 1024;

pub(super) struct Held {
    pub(super) id: StreamId,
    /// Who began it, and alone may read it.
    pub(super) key: ProjectKeyId,
    /// The head of the first answer, for every later one.
    pub(super) head: HeaderMap,
    pub(super) clock: Clock,
    pub(super) tally: Arc<Tally>,
    grace: Duration,
    state: Mutex<State>,
    keeper: OnceLock<AbortHandle>,
}

struct State {
    buffer: Buffer,
    place: Place,
    seat: Option<Seat>,
    /// How many readers there were; names the one who sits.
    sittings: u64,
    /// When the last reader left.
    left_at: Tick,
    ended_at: Option<Tick>,
    expired: bool,
    /// Until a reader has been given the end.
    owed: Option<Owed>,
    /// The keeper, where it waits for room.
    keeper: Option<Waker>,
}

/// The sitting of the reader for whom a stream was begun.
pub(super) const FIRST: u64 = 1;

/// The reader that has the stream.
struct Seat {
    sitting: u64,
    /// The number of the last event that it was given.
    at: u64,
    /// Since when something lies there for it that it has not taken.
    waits_since: Option<Tick>,
    waker: Option<Waker>,
}

/// What a reader finds.
pub(super) enum Given {
    Events(Bytes),
    End,
    /// A newer reader has the stream.
    TakenOver,
    Expired,
}

/// Why nobody can sit down here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoSeat {
    Expired,
    LetGo,
    NeverSent,
}

/// A stream that is being begun.
pub(super) struct Beginning {
    pub(super) id: StreamId,
    pub(super) key: ProjectKeyId,
    pub(super) head: HeaderMap,
    pub(super) clock: Clock,
    pub(super) tally: Arc<Tally>,
    pub(super) grace: Duration,
    pub(super) place: Place,
    pub(super) owed: Owed,
}

impl Held {
    pub(super) fn new(beginning: Beginning) -> Self {
        let Beginning { id, key, head, clock, tally, grace, place, owed } = beginning;
        let state = State {
            buffer: Buffer::default(),
            place,
            seat: Some(Seat { sitting: FIRST, at: 0, waits_since: None, waker: None }),
            sittings: FIRST,
            left_at: clock.now(),
            ended_at: None,
            expired: false,
            owed: Some(owed),
            keeper: None,
        };
        Self { id, key, head, clock, tally, grace, state: Mutex::new(state), keeper: OnceLock::new() }
    }

    // ── the reader's side ──

    /// Gives the stream to a new reader who has everything up to `number`. The sitting's name, for the calls below.
    pub(super) fn sit(&self, number: u64) -> Result<u64, NoSeat> {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        if state.expired {
            return Err(NoSeat::Expired);
        }
        state.buffer.reaches(number).map_err(|out| match out {
            OutOfReach::LetGo => NoSeat::LetGo,
            OutOfReach::NeverSent => NoSeat::NeverSent,
        })?;
        state.sittings += 1;
        let sitting = state.sittings;
        let waits = state.ended_at.is_some() || number < state.buffer.last();
        let seat = Seat { sitting, at: number, waits_since: waits.then_some(now), waker: None };
        let before = state.seat.replace(seat).and_then(|before| before.waker);
        let keeper = state.keeper.take();
        drop(state);
        wake([before, keeper]);
        Ok(sitting)
    }

    /// What there is for the reader of `sitting`; `Pending` until there is something.
    pub(super) fn poll_give(&self, sitting: u64, cx: &mut Context<'_>) -> Poll<Given> {
        let mut state = lock(&self.state);
        let State { buffer, seat, expired, ended_at, owed, keeper, .. } = &mut *state;
        let Some(seat) = seat.as_mut().filter(|seat| seat.sitting == sitting) else {
            return Poll::Ready(if *expired { Given::Expired } else { Given::TakenOver });
        };
        if let Some((events, at)) = buffer.after(seat.at, AT_ONCE) {
            seat.at = at;
            let waits = ended_at.is_some() || at < buffer.last();
            seat.waits_since = waits.then(|| self.clock.now());
            let keeper = keeper.take();
            drop(state);
            wake([keeper, None]);
            return Poll::Ready(Given::Events(events));
        }
        if ended_at.is_some() {
            seat.waits_since = None;
            *owed = None;
            return Poll::Ready(Given::End);
        }
        match &mut seat.waker {
            Some(waker) => waker.clone_from(cx.waker()),
            none => *none = Some(cx.waker().clone()),
        }
        Poll::Pending
    }

    /// The reader's connection is gone.
    pub(super) fn leave(&self, sitting: u64) {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        if state.seat.as_ref().is_some_and(|seat| seat.sitting == sitting) {
            state.seat = None;
            state.left_at = now;
        }
    }

    /// Nobody will come back: the keeper ends, and what it makes with it.
    pub(super) fn end_keeper(&self) {
        if let Some(keeper) = self.keeper.get() {
            keeper.abort();
        }
    }

    // ── the keeper's side ──

    /// Names the task that makes this stream.
    pub(super) fn is_kept_by(&self, keeper: AbortHandle) {
        // A stream has one keeper.
        let _ = self.keeper.set(keeper);
    }

    /// Whether more may be held now; else the keeper is woken when the reader has taken something.
    pub(super) fn has_room(&self, cx: &mut Context<'_>) -> bool {
        let mut state = lock(&self.state);
        let full = match state.buffer.size() >= MOST_BYTES {
            true => "one stream",
            false if state.place.left() == Left::Nothing => "a key's or all streams",
            false => return true,
        };
        // Whoever reads along is not held up by what others left lying.
        if state.seat.as_ref().is_some_and(|seat| seat.at == state.buffer.last()) {
            return true;
        }
        state.keeper = Some(cx.waker().clone());
        let room = Arc::clone(&state.place.room);
        drop(state);
        room.say_full(self.clock.now(), full);
        false
    }

    /// Takes what was made.
    pub(super) fn push(&self, events: Vec<Bytes>) {
        if events.is_empty() {
            return;
        }
        let now = self.clock.now();
        let mut state = lock(&self.state);
        let State { buffer, place, seat, .. } = &mut *state;
        let before = buffer.size();
        events.into_iter().for_each(|event| buffer.push(event));
        place.hold(buffer.size());
        let reader = seat.as_mut().and_then(|seat| {
            // Only what its reader was given may go, and only while it reads: one who was lost may not have got it.
            let goal = match place.left() {
                Left::Enough => MOST_BYTES,
                Left::Little => WINDOW,
                Left::Nothing => before.min(WINDOW),
            };
            buffer.shrink(goal, seat.at);
            place.hold(buffer.size());
            seat.waits_since.get_or_insert(now);
            seat.waker.take()
        });
        drop(state);
        wake([reader, None]);
    }

    /// Nothing more will come.
    pub(super) fn end(&self) {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        state.ended_at = Some(now);
        let reader = state.seat.as_mut().and_then(|seat| {
            seat.waits_since.get_or_insert(now);
            seat.waker.take()
        });
        drop(state);
        wake([reader, None]);
    }

    /// `None`: the stream expired, now or before. Else when to ask again; it does not expire before.
    pub(super) fn lives_until(&self) -> Option<Tick> {
        let now = self.clock.now();
        let mut state = lock(&self.state);
        let since = match &state.seat {
            Some(seat) => seat.waits_since.unwrap_or(now),
            None => state.ended_at.map_or(state.left_at, |ended| ended.max(state.left_at)),
        };
        let until = since + self.grace;
        if until > now && !state.expired {
            return Some(until);
        }
        let reader = state.expire();
        drop(state);
        wake([reader, None]);
        None
    }

    /// Ends the stream whatever its times say.
    pub(super) fn expire(&self) {
        let reader = lock(&self.state).expire();
        wake([reader, None]);
    }
}

impl State {
    /// Lets everything go. The waker of a reader that was still there.
    fn expire(&mut self) -> Option<Waker> {
        self.expired = true;
        self.buffer = Buffer::default();
        self.place.hold(0);
        self.owed = None;
        self.seat.take()?.waker
    }
}

fn wake(whom: [Option<Waker>; 2]) {
    whom.into_iter().flatten().for_each(Waker::wake);
}
