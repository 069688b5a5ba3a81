//! Events → a stream in OpenAI's dialect. The order is OpenAI's own: role, content, a finish a choice, usage if it was
//! asked for, `[DONE]`; id, time and model are the same on every chunk.

use serde_json::{Value, json};

use super::{message, usage};
use crate::chat::{ChatEvent, FinishReason, Usage};
use crate::translate::{Head, Signals};

/// One stream under way.
#[derive(Debug)]
pub struct Encoder {
    head: Head,
    include_usage: bool,
    choices: Vec<Choice>,
    usage: Option<Usage>,
}

#[derive(Debug, Default)]
struct Choice {
    begun: bool,
    finished: bool,
    calls: bool,
    /// Reasoning since the last seal, which the next seal proves.
    unsealed: String,
    seals: usize,
}

impl Encoder {
    /// `head`: the id and the time are ours, since the upstream's dialect has none of this kind.
    pub fn new(head: Head, include_usage: bool) -> Self {
        Self { head, include_usage, choices: Vec::new(), usage: None }
    }

    /// Appends what an event becomes, and adds what it means to `signals`.
    pub fn event(&mut self, event: ChatEvent, signals: &mut Signals, out: &mut Vec<u8>) {
        signals.content |= event.is_content();
        match event {
            ChatEvent::Start { model, .. } => {
                if let Some(model) = model {
                    signals.model = Some(model.clone());
                    self.head.model = model;
                }
            }
            ChatEvent::Text { choice, text } => {
                signals.chars += text.chars().count();
                self.say(choice, json!({"content": text}), out);
            }
            ChatEvent::Refusal { choice, text } => {
                signals.chars += text.chars().count();
                self.say(choice, json!({"refusal": text}), out);
            }
            ChatEvent::Reasoning { choice, text } => {
                signals.chars += text.chars().count();
                self.choice(choice).unsealed.push_str(&text);
                self.say(choice, json!({"reasoning_content": text}), out);
            }
            ChatEvent::ReasoningSeal { choice, block } => {
                let state = self.choice(choice);
                let text = if block.redacted.is_some() {
                    String::new()
                } else {
                    std::mem::take(&mut state.unsealed)
                };
                let text = if text.is_empty() { &block.text } else { &text };
                let detail = message::detail(&block, text, state.seals);
                state.seals += 1;
                self.say(choice, json!({"reasoning_details": [detail]}), out);
            }
            ChatEvent::ToolStart { choice, index, id, name, signature } => {
                signals.chars += name.chars().count();
                self.choice(choice).calls = true;
                let mut call = json!({
                    "index": index,
                    "id": id,
                    "type": "function",
                    "function": {"name": name, "arguments": ""},
                });
                if let Some(signature) = signature {
                    call["extra_content"] = message::extra_content(&signature);
                }
                self.say(choice, json!({"tool_calls": [call]}), out);
            }
            ChatEvent::ToolArguments { choice, index, fragment } => {
                signals.chars += fragment.chars().count();
                let call = json!({"index": index, "function": {"arguments": fragment}});
                self.say(choice, json!({"tool_calls": [call]}), out);
            }
            ChatEvent::Signature { choice, signature } => {
                self.say(choice, json!({"extra_content": message::extra_content(&signature)}), out);
            }
            ChatEvent::Finish { choice, reason } => self.finish_choice(choice, reason, signals, out),
            ChatEvent::Usage(usage) => {
                self.usage = Some(usage);
                signals.usage = Some(usage);
            }
            ChatEvent::Failed(failure) => signals.failed = Some(failure),
        }
    }

    /// Appends what the caller still lacks.
    pub fn finish(&mut self, estimate: Option<Usage>, signals: &mut Signals, out: &mut Vec<u8>) {
        for at in 0..self.choices.len() {
            let choice = &self.choices[at];
            if choice.begun && !choice.finished {
                let reason = super::finish::with_calls(FinishReason::Stop, choice.calls);
                self.finish_choice(u32::try_from(at).unwrap_or(u32::MAX), reason, signals, out);
            }
        }
        if self.include_usage
            && let Some(usage) = self.usage.or(estimate)
        {
            let mut chunk = self.chunk(json!([]));
            chunk["usage"] = usage::write(&usage);
            append(&chunk, out);
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    fn finish_choice(&mut self, choice: u32, reason: FinishReason, signals: &mut Signals, out: &mut Vec<u8>) {
        if !self.choice(choice).begun {
            // An answer of nothing is still an answer of the assistant.
            self.say(choice, json!({"content": ""}), out);
        }
        let state = self.choice(choice);
        if std::mem::replace(&mut state.finished, true) {
            return;
        }
        signals.finished.push((choice, reason));
        self.write(choice, json!({}), Some(reason), out);
    }

    /// A chunk of content; the first of a choice also tells the role.
    fn say(&mut self, choice: u32, delta: Value, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.choice(choice).begun, true) {
            let opening = if delta.get("tool_calls").is_some() { Value::Null } else { "".into() };
            self.write(choice, json!({"role": "assistant", "content": opening}), None, out);
        }
        self.write(choice, delta, None, out);
    }

    fn write(&self, choice: u32, delta: Value, reason: Option<FinishReason>, out: &mut Vec<u8>) {
        let chunk = self.chunk(json!([{
            "index": choice,
            "delta": delta,
            "logprobs": null,
            "finish_reason": reason.map(FinishReason::as_str),
        }]));
        append(&chunk, out);
    }

    fn chunk(&self, choices: Value) -> Value {
        let mut chunk = json!({
            "id": self.head.id,
            "object": "chat.completion.chunk",
            "created": self.head.created,
            "model": self.head.model,
            "choices": choices,
        });
        if self.include_usage {
            chunk["usage"] = Value::Null;
        }
        chunk
    }

    fn choice(&mut self, index: u32) -> &mut Choice {
        let at = (index as usize).min(super::MOST_CHOICES - 1);
        if self.choices.len() <= at {
            self.choices.resize_with(at + 1, Choice::default);
        }
        &mut self.choices[at]
    }
}

/// The frame that ends a stream which broke: OpenAI's error object. No `[DONE]` may follow it.
pub fn error_event(error: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    append(&json!({"error": error}), &mut out);
    out
}

fn append(chunk: &Value, out: &mut Vec<u8>) {
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(chunk.to_string().as_bytes());
    out.extend_from_slice(b"\n\n");
}
