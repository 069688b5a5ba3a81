//! What requests to one account are headed with, but for what differs between two of them. Made once an account and copied
//! for each request: putting the headers in one by one would hash every name again.

use http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue};

use super::account::{Account, Credential};

/// The two heads of an account.
#[derive(Debug, Default)]
pub(super) struct Heads {
    whole: HeaderMap,
    stream: HeaderMap,
}

impl Heads {
    pub(super) fn of(account: &Account) -> Self {
        Self { whole: head(account, "application/json"), stream: head(account, "text/event-stream") }
    }

    /// `stream`: the answer is to be one.
    pub(super) fn copy(&self, stream: bool) -> HeaderMap {
        if stream { self.stream.clone() } else { self.whole.clone() }
    }
}

fn head(account: &Account, accept: &'static str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(HOST, account.origin.host.clone());
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    if let Credential::Header(name, value) = &account.credential {
        headers.insert(name.clone(), value.clone());
    }
    // The operator's own headers come last: they may replace ours (a proxy's credential, a pinned version).
    for (name, value) in &account.headers {
        headers.insert(name.clone(), value.clone());
    }
    headers
}
