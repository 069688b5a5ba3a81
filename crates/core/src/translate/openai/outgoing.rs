//! The caller's body → the body for a vendor of the same wire. A splice of the caller's own bytes: members that need
//! no change are copied as they stand, unknown ones too, and messages are parsed only when a quirk touches them.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Map, Number, Value};

use super::envelope::OWN_FIELDS;
use super::quirks::{self, Quirks};
use super::{Envelope, messages, needs};
use crate::catalog::Capabilities;
use crate::route::ModelTarget;
use crate::translate::{Outgoing, Reader, Refusal, Unsupported};

/// Makes the body. `stream`: whether the upstream is to stream.
///
/// # Errors
/// `Unsupported` when the vendor cannot do what the request needs.
pub fn outgoing(target: &ModelTarget, envelope: &Envelope, stream: bool) -> Result<Outgoing, Refusal> {
    let quirks = quirks::of(target.provider);
    let can = target.card.as_ref().map(|card| card.can).unwrap_or_default();
    let mut body = Body::new(envelope, &target.parameters);
    refuse_what_it_cannot(&body, quirks, can)?;

    body.set("model", target.send_as.as_str());
    name_the_bound(&mut body, quirks, target);
    for (from, to) in quirks.renames {
        body.rename(from, to);
    }
    if let Some(bounds) = quirks.temperature
        && let Some(clamped) = body.get("temperature").and_then(|raw| clamp(raw, bounds))
    {
        body.set("temperature", &clamped);
    }
    if let Some(raw) = body.get("messages") {
        let developer = can.developer_role.unwrap_or(quirks.developer_role);
        let thinks = quirks.wants_reasoning_back && !thinking_is_off(body.get("thinking"));
        let mut dropped = Vec::new();
        if let Some(fitted) = messages::fit(raw, quirks, developer, thinks, &mut dropped) {
            body.put("messages", fitted.into());
        }
        body.dropped.append(&mut dropped);
    }
    drop_hints(&mut body, quirks, can);
    set_stream(&mut body, quirks, stream);
    Ok(Outgoing {
        body: body.write(envelope.size()),
        dropped: body.dropped,
        reader: Reader::OpenAi(target.provider),
        version: None,
    })
}

/// The members of a body under way; untouched ones are slices of the caller's.
struct Body<'a> {
    members: Vec<(Cow<'a, str>, Cow<'a, [u8]>)>,
    dropped: Vec<String>,
}

impl<'a> Body<'a> {
    /// The caller's members without MAIG's own, the target's parameters over them.
    fn new(envelope: &'a Envelope, parameters: &Map<String, Value>) -> Self {
        let mut body = Self {
            members: envelope
                .members()
                .filter(|(key, _)| !OWN_FIELDS.contains(key))
                .map(|(key, raw)| (Cow::Borrowed(key), Cow::Borrowed(raw)))
                .collect(),
            dropped: Vec::new(),
        };
        for (key, value) in parameters {
            body.set(key, value);
        }
        body
    }

    fn get(&self, key: &str) -> Option<&[u8]> {
        self.members.iter().find(|(known, _)| known == key).map(|(_, raw)| &**raw)
    }

    fn set(&mut self, key: &str, value: &(impl Serialize + ?Sized)) {
        // Names, flags and JSON always serialise.
        self.put(key, serde_json::to_vec(value).unwrap_or_default().into());
    }

    fn put(&mut self, key: &str, raw: Cow<'a, [u8]>) {
        match self.members.iter_mut().find(|(known, _)| known == key) {
            Some((_, value)) => *value = raw,
            None => self.members.push((Cow::Owned(key.to_owned()), raw)),
        }
    }

    fn take(&mut self, key: &str) -> Option<Cow<'a, [u8]>> {
        let at = self.members.iter().position(|(known, _)| known == key)?;
        Some(self.members.remove(at).1)
    }

    /// Takes a field out and says so; `null` says nothing and is not missed.
    fn drop_named(&mut self, key: &str) {
        if self.take(key).is_some_and(|raw| &*raw != b"null") {
            self.dropped.push(key.to_owned());
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        if let Some(raw) = self.take(from) {
            self.put(to, raw);
        }
    }

    fn write(&self, size: usize) -> Bytes {
        let mut out = Vec::with_capacity(size + 256);
        out.push(b'{');
        for (at, (key, raw)) in self.members.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            // Writing text to a vector cannot fail.
            let _ = serde_json::to_writer(&mut out, &**key);
            out.push(b':');
            out.extend_from_slice(raw);
        }
        out.push(b'}');
        out.into()
    }
}

