//! What the Logs page holds and how it comes there: the first page whenever the address asks for something else, older
//! pages on demand, and the live tail. A row is never moved while somebody reads.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::filter;
use super::roll::Roll;
use crate::api::{Api, ApiError, Reach, use_api};
use crate::browser;
use crate::query::Query;
use crate::session::use_project;
use crate::time;
use crate::time_range::TimeRange;

/// As many as the gateway gives at once.
const PAGE: &str = "200";
const TAIL_MS: i32 = 2000;
/// After this long without a move, nobody is about to click.
const STILL_MS: i64 = 4000;

/// Copy it freely.
#[derive(Clone, Copy)]
pub struct LogState {
    api: Api,
    project: StoredValue<String>,
    pub query: Memo<Query>,
    pub roll: RwSignal<Roll>,
    /// The first page has come.
    pub loaded: RwSignal<bool>,
    /// Something is on its way.
    pub busy: RwSignal<bool>,
    pub error: RwSignal<Option<ApiError>>,
    pub paused: RwSignal<bool>,
    /// Where the tail goes on.
    after: StoredValue<Option<String>>,
    /// The rows that came last, which show it for a moment.
    pub fresh: RwSignal<HashSet<String>>,
    /// Somebody reads: the list is scrolled, a row has the focus, a request is open.
    pub reading: RwSignal<bool>,
    /// When the pointer was last moved over the rows.
    pub touched_ms: StoredValue<i64>,
    /// Counts the questions; an answer to an older one is dropped.
    asked: StoredValue<u32>,
}

impl LogState {
    pub fn start(query: Memo<Query>) -> Self {
        let state = Self {
            api: use_api(),
            project: StoredValue::new(use_project().name),
            query,
            roll: RwSignal::new(Roll::default()),
            loaded: RwSignal::new(false),
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
            paused: RwSignal::new(false),
            after: StoredValue::new(None),
            fresh: RwSignal::new(HashSet::new()),
            reading: RwSignal::new(false),
            touched_ms: StoredValue::new(0),
            asked: StoredValue::new(0),
        };
        Effect::new(move || {
            query.track();
            state.api.healed.track();
            state.begin();
        });
        let over = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&over);
        on_cleanup(move || flag.store(true, Ordering::Relaxed));
        spawn_local(state.tail(over));
        state
    }

    pub fn project(self) -> String {
        self.project.get_value()
    }

    /// The question of the list as it is now, also for an export.
    pub fn question(self) -> Query {
        filter::question(&self.query.get_untracked(), browser::now_ms())
    }

    /// Asks anew; what is there stays until the answer.
    pub fn begin(self) {
        let question = self.question().with("limit", Some(PAGE));
        let mine = self.next_question();
        self.busy.set(true);
        spawn_local(async move {
            let answer = self.api.logs(&self.project(), &question).await;
            if self.asked.try_get_value() != Some(mine) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(page) => {
                    self.error.set(None);
                    let roll = Roll::of(page);
                    let after = roll.latest_end().map(time::rfc3339);
                    self.after.set_value(after.or_else(|| question.get("from").map(str::to_owned)));
                    self.roll.set(roll);
                    self.loaded.set(true);
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// Older ones, unless they are on their way.
    pub fn more(self) {
        let next = self.roll.with_untracked(|roll| roll.next().map(str::to_owned));
        let Some(cursor) = next.filter(|_| !self.busy.get_untracked()) else { return };
        let question = self.question().with("limit", Some(PAGE)).with("cursor", Some(&cursor));
        let mine = self.asked.get_value();
        self.busy.set(true);
        spawn_local(async move {
            let answer = self.api.logs(&self.project(), &question).await;
            if self.asked.try_get_value() != Some(mine) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(page) => {
                    self.error.set(None);
                    self.roll.update(|roll| roll.join(page));
                }
                Err(error) => self.error.set(Some(error)),
            }
        });
    }

    /// Shows what waits.
    pub fn take_in(self) {
        if self.roll.with_untracked(Roll::waiting) == 0 {
            return;
        }
        let mut came = Vec::new();
        self.roll.update(|roll| came = roll.take_in());
        self.fresh.set(came.into_iter().collect());
    }

    pub fn is_live(self) -> bool {
        self.loaded.get() && !self.paused.get() && filter::is_open(&self.query.get())
    }

    fn next_question(self) -> u32 {
        self.asked.update_value(|asked| *asked += 1);
        self.asked.get_value()
    }

    async fn tail(self, over: Arc<AtomicBool>) {
        loop {
            browser::sleep(TAIL_MS).await;
            if over.load(Ordering::Relaxed) {
                return;
            }
            let idle = self.busy.get_untracked() || self.api.reach.get_untracked() == Reach::Lost;
            if !idle && browser::is_visible() && untrack(|| self.is_live()) {
                self.look().await;
            }
        }
    }

    /// One look at what has come since.
    async fn look(self) {
        let Some(after) = self.after.get_value() else { return };
        let question = filter::tail_question(&self.query.get_untracked(), &after).with("limit", Some(PAGE));
        let mine = self.asked.get_value();
        let answer = self.api.logs(&self.project(), &question).await;
        if self.asked.try_get_value() != Some(mine) {
            return;
        }
        // An error of the tail is the list's own at the next question; the lost connection has its banner.
        let Ok(page) = answer else { return };
        if let Some(next) = page.next_cursor {
            self.after.set_value(Some(next));
        }
        if page.data.is_empty() {
            return;
        }
        self.roll.update(|roll| roll.offer(page.data));
        let still = browser::now_ms() - self.touched_ms.get_value() > STILL_MS;
        if still && !self.reading.get_untracked() {
            self.take_in();
        }
    }

    /// A range that is longer than the one shown, for when nothing is in it.
    pub fn longer(self) -> Option<&'static str> {
        match TimeRange::of(&self.query.get()) {
            TimeRange::Last { ms, .. } if ms < 30 * 86_400_000 => Some("30d"),
            _ => None,
        }
    }
}
