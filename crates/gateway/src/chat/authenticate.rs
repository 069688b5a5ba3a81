//! Step 1: who calls. Headers and one snapshot in, a `Caller` out; before the body is read, and without a database.
//! It must never say whether an unknown key once existed.

use std::sync::Arc;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use maig_core::key::{self, KeyError, KeyKind};

use crate::clock::Clock;
use crate::error::{ApiError, Code};
use crate::snapshot::{Caller, Snapshot};

/// Finds the caller of a request by its project key.
pub(crate) fn authenticate(headers: &HeaderMap, snapshot: &Snapshot) -> Result<Arc<Caller>, ApiError> {
    let caller = known(headers, snapshot)?;
    if caller.ends_at.is_some_and(|end| end <= Clock::unix_micros()) {
        return Err(unauthorized("This project key has expired. Create a new one in the dashboard."));
    }
    within_app(headers, &caller)?;
    if caller.project.suspended {
        let message = "This project is suspended. Its owner can resume it with `maig project resume`.";
        return Err(ApiError::new(Code::ProjectSuspended, message).should_retry(false));
    }
    Ok(caller)
}

fn known(headers: &HeaderMap, snapshot: &Snapshot) -> Result<Arc<Caller>, ApiError> {
    let text = bearer(headers).ok_or_else(|| {
        unauthorized(
            "No project key. Send `Authorization: Bearer maig_live_…` with a key from the dashboard.",
        )
    })?;
    match key::parse(text) {
        Ok(KeyKind::Live | KeyKind::Test) => {}
        Ok(_) => {
            return Err(unauthorized(
                "This is no project key. Apps carry a key that begins with `maig_live_`.",
            ));
        }
        Err(KeyError::Empty) => return Err(unauthorized("The project key is empty.")),
        Err(KeyError::NotOurs) => {
            return Err(unauthorized(
                "This is no MAIG key: it should begin with `maig_live_` or `maig_test_`. Provider keys stay on the server.",
            ));
        }
        Err(_) => return Err(unauthorized("The project key has a typo. Copy it again.")),
    }
    snapshot.callers.get(&key::digest(text)).map(Arc::clone).ok_or_else(|| {
        unauthorized("Unknown or revoked project key. Create one in the dashboard or with `maig key create`.")
    })
}

/// `Authorization: Bearer …`, or Anthropic's `x-api-key`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    match headers.get(AUTHORIZATION) {
        Some(value) => {
            let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
        }
        None => headers.get("x-api-key")?.to_str().ok(),
    }
}

/// Keys may be bound to platforms and bundle ids, as the SDKs report them.
fn within_app(headers: &HeaderMap, caller: &Caller) -> Result<(), ApiError> {
    for (header, allowed) in
        [("x-maig-platform", &caller.scope.platforms), ("x-maig-bundle-id", &caller.scope.bundle_ids)]
    {
        if allowed.is_empty() {
            continue;
        }
        let said = headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !allowed.iter().any(|one| one.eq_ignore_ascii_case(said)) {
            let message =
                format!("This project key is bound to certain apps, and `{header}` names none of them.");
            return Err(ApiError::new(Code::RouteNotAllowed, message).should_retry(false));
        }
    }
    Ok(())
}

fn unauthorized(message: &'static str) -> ApiError {
    ApiError::new(Code::InvalidApiKey, message).should_retry(false)
}
