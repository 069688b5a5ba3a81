//! A value of any kind as it stands in its text, unread. It must be what a parser or the scanner found to be JSON.

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raw<'a>(&'a str);

impl<'a> Raw<'a> {
    /// `json` is one JSON value without blanks around it.
    pub(crate) fn of(json: &'a str) -> Self {
        Self(json)
    }

    /// Its text, quotes and all.
    pub fn get(self) -> &'a str {
        self.0
    }

    pub fn is_null(self) -> bool {
        self.0 == "null"
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(from).map(|raw| Self(raw.get()))
    }
}
