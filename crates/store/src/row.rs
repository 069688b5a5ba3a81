//! Reading one row: the same four encodings in both databases (text, integer, flag as 0 or 1, JSON as text).

use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::error::{Result, StoreError};

pub(crate) trait Read {
    fn text(&self, column: &str) -> Result<String>;
    /// The text where it lies.
    fn str(&self, column: &str) -> Result<&str>;
    fn str_or_null(&self, column: &str) -> Result<Option<&str>>;
    fn text_or_null(&self, column: &str) -> Result<Option<String>>;
    fn int(&self, column: &str) -> Result<i64>;
    fn int_or_null(&self, column: &str) -> Result<Option<i64>>;
    fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }
    /// JSON text as `T`; a text that does not fit is named by `column`.
    fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T> {
        serde_json::from_str(&self.text(column)?)
            .map_err(|e| StoreError::Corrupt { what: format!("column {column}"), why: e.to_string() })
    }
    /// A word of a closed list.
    fn word<T>(&self, column: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        let word = self.text(column)?;
        parse(&word).ok_or_else(|| StoreError::Corrupt {
            what: format!("column {column}"),
            why: format!("{word:?} is not a known word"),
        })
    }
}

impl Read for AnyRow {
    fn text(&self, column: &str) -> Result<String> {
        Ok(self.try_get(column)?)
    }

    fn str(&self, column: &str) -> Result<&str> {
        Ok(self.try_get(column)?)
    }

    fn str_or_null(&self, column: &str) -> Result<Option<&str>> {
        Ok(self.try_get(column)?)
    }

    fn text_or_null(&self, column: &str) -> Result<Option<String>> {
        Ok(self.try_get(column)?)
    }

    fn int(&self, column: &str) -> Result<i64> {
        Ok(self.try_get(column)?)
    }

    fn int_or_null(&self, column: &str) -> Result<Option<i64>> {
        Ok(self.try_get(column)?)
    }
}

pub(crate) fn flag(on: bool) -> i64 {
    i64::from(on)
}

/// JSON text of a value that cannot fail to be written (no map with keys other than strings).
pub(crate) fn json_text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| StoreError::Invalid(e.to_string()))
}
