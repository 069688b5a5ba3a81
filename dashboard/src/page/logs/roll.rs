//! The requests that the page holds, newest first: older pages are joined at the end, and what the live tail brings
//! waits until the reader wants it, so that no row moves under the eye. Pure.

use std::ops::Range;
use std::sync::Arc;

use maig_api::{LogEntry, Page};

use crate::time;

#[derive(Clone, Debug, Default)]
pub struct Roll {
    rows: Vec<Arc<LogEntry>>,
    waiting: Vec<Arc<LogEntry>>,
    /// Where older ones begin.
    next: Option<String>,
}

impl Roll {
    pub fn of(page: Page<LogEntry>) -> Self {
        let mut roll = Self::default();
        roll.join(page);
        roll
    }

    pub fn rows(&self) -> &[Arc<LogEntry>] {
        &self.rows
    }

    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    /// How many have come that the page does not show yet.
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Joins the page of older ones.
    pub fn join(&mut self, page: Page<LogEntry>) {
        self.rows.extend(page.data.into_iter().map(Arc::new));
        self.next = page.next_cursor;
    }

    /// What the tail brought waits. It may bring what is there already.
    pub fn offer(&mut self, entries: Vec<LogEntry>) {
        for entry in entries {
            let known = place(&self.rows, &entry).is_ok()
                || self.waiting.iter().any(|row| row.request_id == entry.request_id);
            // Older than the oldest shown: its page will bring it.
            let beyond =
                self.next.is_some() && self.rows.last().is_some_and(|last| order(&entry) < order(last));
            if !known && !beyond {
                self.waiting.push(Arc::new(entry));
            }
        }
    }

    /// Puts those that wait where they belong, and says which they were.
    pub fn take_in(&mut self) -> Vec<String> {
        let waiting = std::mem::take(&mut self.waiting);
        let ids = waiting.iter().map(|entry| entry.request_id.clone()).collect();
        for entry in waiting {
            if let Err(at) = place(&self.rows, &entry) {
                self.rows.insert(at, entry);
            }
        }
        ids
    }

    pub fn position(&self, id: &str) -> Option<usize> {
        self.rows.iter().position(|row| row.request_id == id)
    }

    /// The end of the latest request, from where a tail goes on; `None` where there is none.
    pub fn latest_end(&self) -> Option<i64> {
        let end = |row: &Arc<LogEntry>| Some(time::parse(&row.at)? + i64::try_from(row.duration_ms).ok()?);
        // A request that runs for longer than all that began after it is rare; a hundred are enough to look at.
        self.rows.iter().take(100).filter_map(end).max()
    }
}

/// Newest is largest.
fn order(entry: &LogEntry) -> (i64, &str) {
    (time::parse(&entry.at).unwrap_or(0), &entry.request_id)
}

fn place(rows: &[Arc<LogEntry>], entry: &LogEntry) -> Result<usize, usize> {
    rows.binary_search_by(|row| order(entry).cmp(&order(row)))
}

/// The rows to draw: those that are seen and a few around, so that fast scrolling finds something there.
pub fn window(scrolled: f64, seen: f64, row: f64, count: usize) -> Range<usize> {
    const AROUND: f64 = 8.0;
    let from = (scrolled / row - AROUND).max(0.0) as usize;
    let to = ((scrolled + seen) / row + AROUND).max(0.0).ceil() as usize;
    from.min(count)..to.min(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(at: &str, id: &str) -> LogEntry {
        let json = format!(
            "{{\"request_id\":\"{id}\",\"at\":\"2026-11-21T{at}Z\",\"route\":\"chat\",\"status\":200,\"stream\":false,\
             \"fallback\":false,\"attempts\":1,\"duration_ms\":500,\"estimated\":false,\"test\":false}}"
        );
        serde_json::from_str(&json).unwrap()
    }

    fn ids(roll: &Roll) -> String {
        roll.rows().iter().map(|row| row.request_id.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn page(rows: &[(&str, &str)], next: Option<&str>) -> Page<LogEntry> {
        Page {
            data: rows.iter().map(|(at, id)| entry(at, id)).collect(),
            next_cursor: next.map(str::to_owned),
        }
    }

    #[test]
    fn what_comes_waits_and_is_then_put_where_it_belongs() {
        let mut roll = Roll::of(page(&[("10:00:09", "d"), ("10:00:05.5", "b")], Some("older")));
        roll.offer(vec![
            entry("10:00:10", "e"),
            entry("10:00:09", "d"),
            entry("10:00:07", "c"),
            entry("10:00:01", "a"),
        ]);
        assert_eq!((ids(&roll).as_str(), roll.waiting()), ("d b", 2));
        roll.offer(vec![entry("10:00:10", "e")]);
        assert_eq!(roll.waiting(), 2);
        assert_eq!(roll.take_in(), ["e", "c"]);
        assert_eq!((ids(&roll).as_str(), roll.waiting()), ("e d c b", 0));
        roll.join(page(&[("10:00:01", "a")], None));
        assert_eq!((ids(&roll).as_str(), roll.next()), ("e d c b a", None));
        assert_eq!(roll.position("c"), Some(2));
    }

    #[test]
    fn a_tail_goes_on_from_the_end_of_what_ended_last() {
        assert_eq!(Roll::default().latest_end(), None);
        let mut roll = Roll::of(page(&[("10:00:09", "d"), ("10:00:05", "b")], None));
        assert_eq!(roll.latest_end().map(time::rfc3339).as_deref(), Some("2026-11-21T10:00:09.500Z"));
        // Into an empty list everything goes.
        roll = Roll::default();
        roll.offer(vec![entry("10:00:01", "a")]);
        roll.take_in();
        assert_eq!(ids(&roll), "a");
    }

    #[test]
    fn of_a_hundred_thousand_rows_a_screenful_is_drawn() {
        for (scrolled, seen, count, expect) in [
            (0.0, 800.0, 100_000, 0..28),
            (4000.0, 800.0, 100_000, 92..128),
            (3_999_200.0, 800.0, 100_000, 99_972..100_000),
            (9_999_999.0, 800.0, 10, 10..10),
            (-50.0, 800.0, 3, 0..3),
            (0.0, 800.0, 0, 0..0),
        ] {
            assert_eq!(window(scrolled, seen, 40.0, count), expect, "{scrolled}");
        }
    }
}
