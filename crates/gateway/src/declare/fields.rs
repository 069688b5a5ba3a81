//! Reading a mapping field by field: each value is asked for by name and type, what is left over is refused.
//! It must never stop at a fault: a getter that finds one notes it and gives `None`.

use maig_core::id::valid_name;

use super::fault::{Findings, did_you_mean};
use super::node::{Entry, Kind, Node};

/// Looks up an environment variable; a parameter so that tests need no global state.
pub(super) type Env<'e> = &'e dyn Fn(&str) -> Option<String>;

/// Where findings go and where `${NAME}` comes from, for the whole file.
pub(super) struct Reading<'e> {
    pub found: Findings,
    pub env: Env<'e>,
}

/// A value, its place, and how to complain about it.
#[derive(Clone)]
pub(super) struct Value<'n> {
    pub node: &'n Node,
    /// The line of its key, where a reader looks.
    pub line: usize,
    pub path: String,
}

/// A mapping whose fields are being taken one after the other.
pub(super) struct Fields<'n> {
    pub line: usize,
    pub path: String,
    left: Vec<&'n Entry>,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    /// `None`, with a fault noted, when the value is no mapping.
    pub(super) fn open(value: &Value<'n>, reading: &mut Reading<'_>) -> Option<Self> {
        let Kind::Map(entries) = &value.node.kind else {
            value.expected("a mapping (`key: value` lines)", reading);
            return None;
        };
        let mut left: Vec<&Entry> = Vec::with_capacity(entries.len());
        for entry in entries {
            if let Some(first) = left.iter().find(|e| e.key == entry.key) {
                let message = format!("`{}` was already given on line {}; remove one", entry.key, first.line);
                reading.found.fault(entry.line, join(&value.path, &entry.key), message);
            } else {
                left.push(entry);
            }
        }
        Some(Self { line: value.line, path: value.path.clone(), left, asked: Vec::new() })
    }

    /// The field's value; `None` when it is absent or empty.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Value<'n>> {
        self.take_even_empty(name).filter(|value| !value.node.is_null())
    }

    /// As [`Self::take`], with `name:` alone on its line being a value: an empty section still says "none".
    pub(super) fn take_even_empty(&mut self, name: &'static str) -> Option<Value<'n>> {
        self.asked.push(name);
        let at = self.left.iter().position(|entry| entry.key == name)?;
        let entry = self.left.remove(at);
        Some(Value { node: &entry.value, line: entry.line, path: join(&self.path, name) })
    }

    /// The field, which must be there.
    pub(super) fn require(
        &mut self,
        name: &'static str,
        hint: &str,
        reading: &mut Reading<'_>,
    ) -> Option<Value<'n>> {
        let value = self.take(name);
        if value.is_none() {
            let message = format!("`{name}` is missing; {hint}");
            reading.found.fault(self.line, self.path.clone(), message);
        }
        value
    }

    /// Refuses what nobody asked for. `planned` are fields of the contract that this version does not have, each with
    /// what to do instead.
    pub(super) fn close(self, planned: &[(&str, &str)], reading: &mut Reading<'_>) {
        for entry in &self.left {
            let path = join(&self.path, &entry.key);
            let key = &entry.key;
            let message = if let Some((_, instead)) = planned.iter().find(|(name, _)| name == key) {
                format!("`{key}` is not supported by this version; {instead}")
            } else if let Some(near) =
                did_you_mean(key, self.asked.iter().copied().chain(planned.iter().map(|(name, _)| *name)))
            {
                match planned.iter().find(|(name, _)| *name == near) {
                    // Nobody is led from one refusal to the next.
                    Some((_, instead)) => {
                        format!("unknown field `{key}`; `{near}` is not supported by this version: {instead}")
                    }
                    None => format!("unknown field `{key}`; did you mean `{near}`?"),
                }
            } else {
                format!("unknown field `{key}`; remove it (known here: {})", self.asked.join(", "))
            };
            reading.found.fault(entry.line, path, message);
        }
    }
}

impl<'n> Value<'n> {
    /// Notes that something else stands here than was expected.
    pub(super) fn expected(&self, what: &str, reading: &mut Reading<'_>) {
        let message = format!("expected {what}, found {}; change it", self.node.describe());
        self.fault(message, reading);
    }

    pub(super) fn fault(&self, message: impl Into<String>, reading: &mut Reading<'_>) {
        reading.found.fault(self.line, self.path.clone(), message);
    }

    /// Text, with each `${NAME}` replaced from the environment.
    pub(super) fn text(&self, reading: &mut Reading<'_>) -> Option<String> {
        let Kind::Scalar { text, .. } = &self.node.kind else {
            self.expected("text", reading);
            return None;
        };
        match substitute(text, reading.env) {
            Ok(text) => Some(text),
            Err(message) => {
                self.fault(message, reading);
                None
            }
        }
    }

