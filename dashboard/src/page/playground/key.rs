//! The key of ten minutes that requests from here carry. It lives in this page alone, is made when the first request
//! goes out, and is never stored anywhere.

use leptos::prelude::*;

use crate::api::{Api, ApiError};
use crate::{browser, time};

/// A key with less of its life left is replaced before it is used.
const SPARE_MS: i64 = 60_000;
/// How long a gateway may take to know a key that was just made; several of them follow one database.
const KNOWN_WITHIN_MS: i64 = 4000;

/// A key, and since and until when it is good.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Key {
    pub text: String,
    made_ms: i64,
    ends_ms: i64,
}

impl Key {
    fn lasts(&self, now_ms: i64) -> bool {
        self.ends_ms - now_ms > SPARE_MS
    }

    /// Whether a gateway that does not know it may only be late.
    pub fn is_fresh(&self, now_ms: i64) -> bool {
        now_ms - self.made_ms < KNOWN_WITHIN_MS
    }
}

/// The kept key while it lasts, else another.
pub(super) async fn key(api: Api, project: &str, kept: StoredValue<Option<Key>>) -> Result<Key, ApiError> {
    let now = browser::now_ms();
    if let Some(key) = kept.get_value().filter(|key| key.lasts(now)) {
        return Ok(key);
    }
    let made = api.playground_key(project).await?;
    // By the browser's own clock, which need not be the gateway's.
    let life = made
        .about
        .expires_at
        .as_deref()
        .and_then(time::parse)
        .zip(time::parse(&made.about.created_at))
        .map_or(0, |(ends, made)| ends - made);
    let key = Key { text: made.key, made_ms: now, ends_ms: now + life };
    let _ = kept.try_set_value(Some(key.clone()));
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_used_until_shortly_before_its_end() {
        let key = Key { text: String::new(), made_ms: 0, ends_ms: 600_000 };
        assert!(key.lasts(539_999) && !key.lasts(540_000));
        assert!(key.is_fresh(3999) && !key.is_fresh(4000));
    }
}
