//! An object of the caller's, taken apart field by field: each is moved out once, and a wrong one is named by its path.

use serde_json::{Map, Value};

use crate::translate::openai::BadRequest;
use crate::translate::{Refusal, Unsupported};

/// An object and where it stands in the body.
pub(super) struct Fields {
    path: String,
    map: Map<String, Value>,
}

impl Fields {
    pub(super) fn new(path: impl Into<String>, map: Map<String, Value>) -> Self {
        Self { path: path.into(), map }
    }

    /// The object that `value` must be.
    pub(super) fn of(path: impl Into<String>, value: Value) -> Result<Self, Refusal> {
        let path = path.into();
        match value {
            Value::Object(map) => Ok(Self { path, map }),
            _ => Err(wrong(&path, "must be an object")),
        }
    }

    /// The path of a field of this object.
    pub(super) fn at(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn peek(&self, name: &str) -> Option<&Value> {
        self.map.get(name)
    }

    /// Takes a field as it is; `null` is absent.
    pub(super) fn any(&mut self, name: &str) -> Option<Value> {
        self.map.shift_remove(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        match self.any(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong(&self.at(name), "must be a string")),
        }
    }

    /// A string that must be there.
    pub(super) fn needed(&mut self, name: &str) -> Result<String, Refusal> {
        self.text(name)?.ok_or_else(|| wrong(&self.at(name), "is missing"))
    }

    pub(super) fn bool(&mut self, name: &str) -> Result<Option<bool>, Refusal> {
        self.read(name, "must be true or false", Value::as_bool)
    }

    pub(super) fn number(&mut self, name: &str) -> Result<Option<f64>, Refusal> {
        self.read(name, "must be a number", Value::as_f64)
    }

    pub(super) fn integer(&mut self, name: &str) -> Result<Option<i64>, Refusal> {
        self.read(name, "must be a whole number", Value::as_i64)
    }

    pub(super) fn count(&mut self, name: &str) -> Result<Option<u64>, Refusal> {
        self.read(name, "must be a whole number, not negative", Value::as_u64)
    }

    pub(super) fn object(&mut self, name: &str) -> Result<Option<Fields>, Refusal> {
        let path = self.at(name);
        self.any(name).map(|value| Fields::of(path, value)).transpose()
    }

    /// A list; absent is empty.
    pub(super) fn list(&mut self, name: &str) -> Result<Vec<Value>, Refusal> {
        match self.any(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(list)) => Ok(list),
            Some(_) => Err(wrong(&self.at(name), "must be a list")),
        }
    }

    /// The fields that nobody took, without `null`s.
    pub(super) fn rest(mut self) -> Map<String, Value> {
        self.map.retain(|_, value| !value.is_null());
        self.map
    }

    fn read<T>(
        &mut self,
        name: &str,
        must: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        match self.any(name) {
            None => Ok(None),
            Some(value) => read(&value).map(Some).ok_or_else(|| wrong(&self.at(name), must)),
        }
    }
}

/// A field that no target can make sense of. `what` completes the sentence that the field begins.
pub(super) fn wrong(path: &str, what: &str) -> Refusal {
    BadRequest::new(path, format!("`{path}` {what}.")).into()
}

/// A field that has no neutral word.
pub(super) fn foreign(path: &str, reason: impl Into<String>) -> Refusal {
    Unsupported { param: path.to_owned(), reason: reason.into() }.into()
}
