//! The caller's body, opened but not unpacked: its top-level members as ranges of its own bytes, and the few of them
//! that steer MAIG. It must never parse the prompt; one validating pass finds where each member begins and ends.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU64;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use serde::Deserialize;
use serde::de::{DeserializeOwned, DeserializeSeed, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::BadRequest;
use super::scan::Scan;
use crate::chat::{ChatRequest, Needs};
use crate::failure::FailureKind;
use crate::model::MAX_NAME;
use crate::translate::Refusal;

/// A chat request in OpenAI's dialect.
#[derive(Debug)]
pub struct Envelope {
    members: Vec<(Box<str>, Bytes)>,
    /// The route or model that is asked for. `models` without `model`: its first.
    pub model: Arc<str>,
    pub stream: bool,
    /// The app asked for a usage chunk at the end of its stream.
    pub include_usage: bool,
    /// How many answers.
    pub n: u32,
    pub user: Option<String>,
    /// The failover that the request itself asks for.
    pub inline: Inline,
    size: usize,
    /// Boxed: few requests need it, and all are moved about.
    request: OnceLock<Result<Box<ChatRequest>, Refusal>>,
}

/// Failover asked for in a request (CONTRACT §4); the names of several other gateways are taken as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inline {
    /// Targets after the primary, from `fallback_models` or `models`.
    pub models: Vec<String>,
    /// `fallback_on`, in place of the route's `retry_on`.
    pub on: Option<Vec<FailureKind>>,
    /// `fallback_conditions.status_codes`.
    pub status_codes: Option<Vec<u16>>,
    /// `fallback_conditions.timeout_ms`.
    pub timeout_ms: Option<u64>,
}

impl Inline {
    /// Whether the request says anything about failover at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// MAIG's own fields; no provider is sent them.
pub(super) const OWN_FIELDS: [&str; 4] = ["models", "fallback_models", "fallback_on", "fallback_conditions"];

impl Envelope {
    /// Opens a body.
    ///
    /// # Errors
    /// What is wrong, where, and with which field. Only what MAIG itself must understand is checked; the rest is the
    /// provider's to judge.
    pub fn parse(body: Bytes) -> Result<Self, BadRequest> {
        let members = members(&body)?;
        let field = |name: &str| members.iter().find(|(key, _)| &**key == name).map(|(_, raw)| &raw[..]);
        messages(field("messages"))?;

        let mut inline = Inline {
            on: read(field("fallback_on"), "fallback_on", "a list of kinds of failure")?
                .map(kinds)
                .transpose()?,
            ..Inline::default()
        };
        let conditions: Option<Conditions> = read(
            field("fallback_conditions"),
            "fallback_conditions",
            "an object of `status_codes` (a list of numbers) and `timeout_ms` (a number above 0), and nothing else",
        )?;
        if let Some(conditions) = conditions {
            inline.status_codes = conditions.status_codes;
            inline.timeout_ms = conditions.timeout_ms.map(NonZeroU64::get);
        }
        let fallback_models: Option<Vec<String>> =
            read(field("fallback_models"), "fallback_models", "a list of model names")?;
        let models: Option<Vec<String>> = read(field("models"), "models", "a list of model names")?;
        if fallback_models.is_some() && models.is_some() {
            return Err(BadRequest::new("models", "Send `models` or `fallback_models`, not both."));
        }
        let mut others = fallback_models.or(models.clone()).unwrap_or_default();
        let model: Arc<str> = match name(field("model"))? {
            Some(model) => model,
            None if models.is_some() && !others.is_empty() => others.remove(0).into(),
            None => return Err(BadRequest::new("model", "`model` is missing: name a route or a model.")),
        };
        if model.contains(char::is_control) || others.iter().any(|name| name.contains(char::is_control)) {
            return Err(BadRequest::new("model", "A model's name has no control characters."));
        }
        if model.is_empty() || others.iter().any(String::is_empty) {
            return Err(BadRequest::new("model", "A model's name is empty: name a route or a model."));
        }
        // Whoever looks for the names nearest to an unknown one must not have to look at a megabyte.
        let too_long = |name: &str| name.len() > MAX_NAME;
        if too_long(&model) || others.iter().any(|name| too_long(name)) {
            let param = match (too_long(&model), models.is_some()) {
                (true, _) => "model",
                (false, true) => "models",
                (false, false) => "fallback_models",
            };
            let message = format!("A model's name has at most {MAX_NAME} bytes: name a route or a model.");
            return Err(BadRequest::new(param, message));
        }
        inline.models = others;

        let options: Option<StreamOptions> = read(field("stream_options"), "stream_options", "an object")?;
        let n = read(field("n"), "n", "a whole number from 1 to 128")?.unwrap_or(1);
        if !(1..=128).contains(&n) {
            return Err(BadRequest::new("n", "`n` must be a whole number from 1 to 128."));
        }
        Ok(Self {
            model,
            stream: read(field("stream"), "stream", "true or false")?.unwrap_or(false),
            include_usage: options.and_then(|options| options.include_usage).unwrap_or(false),
            n,
            user: read(field("user"), "user", "a string")?,
            inline,
            size: body.len(),
            members,
            request: OnceLock::new(),
        })
    }

