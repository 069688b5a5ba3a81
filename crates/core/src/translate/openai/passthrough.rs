//! A stream of OpenAI's wire to a caller of OpenAI's dialect: a frame that already is what OpenAI would send goes
//! through byte for byte; of another, only what an official client stumbles over is edited in place.
//!
//! Edited, because a client of the kind breaks or misreads it: a second finish of a choice; finish words that OpenAI
//! does not know; the role in every delta (clients join it like text); content as a list; calls without index, with
//! another call's index, with empty or repeated ids and names, with arguments that are no string; usage that was not
//! asked for, or stands on a chunk with choices, or adds up otherwise; chunks without choices before the end; a chunk
//! without id, object, time or model; an empty call of the form before tools.
//! Left alone: ids and times that change between chunks, fields that OpenAI does not have.

use std::fmt::Write as _;

use bytes::Bytes;
use serde_json::{Value, json};

use super::calls::{Calls, made_id};
use super::finish::{self, Finish};
use super::splice::Splice;
use super::template::Template;
use super::{peek, told, usage};
use crate::chat::{FinishReason, Usage};
use crate::provider::Provider;
use crate::sse::Frame;
use crate::translate::{Head, NotAFrame, Relay, Signals};
use crate::wire::openai::{Call, Chunk, ChunkChoice, Delta, Function, Raw};

/// One stream under way.
#[derive(Debug)]
pub struct Passthrough {
    provider: Provider,
    head: Head,
    include_usage: bool,
    /// The head holds the provider's own id, time and model.
    begun: bool,
    choices: Vec<Choice>,
    /// The last counts: normalised, and the provider's object.
    usage: Option<(Usage, Box<str>)>,
    usage_sent: bool,
    /// Azure's verdict on the prompt, which waits for a chunk that has choices.
    verdict: Option<Box<str>>,
    /// Of the last frame that was nothing but text.
    pub(super) template: Option<Template>,
}

#[derive(Debug, Default)]
struct Choice {
    begun: bool,
    calls: Calls,
    finished: bool,
}

impl Passthrough {
    pub fn new(provider: Provider, head: Head, include_usage: bool) -> Self {
        Self {
            provider,
            head,
            include_usage,
            begun: false,
            choices: Vec::new(),
            usage: None,
            usage_sent: false,
            verdict: None,
            template: None,
        }
    }
}

impl Relay for Passthrough {
    fn frame(&mut self, frame: &Frame, out: &mut Vec<u8>) -> Result<Signals, NotAFrame> {
        let mut signals = Signals::default();
        let data = frame.data.trim_ascii();
        if data == b"[DONE]" {
            signals.done = true;
            return Ok(signals);
        }
        if data.is_empty() {
            return Ok(signals);
        }
        if let Some(text) = self.repeats(frame, data) {
            signals.content = true;
            signals.chars = peek::chars_of(text);
            append(data, out);
            return Ok(signals);
        }
        let text = std::str::from_utf8(data).map_err(|_| NotAFrame)?;
        let chunk: Chunk<'_> = serde_json::from_str(text).map_err(|_| NotAFrame)?;
        if told::is_error(frame, &chunk, text) {
            // After the last finish it takes nothing back: the answer is whole (OpenRouter says so of a reached limit).
            if self.is_over() {
                self.count(&chunk, &mut Splice::new(text), &mut signals);
            } else {
                signals.failed = Some(told::told(self.provider, text));
            }
            return Ok(signals);
        }
        let unfit = |choice: &ChunkChoice<'_>| {
            choice.index.is_none() || (choice.delta.is_none() && choice.message.is_some())
        };
        if chunk.choices.iter().flatten().any(unfit) {
            let data = serde_json::from_str(text).ok().and_then(as_deltas).ok_or(NotAFrame)?;
            return self.frame(&Frame { event: None, data }, out);
        }
        self.begin(&chunk, &mut signals);
        let mut splice = Splice::new(text);
        let mut says = self.count(&chunk, &mut splice, &mut signals);
        for choice in chunk.choices.iter().flatten() {
            says |= self.choice(choice, &mut splice, &mut signals)?;
        }
        if signals.failed.is_some() || !says {
            return Ok(signals);
        }
        if chunk.usage.is_some() || chunk.choices.as_ref().is_some_and(|choices| !choices.is_empty()) {
            self.put_head(&chunk, &mut splice);
        }
        if let Some(verdict) = self.verdict.take_if(|_| chunk.choices.as_ref().is_some_and(|c| !c.is_empty()))
        {
            splice.insert_first(format!("\"prompt_filter_results\":{verdict},"));
        }
        let start = out.len();
        if splice.is_empty() {
            self.template = Template::of(&chunk, text).filter(|_| self.begun);
            append(data, out);
        } else {
            out.extend_from_slice(b"data: ");
            splice.write(out);
            out.extend_from_slice(b"\n\n");
        }
        if memchr::memchr(b'\n', data).is_some() {
            // JSON that came on several `data:` lines has line breaks between its tokens; ours stands on one line.
            let end = out.len() - 2;
            out[start..end].iter_mut().filter(|byte| **byte == b'\n').for_each(|byte| *byte = b' ');
        }
        Ok(signals)
    }

    fn finish(&mut self, estimate: Option<Usage>, out: &mut Vec<u8>) -> Signals {
        let mut signals = Signals::default();
        for index in 0..self.choices.len() {
            let choice = &mut self.choices[index];
            if choice.begun && !choice.finished {
                // Some servers end without a word; the caller's client waits for one.
                let reason = finish::with_calls(FinishReason::Stop, !choice.calls.is_empty());
                choice.finished = true;
                let index = u32::try_from(index).unwrap_or(u32::MAX);
                signals.finished.push((index, reason));
                let choices = json!([{"index": index, "delta": {}, "finish_reason": reason.as_str()}]);
                self.write(&choices, None, out);
            }
        }
        if self.include_usage && !self.usage_sent {
            let counted = self.usage.as_ref().map(|(usage, raw)| usage::put_right(raw, usage));
            if let Some(usage) = counted.or_else(|| estimate.as_ref().map(usage::write)) {
                self.write(&json!([]), Some(&usage), out);
            }
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
        signals
    }
}

