//! A whole answer of OpenAI's wire to a caller of OpenAI's dialect: the provider's bytes, unless a client of the kind
//! would stumble over them; then only the value at fault is edited.

use std::fmt::Write as _;

use bytes::Bytes;
use serde_json::json;

use super::calls::made_id;
use super::finish::{self, Finish};
use super::passthrough::{as_text, groq_usage};
use super::splice::Splice;
use super::{mirror, peek, told, usage};
use crate::chat::{FinishReason, Usage};
use crate::failure::{Failure, FailureKind};
use crate::provider::Provider;
use crate::translate::{Head, Whole};
use crate::wire::openai::{Call, Completion, CompletionChoice, Delta, Function, Raw};

/// The caller's body of a 200's body.
///
/// # Errors
/// `bad_response` for what is no answer, and whatever the provider says of itself where it says an error.
pub fn passthrough_whole(provider: Provider, body: Bytes, head: &Head) -> Result<Whole, Failure> {
    let text = std::str::from_utf8(&body).map_err(|_| bad("the provider's answer is not UTF-8"))?;
    let wire = mirror::completion(text)
        .map_err(|_| bad("the provider's answer is not the JSON of a chat completion"))?;
    if peek::is_filled(wire.error) || (wire.choices.is_none() && told::is_bare_error(text)) {
        return Err(told::told(provider, text));
    }
    let Some(choices) = wire.choices.as_ref().filter(|choices| !choices.is_empty()) else {
        return Err(bad("the provider's answer has no choices"));
    };
    let id = peek::string(wire.id).filter(|id| !id.is_empty()).unwrap_or(head.id.as_str().into());
    let mut reading =
        Reading { splice: Splice::new(text), answer_id: &id, chars: 0, silent: true, refusals: 0 };
    let mut finish = Vec::with_capacity(choices.len());
    for (at, choice) in choices.iter().enumerate() {
        finish.push(reading.choice(at, choice)?);
    }
    let Reading { mut splice, chars, silent, refusals, .. } = reading;
    let refused = refusals == finish.len();
    put_head(&wire, head, &mut splice);

    let raw = wire.usage.filter(|raw| !raw.is_null()).or_else(|| wire.x_groq.and_then(groq_usage));
    let counted = raw.and_then(|raw| usage::read(raw.get()).map(|counted| (counted, raw.get())));
    match (wire.usage, counted) {
        (Some(raw), Some((counted, said))) if raw.is_null() || !counted.is_canonical => {
            splice.replace(raw, usage::put_right(said, &counted.usage).to_string());
        }
        (None, Some((counted, said))) => {
            splice.insert_first(format!("\"usage\":{},", usage::put_right(said, &counted.usage)));
        }
        _ => {}
    }
    let edited = if splice.is_empty() {
        body.clone()
    } else {
        let mut edited = Vec::with_capacity(text.len() + 256);
        splice.write(&mut edited);
        edited.into()
    };
    let explained = |reason: &Option<FinishReason>| {
        matches!(reason, Some(FinishReason::Length | FinishReason::ContentFilter))
    };
    Ok(Whole {
        body: edited,
        model: peek::string(wire.model).filter(|model| !model.is_empty()).map(Into::into),
        usage: counted.map(|(counted, _)| counted.usage),
        empty: silent && !finish.iter().any(explained),
        refused,
        finish,
        chars,
    })
}

/// Says what OpenAI's answers always say and this one leaves out: typed clients refuse an answer without it.
fn put_head(wire: &Completion<'_>, head: &Head, splice: &mut Splice<'_>) {
    let mut missing = String::new();
    match wire.id {
        None => {
            let _ = write!(missing, "\"id\":{},", json!(head.id));
        }
        Some(raw) if matches!(raw.get(), "\"\"" | "null") => splice.replace(raw, json!(head.id).to_string()),
        Some(_) => {}
    }
    match wire.object {
        None => missing.push_str("\"object\":\"chat.completion\","),
        Some(raw) if raw.get() != "\"chat.completion\"" => splice.replace(raw, "\"chat.completion\""),
        Some(_) => {}
    }
    match wire.created {
        None => {
            let _ = write!(missing, "\"created\":{},", head.created);
        }
        Some(raw) if raw.get() == "null" => splice.replace(raw, head.created.to_string()),
        Some(_) => {}
    }
    match wire.model {
        None => {
            let _ = write!(missing, "\"model\":{},", json!(head.model));
        }
        Some(raw) if raw.get() == "null" => splice.replace(raw, json!(head.model).to_string()),
        Some(_) => {}
    }
    if !missing.is_empty() {
        splice.insert_first(missing);
    }
}

/// The body with an estimate in it, where the provider did not count.
pub fn with_usage(body: &Bytes, estimate: &Usage) -> Bytes {
    let Ok(text) = std::str::from_utf8(body) else { return body.clone() };
    let wire = mirror::completion(text).ok();
    let mut splice = Splice::new(text);
    match wire.and_then(|wire| wire.usage) {
        Some(raw) => splice.replace(raw, usage::write(estimate).to_string()),
        None => splice.insert_first(format!("\"usage\":{},", usage::write(estimate))),
    }
    let mut edited = Vec::with_capacity(text.len() + 256);
    splice.write(&mut edited);
    edited.into()
}

