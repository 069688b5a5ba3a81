//! A stream of OpenAI's wire → events, for callers of another dialect and for whole answers assembled from streams.
//! It reads what `passthrough` reads and must agree with it in every number and word.

use super::calls::{Calls, made_id};
use super::finish::{self, Finish};
use super::message;
use super::passthrough::groq_usage;
use super::{peek, told, usage};
use crate::chat::{ChatEvent, FinishReason};
use crate::provider::Provider;
use crate::sse::Frame;
use crate::translate::{Decode, NotAFrame};
use crate::wire::openai::{Call, Chunk, ChunkChoice, Delta, Function, Raw};

/// One stream under way.
#[derive(Debug)]
pub struct Stream {
    provider: Provider,
    started: bool,
    /// The answer's id, of which ids of calls are made that have none.
    id: String,
    choices: Vec<Choice>,
}

#[derive(Debug, Default)]
struct Choice {
    begun: bool,
    calls: Calls,
    /// Per call, whether any of its arguments came.
    argued: Vec<bool>,
    finished: bool,
}

impl Stream {
    pub fn new(provider: Provider) -> Self {
        Self { provider, started: false, id: String::new(), choices: Vec::new() }
    }
}

impl Decode for Stream {
    fn frame(&mut self, frame: &Frame, out: &mut Vec<ChatEvent>) -> Result<(), NotAFrame> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || data == b"[DONE]" {
            return Ok(());
        }
        let text = std::str::from_utf8(data).map_err(|_| NotAFrame)?;
        let chunk: Chunk<'_> = serde_json::from_str(text).map_err(|_| NotAFrame)?;
        if told::is_error(frame, &chunk, text) {
            // After the last finish it takes nothing back: the answer is whole.
            if self.is_over() {
                count(&chunk, out);
            } else {
                out.push(ChatEvent::Failed(told::told(self.provider, text)));
            }
            return Ok(());
        }
        let model = peek::word(chunk.model);
        if !self.started && !model.is_empty() {
            self.started = true;
            self.id = peek::word(chunk.id).into_owned();
            let id = Some(self.id.clone()).filter(|id| !id.is_empty());
            out.push(ChatEvent::Start { id, model: Some(model.into_owned()) });
        }
        for (at, choice) in chunk.choices.iter().flatten().enumerate() {
            self.choice(at, choice, out)?;
        }
        count(&chunk, out);
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<ChatEvent>) {
        for index in 0..self.choices.len() {
            if self.choices[index].begun && !self.choices[index].finished {
                let reason = finish::with_calls(FinishReason::Stop, !self.choices[index].calls.is_empty());
                self.finish(index, reason, out);
            }
        }
    }
}

/// Takes the counts of a frame, wherever it has them.
fn count(chunk: &Chunk<'_>, out: &mut Vec<ChatEvent>) {
    let counts = chunk.usage.or_else(|| chunk.x_groq.and_then(groq_usage));
    out.extend(counts.and_then(|raw| usage::read(raw.get())).map(|counted| ChatEvent::Usage(counted.usage)));
}

impl Stream {
    /// Every choice that began has finished.
    fn is_over(&self) -> bool {
        self.choices.iter().any(|choice| choice.begun)
            && self.choices.iter().all(|choice| choice.finished || !choice.begun)
    }

    fn choice(
        &mut self,
        at: usize,
        wire: &ChunkChoice<'_>,
        out: &mut Vec<ChatEvent>,
    ) -> Result<(), NotAFrame> {
        let index = wire.index.map_or(at, |index| index as usize);
        if index >= super::MOST_CHOICES {
            return Err(NotAFrame);
        }
        if self.choices.len() <= index {
            self.choices.resize_with(index + 1, Choice::default);
        }
        self.choices[index].begun = true;
        if let Some(delta) = wire.delta.as_ref().or(wire.message.as_ref()) {
            self.delta(index, delta, out)?;
        }
        let word = peek::word(wire.finish_reason);
        match finish::read(&word) {
            Finish::Failed => out.push(ChatEvent::Failed(told::broke(&word))),
            Finish::Reason(reason) if !self.choices[index].finished => {
                let reason = finish::with_calls(reason, !self.choices[index].calls.is_empty());
                self.finish(index, reason, out);
            }
            Finish::Reason(_) | Finish::None => {}
        }
        Ok(())
    }