    /// A top-level member as it stands in the body.
    pub fn raw(&self, name: &str) -> Option<&[u8]> {
        self.members.iter().find(|(key, _)| &**key == name).map(|(_, raw)| &raw[..])
    }

    /// All members, in the caller's order; a key given twice has its last value.
    pub fn members(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.members.iter().map(|(key, raw)| (&**key, &raw[..]))
    }

    /// Bytes of the body as it came.
    pub fn size(&self) -> usize {
        self.size
    }

    /// What the request cannot do without. Scans the prompt for media; ask only when a target's answer depends on it.
    pub fn needs(&self) -> Needs {
        super::needs::of(self)
    }

    /// The request in neutral words, for a target that speaks another dialect. Parsed once.
    ///
    /// # Errors
    /// What no target of another dialect could understand, or could not be told.
    pub fn request(&self) -> Result<&ChatRequest, Refusal> {
        let read = self.request.get_or_init(|| super::request::parse(self.members()).map(Box::new));
        read.as_deref().map_err(Clone::clone)
    }

    /// As `request`, with a target's own parameters over the caller's.
    ///
    /// # Errors
    /// As `request`.
    pub fn request_with(&self, parameters: &Map<String, Value>) -> Result<Cow<'_, ChatRequest>, Refusal> {
        if parameters.is_empty() {
            return self.request().map(Cow::Borrowed);
        }
        let written: Vec<(&str, String)> =
            parameters.iter().map(|(key, value)| (key.as_str(), value.to_string())).collect();
        let own = written.iter().map(|(key, raw)| (*key, raw.as_bytes()));
        super::request::parse(self.members().chain(own)).map(Cow::Owned)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Conditions {
    status_codes: Option<Vec<u16>>,
    timeout_ms: Option<NonZeroU64>,
}

#[derive(Deserialize)]
struct StreamOptions {
    include_usage: Option<bool>,
}

/// `model`; `null` counts as absent.
fn name(raw: Option<&[u8]>) -> Result<Option<Arc<str>>, BadRequest> {
    let Some(raw) = raw else { return Ok(None) };
    let text: Option<Key<'_>> =
        serde_json::from_slice(raw).map_err(|_| BadRequest::new("model", "`model` must be a string."))?;
    Ok(text.map(|text| Arc::from(&*text.0)))
}

/// A field that MAIG reads; `null` counts as absent.
fn read<T: DeserializeOwned>(raw: Option<&[u8]>, name: &str, shape: &str) -> Result<Option<T>, BadRequest> {
    let Some(raw) = raw else { return Ok(None) };
    serde_json::from_slice(raw).map_err(|_| BadRequest::new(name, format!("`{name}` must be {shape}.")))
}

fn kinds(words: Vec<String>) -> Result<Vec<FailureKind>, BadRequest> {
    words
        .iter()
        .map(|word| {
            FailureKind::from_word(word).ok_or_else(|| {
                let known: Vec<&str> = FailureKind::ALL.iter().map(|kind| kind.as_str()).collect();
                BadRequest::new("fallback_on", format!("`fallback_on` takes {}.", known.join(", ")))
            })
        })
        .collect()
}

/// There is something to answer. What is in it is the provider's to judge.
fn messages(raw: Option<&[u8]>) -> Result<(), BadRequest> {
    let inside = match raw {
        None | Some(b"null") => return Err(BadRequest::new("messages", "`messages` is missing.")),
        Some([b'[', inside @ ..]) => inside,
        Some(_) => return Err(BadRequest::new("messages", "`messages` must be a list of messages.")),
    };
    if inside.trim_ascii_start() == b"]" {
        return Err(BadRequest::new("messages", "`messages` is empty: send at least one message."));
    }
    Ok(())
}

/// The one pass over the body.
fn members(body: &Bytes) -> Result<Vec<(Box<str>, Bytes)>, BadRequest> {
    scanned(body).map_or_else(|| parsed(body), Ok)
}

/// The members of a body that is well-formed beyond doubt, and whose names are written without escapes.
fn scanned(body: &Bytes) -> Option<Vec<(Box<str>, Bytes)>> {
    let mut members = Vec::with_capacity(16);
    let mut scan = Scan::new(std::str::from_utf8(body).ok()?);
    scan.members(|scan, name| {
        put(&mut members, name, body.slice_ref(scan.raw()?.as_bytes()));
        Some(())
    })?;
    scan.is_over()?;
    Some(members)
}

/// A key given twice has its last value.
fn put(members: &mut Vec<(Box<str>, Bytes)>, key: &str, raw: Bytes) {
    match members.iter_mut().find(|(known, _)| **known == *key) {
        Some((_, value)) => *value = raw,
        None => members.push((key.into(), raw)),
    }
}

/// The members of any other body, or what is wrong with it.
fn parsed(body: &Bytes) -> Result<Vec<(Box<str>, Bytes)>, BadRequest> {
    match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => {}
        None => return Err(BadRequest::body("The request body is empty: send a JSON object.")),
        // Not JSON at all is said with its place, below; JSON of another kind is said here.
        Some(b'[' | b'"' | b'0'..=b'9' | b'-' | b't' | b'f' | b'n') => {
            if serde_json::from_slice::<&RawValue>(body).is_ok() {
                return Err(BadRequest::body("The request body must be a JSON object."));
            }
        }
        Some(_) => {}
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let members = Members { body }
        .deserialize(&mut reader)
        .and_then(|members| reader.end().map(|()| members))
        .map_err(|error| BadRequest::not_json(&error))?;
    Ok(members)
}

struct Members<'a> {
    body: &'a Bytes,
}

impl<'de> DeserializeSeed<'de> for Members<'de> {
    type Value = Vec<(Box<str>, Bytes)>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'de> {
    type Value = Vec<(Box<str>, Bytes)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members: Vec<(Box<str>, Bytes)> = Vec::with_capacity(16);
        while let Some(Key(key)) = map.next_key()? {
            let raw: &'de RawValue = map.next_value()?;
            put(&mut members, &key, self.body.slice_ref(raw.get().as_bytes()));
        }
        Ok(members)
    }
}