impl Passthrough {
    /// Takes the head of the first chunk that has one, and a verdict on the prompt wherever it stands alone.
    fn begin(&mut self, chunk: &Chunk<'_>, signals: &mut Signals) {
        if chunk.choices.as_ref().is_none_or(Vec::is_empty)
            && let Some(verdict) = chunk.prompt_filter_results
        {
            self.verdict = Some(verdict.get().into());
        }
        if self.begun {
            return;
        }
        let model = peek::word(chunk.model);
        if model.is_empty() {
            return;
        }
        self.begun = true;
        signals.model = Some(model.clone().into_owned());
        self.head.model = model.into_owned();
        let id = peek::word(chunk.id);
        if !id.is_empty() {
            self.head.id = id.into_owned();
        }
        self.head.created = chunk.created.and_then(|raw| raw.get().parse().ok()).unwrap_or(self.head.created);
    }

    /// The text of a frame that differs from the one before in nothing else, and so goes through as that did.
    fn repeats<'f>(&self, frame: &Frame, data: &'f [u8]) -> Option<&'f str> {
        let template = self.template.as_ref()?;
        if self.verdict.is_some() || frame.event.as_deref() == Some(b"error") {
            return None;
        }
        template.text_of(data)
    }

    /// Every choice that began has finished.
    fn is_over(&self) -> bool {
        self.choices.iter().any(|choice| choice.begun)
            && self.choices.iter().all(|choice| choice.finished || !choice.begun)
    }

    /// Says what OpenAI's chunks always say and this one leaves out: typed clients refuse a chunk without it.
    fn put_head(&self, chunk: &Chunk<'_>, splice: &mut Splice<'_>) {
        const OBJECT: &str = "\"chat.completion.chunk\"";
        let mut missing = String::new();
        match chunk.id {
            None => {
                let _ = write!(missing, "\"id\":{},", json!(self.head.id));
            }
            Some(raw) if matches!(raw.get(), "\"\"" | "null") => {
                splice.replace(raw, json!(self.head.id).to_string());
            }
            Some(_) => {}
        }
        match chunk.object {
            None => {
                let _ = write!(missing, "\"object\":{OBJECT},");
            }
            // Perplexity calls its last one `chat.completion.done`.
            Some(raw) if raw.get() != OBJECT => splice.replace(raw, OBJECT),
            Some(_) => {}
        }
        match chunk.created {
            None => {
                let _ = write!(missing, "\"created\":{},", self.head.created);
            }
            Some(raw) if raw.get() == "null" => splice.replace(raw, self.head.created.to_string()),
            Some(_) => {}
        }
        match chunk.model {
            None => {
                let _ = write!(missing, "\"model\":{},", json!(self.head.model));
            }
            Some(raw) if raw.get() == "null" => splice.replace(raw, json!(self.head.model).to_string()),
            Some(_) => {}
        }
        if !missing.is_empty() {
            splice.insert_first(missing);
        }
    }

    /// Takes the counts of a frame. True: the frame as it stands is the usage chunk that the app asked for, or has no
    /// counts and no choices and is none of ours to judge.
    fn count(&mut self, chunk: &Chunk<'_>, splice: &mut Splice<'_>, signals: &mut Signals) -> bool {
        let alone = chunk.choices.as_ref().is_none_or(Vec::is_empty);
        let inner = chunk.x_groq.and_then(groq_usage);
        let Some(raw) = chunk.usage.or(inner) else {
            return alone && chunk.prompt_filter_results.is_none();
        };
        let counted = usage::read(raw.get());
        if let Some(counted) = counted {
            signals.usage = Some(counted.usage);
            self.usage = Some((counted.usage, raw.get().into()));
        }
        let Some(raw) = chunk.usage else { return false };
        let is_right = counted.is_some_and(|counted| counted.is_canonical);
        let ended = self.choices.iter().all(|choice| choice.finished || !choice.begun);
        if alone && self.include_usage && !self.usage_sent && is_right && ended {
            // Vendors that count in a chunk of its own count once, at the end.
            self.usage_sent = true;
            return true;
        }
        // OpenAI says `null` on every chunk but the last, where usage was asked for; elsewhere nothing.
        if self.include_usage {
            splice.replace(raw, "null")
        } else {
            splice.remove(raw)
        }
        false
    }

    /// Reads one choice of a frame. True: there is something in it that the caller is to get.
    fn choice(
        &mut self,
        wire: &ChunkChoice<'_>,
        splice: &mut Splice<'_>,
        signals: &mut Signals,
    ) -> Result<bool, NotAFrame> {
        let index = wire.index.ok_or(NotAFrame)?;
        let at = index as usize;
        if at >= super::MOST_CHOICES {
            return Err(NotAFrame);
        }
        if self.choices.len() <= at {
            self.choices.resize_with(at + 1, Choice::default);
        }
        let first = !self.choices[at].begun;
        self.choices[at].begun = true;

        let nothing = Delta::default();
        let delta = wire.delta.as_ref().or(wire.message.as_ref()).unwrap_or(&nothing);
        let content = self.delta(index, delta, first, splice, signals)?;
        let choice = &mut self.choices[at];

        let word = peek::word(wire.finish_reason);
        let mut ends = false;
        match (finish::read(&word), wire.finish_reason) {
            (Finish::None, Some(raw)) => splice.replace(raw, "null"),
            (Finish::None, None) => {}
            (Finish::Failed, _) => signals.failed = Some(told::broke(&word)),
            (Finish::Reason(_), Some(raw)) if choice.finished => splice.replace(raw, "null"),
            (Finish::Reason(reason), raw) => {
                let told = finish::with_calls(reason, !choice.calls.is_empty());
                choice.finished = true;
                ends = true;
                signals.finished.push((index, told));
                if let Some(raw) = raw.filter(|_| told != reason || !finish::is_canonical(&word)) {
                    splice.replace(raw, format!("\"{}\"", told.as_str()));
                }
            }
        }
        signals.content |= content;
        let repeats = choice.finished && !ends;
        // A delta with nothing in it is still the choice's opening, or a field that we do not know; what comes empty
        // after the finish is only a carrier of usage.
        Ok(content || ends || first || !repeats)
    }

    /// Reads a delta. True: it holds content.
    fn delta(
        &mut self,
        index: u32,
        delta: &Delta<'_>,
        first: bool,
        splice: &mut Splice<'_>,
        signals: &mut Signals,
    ) -> Result<bool, NotAFrame> {
        match delta.role {
            Some(role) if !first => splice.remove(role),
            Some(_) => {}
            None if first => {
                let any = [
                    delta.content,
                    delta.reasoning_content,
                    delta.reasoning,
                    delta.tool_calls,
                    delta.refusal,
                ];
                if let Some(value) = any.into_iter().flatten().next() {
                    splice.insert_before(value, "\"role\":\"assistant\",");
                }
            }
            None => {}
        }
        let mut content = false;
        if let Some(list) = delta.content.filter(|raw| raw.get().starts_with('[')) {
            let (reasoning, text) = peek::parts(list);
            content |= !reasoning.is_empty() || !text.is_empty();
            signals.chars += reasoning.chars().count() + text.chars().count();
            splice.replace(list, as_text(&reasoning, &text));
        }
        for value in [delta.content, delta.refusal, delta.reasoning_content.or(delta.reasoning)] {
            let chars = peek::chars(value);
            signals.chars += chars;
            content |= chars > 0;
        }
        content |= peek::is_filled(delta.reasoning_details) || peek::is_filled(delta.audio);
        if let Some(list) = delta.tool_calls.filter(|raw| raw.get().starts_with('[')) {
            content |= self.calls(index, list, splice, signals)?;
        }
        if let Some(call) = delta.function_call {
            let function: Function<'_> = serde_json::from_str(call.get()).map_err(|_| NotAFrame)?;
            if peek::is_filled(function.name) || peek::is_filled(function.arguments) {
                content = true;
                signals.chars += peek::chars(function.arguments);
            } else {
                // An empty object would be taken for a call.
                splice.remove(call);
            }
        }
        Ok(content)
    }

    /// Reads fragments of calls and puts their numbers, ids and names right. True: there is one.
    fn calls(
        &mut self,
        index: u32,
        list: Raw<'_>,
        splice: &mut Splice<'_>,
        signals: &mut Signals,
    ) -> Result<bool, NotAFrame> {
        let fragments: Vec<Call<'_>> = serde_json::from_str(list.get()).map_err(|_| NotAFrame)?;
        let calls = &mut self.choices[index as usize].calls;
        for call in &fragments {
            let function: Function<'_> = match call.function {
                Some(raw) => serde_json::from_str(raw.get()).map_err(|_| NotAFrame)?,
                None => Function::default(),
            };
            let (id, name) = (peek::word(call.id), peek::word(function.name));
            let wire_index = call.index.and_then(|raw| raw.get().parse().ok());
            let place = calls.place(wire_index, &id, &name, |at| made_id(&self.head.id, index, at));
            let mut missing = String::new();
            if wire_index != Some(place.at as u64) {
                match call.index {
                    Some(raw) => splice.replace(raw, place.at.to_string()),
                    None => {
                        let _ = write!(missing, "\"index\":{},", place.at);
                    }
                }
            }
            if place.is_new {
                match call.id {
                    Some(raw) if id.is_empty() => splice.replace(raw, format!("\"{}\"", calls.id(place.at))),
                    None => {
                        let _ = write!(missing, "\"id\":\"{}\",", calls.id(place.at));
                    }
                    Some(_) => {}
                }
                if call.kind.is_none() && call.function.is_some() {
                    missing.push_str("\"type\":\"function\",");
                }
            } else {
                call.id.into_iter().chain(function.name).for_each(|raw| splice.remove(raw));
            }
            if let Some(raw) = call.function.or(call.id).or(call.kind).filter(|_| !missing.is_empty()) {
                splice.insert_before(raw, missing);
            }
            if let Some(raw) = function.arguments {
                if !raw.get().starts_with('"') {
                    splice.replace(raw, json!(raw.get()).to_string());
                }
                signals.chars += peek::chars(function.arguments);
            }
            signals.chars += if place.is_new { name.len() } else { 0 };
        }
        Ok(!fragments.is_empty())
    }

    /// A chunk of our own in the provider's stream.
    fn write(&self, choices: &Value, usage: Option<&Value>, out: &mut Vec<u8>) {
        let mut chunk = json!({
            "id": self.head.id,
            "object": "chat.completion.chunk",
            "created": self.head.created,
            "model": self.head.model,
            "choices": choices,
        });
        if let Some(usage) = usage {
            chunk["usage"] = usage.clone();
        }
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(chunk.to_string().as_bytes());
        out.extend_from_slice(b"\n\n");
    }
}