/// Needs that a whole vendor lacks; the catalogue's word on the model goes before the row's.
fn refuse_what_it_cannot(body: &Body<'_>, quirks: &Quirks, can: Capabilities) -> Result<(), Unsupported> {
    let refuse =
        |param: &str, reason: &str| Err(Unsupported { param: param.to_owned(), reason: reason.to_owned() });
    if needs::wants_schema(body.get("response_format")) && !can.json_schema.unwrap_or(quirks.json_schema) {
        return refuse("response_format", "it cannot be held to a JSON schema");
    }
    let tools = needs::is_filled_list(body.get("tools")) || needs::is_filled_list(body.get("functions"));
    if tools && !can.tools.unwrap_or(quirks.tools) {
        return refuse("tools", "it calls no tools");
    }
    if can.forced_tool_choice == Some(false) && needs::forces_a_tool(body.get("tool_choice")) {
        return refuse("tool_choice", "it cannot be made to call a tool");
    }
    let several = body.get("n").is_some_and(|raw| !matches!(raw, b"null" | b"1"));
    if several && !can.several_choices.unwrap_or(quirks.several_choices) {
        return refuse("n", "it gives one answer");
    }
    Ok(())
}

/// Spells the bound on the answer's length as the vendor does. OpenAI's reasoning models refuse `max_tokens`.
fn name_the_bound(body: &mut Body<'_>, quirks: &Quirks, target: &ModelTarget) {
    use crate::provider::Provider::{Azure, OpenAi};
    let reasons = target.card.as_ref().is_some_and(|card| card.reasoning);
    match quirks.max_tokens {
        Some(name) => body.rename("max_completion_tokens", name),
        None if matches!(target.provider, OpenAi | Azure) && reasons => {
            if body.get("max_completion_tokens").is_some() {
                body.take("max_tokens");
            } else {
                body.rename("max_tokens", "max_completion_tokens");
            }
        }
        None => {}
    }
}

/// Takes out what the vendor or the model refuses and the request can do without.
fn drop_hints(body: &mut Body<'_>, quirks: &Quirks, can: Capabilities) {
    for field in quirks.refuses {
        body.drop_named(field);
    }
    let by_model: [(Option<bool>, &[&str]); 3] = [
        (can.sampling, &["temperature", "top_p"]),
        (can.penalties, &["presence_penalty", "frequency_penalty"]),
        (can.stop, &["stop"]),
    ];
    for (_, fields) in by_model.iter().filter(|(can, _)| *can == Some(false)) {
        for field in *fields {
            body.drop_named(field);
        }
    }
    if let Some(only) = quirks.only {
        // Whether and how to stream is MAIG's to say, so nothing of the caller's is lost with it.
        body.take("stream_options");
        let unknown: Vec<String> = body
            .members
            .iter()
            .map(|(key, _)| key.to_string())
            .filter(|key| !only.top.contains(&key.as_str()))
            .collect();
        for field in &unknown {
            body.drop_named(field);
        }
    }
}

/// `stream`, and that usage is wanted whether the app asked or not: MAIG logs it.
fn set_stream(body: &mut Body<'_>, quirks: &Quirks, stream: bool) {
    let asked = body.get("stream") == Some(b"true");
    if asked != stream {
        body.set("stream", &stream);
    }
    if !stream || !quirks.stream_options {
        body.take("stream_options");
        return;
    }
    let mut options: Map<String, Value> =
        body.get("stream_options").and_then(|raw| serde_json::from_slice(raw).ok()).unwrap_or_default();
    if options.get("include_usage") != Some(&Value::Bool(true)) {
        options.insert("include_usage".to_owned(), Value::Bool(true));
        body.set("stream_options", &options);
    }
}

fn clamp(raw: &[u8], (least, most): (f64, f64)) -> Option<Number> {
    let given: f64 = serde_json::from_slice(raw).ok()?;
    let clamped = given.clamp(least, most);
    if clamped == given { None } else { Number::from_f64(clamped) }
}

/// `thinking: {type: disabled}`.
fn thinking_is_off(raw: Option<&[u8]>) -> bool {
    raw.and_then(|raw| serde_json::from_slice::<Value>(raw).ok())
        .is_some_and(|thinking| thinking["type"] == "disabled")
}
