//! A field of a PATCH has three states: absent (keep), null (clear), a value (set).

use serde::{Deserialize, Deserializer};

/// For `Option<Option<T>>` with `#[serde(default, deserialize_with = "present")]`: null becomes `Some(None)`.
pub(crate) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