fn bad(message: &str) -> Failure {
    Failure::seen(FailureKind::BadResponse, message)
}

/// One body being read.
struct Reading<'t, 'i> {
    splice: Splice<'t>,
    answer_id: &'i str,
    chars: usize,
    /// No choice has said anything yet.
    silent: bool,
    /// Choices that were refused by the model or stopped by a filter.
    refusals: usize,
}

impl Reading<'_, '_> {
    /// Reads a choice and gives why it ended.
    fn choice(&mut self, at: usize, choice: &CompletionChoice<'_>) -> Result<Option<FinishReason>, Failure> {
        let number = u32::try_from(at).unwrap_or(u32::MAX);
        let mut says = false;
        let mut has_calls = false;
        let mut refused = false;
        let mut missing = String::new();
        if choice.index.is_none() {
            let _ = write!(missing, "\"index\":{at},");
        }
        match choice.message {
            Some(raw) => {
                let message =
                    mirror::message(raw).map_err(|_| bad("the provider's answer has a broken message"))?;
                has_calls = self.calls(number, message.tool_calls)?;
                says = self.message(&message)? || has_calls;
                refused = peek::is_filled(message.refusal);
            }
            // Azure's filter took all of it.
            None => {
                missing.push_str("\"message\":{\"role\":\"assistant\",\"content\":null,\"refusal\":null},")
            }
        }
        self.silent &= !says;

        let word = peek::word(choice.finish_reason);
        let reason = match finish::read(&word) {
            Finish::Failed => return Err(told::broke(&word)),
            Finish::Reason(reason) => Some(finish::with_calls(reason, has_calls)),
            // An answer without a word on its end: what it holds says how it ended.
            Finish::None if says => Some(finish::with_calls(FinishReason::Stop, has_calls)),
            Finish::None => None,
        };
        refused |= reason == Some(FinishReason::ContentFilter);
        self.refusals += usize::from(refused);
        let shown = || reason.map_or_else(|| "null".to_owned(), |reason| format!("\"{}\"", reason.as_str()));
        match choice.finish_reason {
            Some(raw) if !finish::is_canonical(&word) || (word == "stop" && has_calls) => {
                self.splice.replace(raw, shown());
            }
            Some(_) => {}
            None => {
                let _ = write!(missing, "\"finish_reason\":{},", shown());
            }
        }
        if let Some(raw) = choice.message.or(choice.finish_reason).filter(|_| !missing.is_empty()) {
            self.splice.insert_before(raw, missing);
        }
        Ok(reason)
    }

    /// Reads what a message says besides calls. True: something.
    fn message(&mut self, message: &Delta<'_>) -> Result<bool, Failure> {
        let mut says = false;
        if let Some(list) = message.content.filter(|raw| raw.get().starts_with('[')) {
            let (reasoning, text) = peek::parts(list);
            says |= !reasoning.is_empty() || !text.is_empty();
            self.chars += reasoning.chars().count() + text.chars().count();
            self.splice.replace(list, as_text(&reasoning, &text));
        }
        for value in [message.content, message.refusal, message.reasoning_content.or(message.reasoning)] {
            let chars = peek::chars(value);
            self.chars += chars;
            says |= chars > 0;
        }
        says |= peek::is_filled(message.reasoning_details);
        if let Some(raw) = message.function_call {
            let call: Function<'_> = parse(raw)?;
            // An empty object would be taken for a call.
            if peek::is_filled(call.name) { says = true } else { self.splice.remove(raw) }
        }
        if let Some(raw) = message.audio {
            let is_empty =
                serde_json::from_str::<serde_json::Value>(raw.get()).is_ok_and(|audio| audio["data"] == "");
            if is_empty { self.splice.remove(raw) } else { says |= peek::is_filled(message.audio) }
        }
        Ok(says)
    }

    /// Reads the calls of a message. True: there are some.
    fn calls(&mut self, choice: u32, list: Option<Raw<'_>>) -> Result<bool, Failure> {
        let Some(list) = list.filter(|raw| raw.get().starts_with('[')) else { return Ok(false) };
        let calls: Vec<Call<'_>> = parse(list)?;
        for (at, call) in calls.iter().enumerate() {
            let mut missing = String::new();
            match call.id {
                Some(raw) if !peek::is_filled(call.id) => {
                    self.splice.replace(raw, json!(made_id(self.answer_id, choice, at)).to_string());
                }
                None => {
                    let _ = write!(missing, "\"id\":\"{}\",", made_id(self.answer_id, choice, at));
                }
                Some(_) => {}
            }
            let Some(raw) = call.function else { continue };
            if call.kind.is_none() {
                missing.push_str("\"type\":\"function\",");
            }
            if !missing.is_empty() {
                self.splice.insert_before(raw, missing);
            }
            let function: Function<'_> = parse(raw)?;
            match function.arguments {
                Some(arguments) if !arguments.get().starts_with('"') => {
                    self.splice.replace(arguments, json!(arguments.get()).to_string());
                }
                arguments => self.chars += peek::chars(arguments),
            }
        }
        Ok(!calls.is_empty())
    }
}

fn parse<'a, T: serde::Deserialize<'a>>(raw: Raw<'a>) -> Result<T, Failure> {
    serde_json::from_str(raw.get()).map_err(|_| bad("the provider's answer has a broken tool call"))
}