/// A frame as it came.
fn append(data: &[u8], out: &mut Vec<u8>) {
    out.reserve(data.len() + 8);
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(data);
    out.extend_from_slice(b"\n\n");
}

/// `content` as OpenAI has it, with the reasoning beside it: a value and perhaps a further member.
pub(super) fn as_text(reasoning: &str, text: &str) -> String {
    let content = if text.is_empty() { Value::Null } else { text.into() };
    if reasoning.is_empty() {
        content.to_string()
    } else {
        format!("{content},\"reasoning_content\":{}", json!(reasoning))
    }
}

/// A whole answer as the one chunk of a stream.
pub fn as_chunk(body: &[u8]) -> Option<Bytes> {
    let mut chunk: Value = serde_json::from_slice(body).ok()?;
    for choice in chunk["choices"].as_array_mut()? {
        // Perplexity has an empty delta beside the message.
        choice.as_object_mut()?.shift_remove("delta");
    }
    as_deltas(chunk)
}

/// The chunk with its choices numbered by their places, and whole messages in the place of deltas.
fn as_deltas(mut chunk: Value) -> Option<Bytes> {
    chunk["object"] = "chat.completion.chunk".into();
    for (at, choice) in chunk["choices"].as_array_mut()?.iter_mut().enumerate() {
        let choice = choice.as_object_mut()?;
        if choice.get("index").is_none_or(Value::is_null) {
            choice.insert("index".to_owned(), json!(at));
        }
        let message = choice.shift_remove("message").unwrap_or_else(|| json!({}));
        choice.entry("delta").or_insert(message);
    }
    Some(chunk.to_string().into())
}

/// Usage inside Groq's own envelope.
pub(super) fn groq_usage(raw: Raw<'_>) -> Option<Raw<'_>> {
    #[derive(serde::Deserialize)]
    struct Groq<'a> {
        #[serde(borrow)]
        usage: Option<Raw<'a>>,
    }
    serde_json::from_str::<Groq<'_>>(raw.get()).ok()?.usage
}
