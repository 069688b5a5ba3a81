//! An answer that streams becomes one that is held: its body goes to a keeper, and the app gets a reader in its place.
//! Where there is no place for one more, the app gets the answer as it was, and a header that says so: an answer that
//! cannot be resumed is worth more to a phone than none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use axum::body::Body;
use axum::response::Response;
use http::{HeaderName, HeaderValue};

use super::keeper::Keeper;
use super::reader::Reader;
use crate::snapshot::Caller;
use crate::state::AppState;

pub(crate) const RESUMABLE: HeaderName = HeaderName::from_static("x-maig-resumable");
pub(crate) const STREAM_ID: HeaderName = HeaderName::from_static("x-maig-stream-id");

/// What a held stream's row is told of it.
#[derive(Default)]
pub(crate) struct Tally {
    resumed: AtomicU32,
    abandoned: AtomicBool,
}

impl Tally {
    pub(super) fn resume(&self) {
        self.resumed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    /// How often a reader came back.
    pub(crate) fn resumed(&self) -> u32 {
        self.resumed.load(Ordering::Relaxed)
    }

    /// Nobody came back in time.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }
}

/// A request whose stream is to be held.
pub(crate) struct Holding {
    state: AppState,
    caller: Arc<Caller>,
    tally: Arc<Tally>,
}

impl Holding {
    pub(crate) fn new(state: &AppState, caller: &Arc<Caller>) -> Self {
        Self { state: state.clone(), caller: Arc::clone(caller), tally: Arc::default() }
    }

    pub(crate) fn tally(&self) -> Arc<Tally> {
        Arc::clone(&self.tally)
    }

    /// Holds the stream that this response would have sent.
    pub(crate) fn hold(self, mut response: Response) -> Response {
        let Self { state, caller, tally } = self;
        let headers = response.headers_mut();
        headers.insert(RESUMABLE, HeaderValue::from_static("true"));
        let held = state.streams.begin(caller.key.clone(), state.clock, tally, |id| {
            if let Ok(id) = HeaderValue::try_from(id.to_string()) {
                headers.insert(STREAM_ID, id);
            }
            headers.clone()
        });
        let Some(held) = held else {
            response.headers_mut().insert(RESUMABLE, HeaderValue::from_static("false"));
            return response;
        };
        let making = std::mem::replace(response.body_mut(), Body::new(Reader::first(Arc::clone(&held))));
        let keeper = tokio::spawn(Keeper::new(Arc::clone(&held), state, making));
        held.is_kept_by(keeper.abort_handle());
        response
    }
}