    /// As written, before any `${NAME}` is replaced.
    pub(super) fn written(&self) -> Option<&'n str> {
        match &self.node.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// A name that may stand in a URL, a header and this file.
    pub(super) fn name(&self, reading: &mut Reading<'_>) -> Option<String> {
        let name = self.text(reading)?;
        if valid_name(&name) {
            return Some(name);
        }
        self.fault(
            format!(
                "{name:?} is no valid name; use 1 to 64 of a-z A-Z 0-9 . _ - and begin with a letter or digit"
            ),
            reading,
        );
        None
    }

    pub(super) fn boolean(&self, reading: &mut Reading<'_>) -> Option<bool> {
        match self.text(reading)?.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                self.fault(format!("expected true or false, found {other:?}; change it"), reading);
                None
            }
        }
    }

    /// A whole number from `least` to `most`.
    pub(super) fn number(&self, least: u64, most: u64, reading: &mut Reading<'_>) -> Option<u64> {
        let text = self.text(reading)?;
        match text.parse::<u64>() {
            Ok(n) if (least..=most).contains(&n) => Some(n),
            _ => {
                let range = if most == u64::MAX {
                    format!("of {least} or more")
                } else {
                    format!("from {least} to {most}")
                };
                self.fault(format!("expected a whole number {range}, found {text:?}; change it"), reading);
                None
            }
        }
    }

    /// The entries of a list; an empty value is an empty list.
    pub(super) fn list(&self, reading: &mut Reading<'_>) -> Vec<Value<'n>> {
        match &self.node.kind {
            Kind::List(items) => items
                .iter()
                .enumerate()
                .map(|(i, node)| Value { node, line: node.line, path: format!("{}[{i}]", self.path) })
                .collect(),
            _ if self.node.is_null() => Vec::new(),
            _ => {
                self.expected("a list (`- ` lines, or `[a, b]`)", reading);
                Vec::new()
            }
        }
    }

    pub(super) fn texts(&self, reading: &mut Reading<'_>) -> Vec<String> {
        self.list(reading).iter().filter_map(|item| item.text(reading)).collect()
    }

    /// The entries of a mapping whose keys are free.
    pub(super) fn entries(&self, reading: &mut Reading<'_>) -> Vec<(String, Value<'n>)> {
        let Kind::Map(entries) = &self.node.kind else {
            self.expected("a mapping (`key: value` lines)", reading);
            return Vec::new();
        };
        entries
            .iter()
            .map(|e| (e.key.clone(), Value { node: &e.value, line: e.line, path: join(&self.path, &e.key) }))
            .collect()
    }

    /// As JSON, by YAML's core rules for what is written without quotes.
    pub(super) fn json(&self) -> serde_json::Value {
        to_json(self.node)
    }
}

fn to_json(node: &Node) -> serde_json::Value {
    use serde_json::Value as Json;
    match &node.kind {
        Kind::List(items) => Json::Array(items.iter().map(to_json).collect()),
        Kind::Map(entries) => {
            Json::Object(entries.iter().map(|e| (e.key.clone(), to_json(&e.value))).collect())
        }
        Kind::Scalar { .. } if node.is_null() => Json::Null,
        Kind::Scalar { text, plain: true } => match text.as_str() {
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            text => {
                // What YAML and JSON both read as a number; `0x10` or `1_000` stay text.
                let number =
                    text.starts_with(|c: char| c.is_ascii_digit() || c == '-').then(|| text.parse().ok());
                number.flatten().map_or_else(|| Json::String(text.to_owned()), Json::Number)
            }
        },
        Kind::Scalar { text, .. } => Json::String(text.clone()),
    }
}

/// Replaces each `${NAME}`; `$${` stands for a literal `${`. A message names the variable, never its value.
fn substitute(text: &str, env: Env<'_>) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        let (before, after) = (&rest[..at], &rest[at + 2..]);
        if let Some(escaped) = before.strip_suffix('$') {
            out.push_str(escaped);
            out.push_str("${");
            rest = after;
            continue;
        }
        out.push_str(before);
        let (name, tail) = after.split_once('}').ok_or("`${` without its `}`; close it")?;
        let word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if name.is_empty() || !word {
            return Err(format!("`${{{name}}}` names no environment variable; write ${{NAME}}"));
        }
        let value = env(name).filter(|value| !value.is_empty());
        out.push_str(
            &value.ok_or_else(|| format!("the environment has no {name}; set it: export {name}=…"))?,
        );
        rest = tail;
    }
    out.push_str(rest);
    Ok(out)
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_come_from_the_environment_and_can_be_escaped() {
        let env = |name: &str| (name == "KEY").then(|| "sk-1".to_owned());
        let check = |input: &str| substitute(input, &env);
        assert_eq!(check("plain"), Ok("plain".into()));
        assert_eq!(check("${KEY}"), Ok("sk-1".into()));
        assert_eq!(check("a ${KEY} b ${KEY}"), Ok("a sk-1 b sk-1".into()));
        assert_eq!(check("$${KEY} costs $5"), Ok("${KEY} costs $5".into()));
        assert_eq!(check("${NOPE}").unwrap_err(), "the environment has no NOPE; set it: export NOPE=…");
        assert!(check("${KEY").unwrap_err().contains("close it"));
        assert!(check("${KEY:-x}").unwrap_err().contains("names no environment variable"));
    }
}
