//! Events → a stream in OpenAI's dialect. The order is OpenAI's own: role, content, a finish a choice, usage if it was
//! asked for, `[DONE]`; id, time and model are the same on every chunk.

use serde::Serialize;
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
                self.say(choice, &Delta::Content(&text), out);
            }
            ChatEvent::Refusal { choice, text } => {
                signals.chars += text.chars().count();
                self.say(choice, &Delta::Refusal(&text), out);
            }
            ChatEvent::Reasoning { choice, text } => {
                signals.chars += text.chars().count();
                self.choice(choice).unsealed.push_str(&text);
                self.say(choice, &Delta::ReasoningContent(&text), out);
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
                self.say(choice, &Delta::ReasoningDetails([detail]), out);
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
                self.say(choice, &Delta::ToolCalls([call]), out);
            }
            ChatEvent::ToolArguments { choice, index, fragment } => {
                signals.chars += fragment.chars().count();
                let call = Fragment { index, function: Arguments { arguments: &fragment } };
                self.say(choice, &Delta::More([call]), out);
            }
            ChatEvent::Signature { choice, signature } => {
                self.say(choice, &Delta::ExtraContent(message::extra_content(&signature)), out);
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
            self.append::<Empty>(&[], Some(usage::write(&usage)), out);
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    fn finish_choice(&mut self, choice: u32, reason: FinishReason, signals: &mut Signals, out: &mut Vec<u8>) {
        if !self.choice(choice).begun {
            // An answer of nothing is still an answer of the assistant.
            self.say(choice, &Delta::Content(""), out);
        }
        let state = self.choice(choice);
        if std::mem::replace(&mut state.finished, true) {
            return;
        }
        signals.finished.push((choice, reason));
        self.write(choice, &Empty {}, Some(reason), out);
    }

    /// A chunk of content; the first of a choice also tells the role.
    fn say(&mut self, choice: u32, delta: &Delta<'_>, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.choice(choice).begun, true) {
            let content = if matches!(delta, Delta::ToolCalls(_) | Delta::More(_)) { None } else { Some("") };
            self.write(choice, &Opening { role: "assistant", content }, None, out);
        }
        self.write(choice, delta, None, out);
    }

    fn write(&self, index: u32, delta: &impl Serialize, reason: Option<FinishReason>, out: &mut Vec<u8>) {
        let finish_reason = reason.map(FinishReason::as_str);
        self.append(&[Piece { index, delta, logprobs: None, finish_reason }], None, out);
    }

    fn append<D: Serialize>(&self, choices: &[Piece<'_, D>], usage: Option<Value>, out: &mut Vec<u8>) {
        let chunk = Chunk {
            id: &self.head.id,
            object: "chat.completion.chunk",
            created: self.head.created,
            model: &self.head.model,
            choices,
            usage: self.include_usage.then_some(usage),
        };
        append(&chunk, out);
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

fn append(chunk: &impl Serialize, out: &mut Vec<u8>) {
    out.extend_from_slice(b"data: ");
    // Text, numbers and JSON always serialise.
    let _ = serde_json::to_writer(&mut *out, chunk);
    out.extend_from_slice(b"\n\n");
}

/// What goes on the wire, written without a tree of values in between.
#[derive(Serialize)]
struct Chunk<'a, D> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: &'a [Piece<'a, D>],
    /// OpenAI says `null` on every chunk but the last, where usage was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Option<Value>>,
}

#[derive(Serialize)]
struct Piece<'a, D> {
    index: u32,
    delta: &'a D,
    logprobs: Option<()>,
    finish_reason: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Delta<'a> {
    Content(&'a str),
    Refusal(&'a str),
    ReasoningContent(&'a str),
    ReasoningDetails([Value; 1]),
    ToolCalls([Value; 1]),
    /// Arguments of a call that has begun.
    #[serde(rename = "tool_calls")]
    More([Fragment<'a>; 1]),
    ExtraContent(Value),
}

#[derive(Serialize)]
struct Fragment<'a> {
    index: u32,
    function: Arguments<'a>,
}

#[derive(Serialize)]
struct Arguments<'a> {
    arguments: &'a str,
}

#[derive(Serialize)]
struct Opening {
    role: &'static str,
    content: Option<&'static str>,
}

#[derive(Serialize)]
struct Empty {}