    fn delta(&mut self, index: usize, delta: &Delta<'_>, out: &mut Vec<ChatEvent>) -> Result<(), NotAFrame> {
        let choice = number(index);
        let (mut thought, mut said) = (String::new(), String::new());
        match delta.content {
            Some(list) if list.get().starts_with('[') => (thought, said) = peek::parts(list),
            content => said.push_str(&peek::word(content)),
        }
        thought.push_str(&peek::word(delta.reasoning_content.or(delta.reasoning)));
        let details = message::reasoning_details(delta.reasoning_details);
        if thought.is_empty() {
            details.iter().for_each(|detail| thought.push_str(&detail.text));
        }
        if !thought.is_empty() {
            out.push(ChatEvent::Reasoning { choice, text: thought });
        }
        for block in
            details.into_iter().filter(|detail| detail.signature.is_some() || detail.redacted.is_some())
        {
            out.push(ChatEvent::ReasoningSeal { choice, block });
        }
        if !said.is_empty() {
            out.push(ChatEvent::Text { choice, text: said });
        }
        let refusal = peek::word(delta.refusal);
        if !refusal.is_empty() {
            out.push(ChatEvent::Refusal { choice, text: refusal.into_owned() });
        }
        if let Some(list) = delta.tool_calls.filter(|raw| raw.get().starts_with('[')) {
            self.calls(index, list, out)?;
        }
        if let Some(raw) = delta.function_call {
            let function: Function<'_> = serde_json::from_str(raw.get()).map_err(|_| NotAFrame)?;
            // Some servers fill the old field with empty strings.
            if peek::is_filled(function.name) || peek::is_filled(function.arguments) {
                self.call(index, None, "", None, &function, out);
            }
        }
        if let Some(signature) = message::google_signature(delta.extra_content) {
            out.push(ChatEvent::Signature { choice, signature });
        }
        Ok(())
    }

    fn calls(&mut self, index: usize, list: Raw<'_>, out: &mut Vec<ChatEvent>) -> Result<(), NotAFrame> {
        let calls: Vec<Call<'_>> = serde_json::from_str(list.get()).map_err(|_| NotAFrame)?;
        for call in &calls {
            let function: Function<'_> = match call.function {
                Some(raw) => serde_json::from_str(raw.get()).map_err(|_| NotAFrame)?,
                None => Function::default(),
            };
            let wire_index = call.index.and_then(|raw| raw.get().parse().ok());
            let signature = message::google_signature(call.extra_content);
            self.call(index, wire_index, &peek::word(call.id), signature, &function, out);
        }
        Ok(())
    }

    fn call(
        &mut self,
        index: usize,
        wire_index: Option<u64>,
        id: &str,
        signature: Option<String>,
        function: &Function<'_>,
        out: &mut Vec<ChatEvent>,
    ) {
        let choice = number(index);
        let Choice { calls, argued, .. } = &mut self.choices[index];
        let name = peek::word(function.name);
        let place = calls.place(wire_index, id, &name, |at| made_id(&self.id, choice, at));
        let call = number(place.at);
        if place.is_new {
            argued.push(false);
            let id = calls.id(place.at).to_owned();
            out.push(ChatEvent::ToolStart { choice, index: call, id, name: name.into_owned(), signature });
        }
        let fragment = match function.arguments {
            Some(raw) if !raw.get().starts_with('"') => raw.get().to_owned(),
            arguments => peek::word(arguments).into_owned(),
        };
        if !fragment.is_empty() {
            argued[place.at] = true;
            out.push(ChatEvent::ToolArguments { choice, index: call, fragment });
        }
    }

    /// Ends a choice; calls that came without arguments have none to give, which is `{}`.
    fn finish(&mut self, index: usize, reason: FinishReason, out: &mut Vec<ChatEvent>) {
        let choice = &mut self.choices[index];
        choice.finished = true;
        for (call, argued) in choice.argued.iter_mut().enumerate() {
            if !std::mem::replace(argued, true) {
                out.push(ChatEvent::ToolArguments {
                    choice: number(index),
                    index: number(call),
                    fragment: "{}".to_owned(),
                });
            }
        }
        out.push(ChatEvent::Finish { choice: number(index), reason });
    }
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
