//! What a simulator remembers: its scripts, the requests that it was sent, and which of them the client left.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::Notify;

use crate::behaviour::{Behaviour, UnknownWord, roll};

/// How many requests and departures are kept; older ones are forgotten first.
const KEPT: usize = 50_000;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// Counts the simulator's requests from 1.
    pub serial: u64,
    pub at: Instant,
    pub method: String,
    pub path: String,
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
    /// The model that was asked for, with its behaviour words; `None` where the request has none.
    pub model: Option<String>,
}

impl Recorded {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `null` if it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A client that left before its answer was complete.
#[derive(Clone, Debug)]
pub struct Departure {
    /// The request's `Recorded::serial`.
    pub serial: u64,
    pub model: String,
    pub at: Instant,
}

/// An answer in progress.
pub(crate) struct Mark {
    serial: u64,
    model: String,
}

#[derive(Default)]
pub(crate) struct Shared {
    /// Requests must start with this path segment, so that nobody else on the machine uses a private simulator.
    pub(crate) token: Option<String>,
    /// Prompts are not kept: the simulator stands inside somebody's gateway.
    pub(crate) forget: bool,
    serial: AtomicU64,
    open: AtomicUsize,
    changed: Notify,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    key: Option<String>,
    scripts: HashMap<String, Script>,
    requests: VecDeque<Recorded>,
    departures: VecDeque<Departure>,
}

#[derive(Default)]
struct Script {
    next: VecDeque<Behaviour>,
    always: Option<Behaviour>,
}

impl Shared {
    pub(crate) fn private(token: String) -> Self {
        Self { token: Some(token), forget: true, ..Self::default() }
    }

    pub(crate) fn next_serial(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(crate) fn record(&self, request: Recorded) {
        if self.forget {
            return;
        }
        let mut inner = self.inner();
        inner.requests.push_back(request);
        if inner.requests.len() > KEPT {
            inner.requests.pop_front();
        }
        drop(inner);
        self.changed.notify_waiters();
    }

    pub(crate) fn begun(&self, serial: u64, model: &str) -> Mark {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.changed.notify_waiters();
        Mark { serial, model: model.to_owned() }
    }

    pub(crate) fn ended(&self, mark: Mark, client_left: bool) {
        self.open.fetch_sub(1, Ordering::Relaxed);
        if client_left {
            let mut inner = self.inner();
            inner.departures.push_back(Departure {
                serial: mark.serial,
                model: mark.model,
                at: Instant::now(),
            });
            if inner.departures.len() > KEPT {
                inner.departures.pop_front();
            }
        }
        self.changed.notify_waiters();
    }

    /// The name that the model answers by, and how this request is answered: by the script of the model (as it was
    /// written, then by its bare name, then `*`), else by the words in its name.
    pub(crate) fn behaviour<'a>(
        &self,
        model: &'a str,
        serial: u64,
    ) -> Result<(&'a str, Behaviour), UnknownWord> {
        let (name, own) = Behaviour::of_model(model)?;
        let mut inner = self.inner();
        let scripted = [model, name, "*"].into_iter().find_map(|key| {
            let script = inner.scripts.get_mut(key)?;
            script.next.pop_front().or_else(|| script.always.clone())
        });
        drop(inner);
        Ok((name, roll(&scripted.unwrap_or(own), serial)))
    }

    pub(crate) fn script(&self, model: &str, next: Vec<Behaviour>) {
        self.inner().scripts.entry(model.to_owned()).or_default().next = next.into();
    }

    pub(crate) fn always(&self, model: &str, always: Behaviour) {
        self.inner().scripts.entry(model.to_owned()).or_default().always = Some(always);
    }

    pub(crate) fn clear_scripts(&self) {
        self.inner().scripts.clear();
    }

    pub(crate) fn forget_requests(&self) {
        let mut inner = self.inner();
        inner.requests.clear();
        inner.departures.clear();
    }

    pub(crate) fn require_key(&self, key: Option<String>) {
        self.inner().key = key;
    }

    /// Whether a provider key is taken: any that is not empty and does not begin with `bad`, unless one is required.
    pub(crate) fn takes_key(&self, key: &str) -> bool {
        match &self.inner().key {
            Some(required) => required == key,
            None => !key.is_empty() && !key.starts_with("bad"),
        }
    }

    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.inner().requests.iter().cloned().collect()
    }

    pub(crate) fn departures(&self) -> Vec<Departure> {
        self.inner().departures.iter().cloned().collect()
    }

    pub(crate) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    pub(crate) fn changed(&self) -> &Notify {
        &self.changed
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic elsewhere cannot leave these collections half-changed.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