/// A key or a name, borrowed unless it is escaped.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BODY: &str = r#" {"model":"m\u00e9","messages":[{"role":"user","content":"say \"hi\"\n \u65e5日"},{}],"n":-10.25,
        "stream":true,"x":[],"y":null , "n": 0 } "#;

    #[test]
    fn a_usual_body_is_scanned_and_not_parsed() {
        for body in [BODY, "{}", r#"{"model":"a","messages":[{"role":"user","content":"b"}]}"#] {
            let body = Bytes::from(body);
            assert_eq!(scanned(&body), Some(parsed(&body).unwrap()));
        }
    }

    #[test]
    fn what_only_a_parser_may_judge_is_not_scanned() {
        for body in [
            "",
            "[]",
            "{",
            "{}x",
            r#"{"a":01}"#,
            r#"{"a":1e5}"#,
            r#"{"a":"\x"}"#,
            "{\"a\":\"\t\"}",
            r#"{"a\n":1}"#,
        ] {
            assert_eq!(scanned(&Bytes::from(body)), None, "{body}");
        }
        assert_eq!(scanned(&Bytes::from_static(b"{\"a\":\"\xff\"}")), None);
    }

    proptest! {
        #[test]
        fn what_is_scanned_is_what_a_parser_finds(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), prop::sample::select(b"{}[]\",:\\u0e-.\n\t tn\x80\0".to_vec())), 0..4)) {
            let mut body = BODY.as_bytes().to_vec();
            for (at, insert, byte) in edits {
                let at = at.index(body.len());
                if insert { body.insert(at, byte) } else { body[at] = byte }
            }
            let body = Bytes::from(body);
            if let Some(members) = scanned(&body) {
                prop_assert_eq!(parsed(&body).ok(), Some(members));
            }
        }
    }
}
