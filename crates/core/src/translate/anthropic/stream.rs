//! The events of a stream → `ChatEvent`s. It must never take a block's `index` for a tool call's: the vendor counts
//! all blocks, OpenAI only the calls.

use std::collections::HashMap;

use super::answer_tool::ANSWER_TOOL;
use super::whole::call_id;
use super::{finish, usage};
use crate::chat::{ChatEvent, FinishReason, Origin, Reasoning};
use crate::failure::evidence;
use crate::provider::Provider;
use crate::sse::Frame;
use crate::translate::{Decode, NotAFrame};
use crate::wire::anthropic::{self, BlockDelta, Content, Event, MessageDelta, Reply};

/// Reads one streamed message.
#[derive(Debug, Default)]
pub struct Stream {
    /// The request's schema went out as a forced tool, whose input is the text.
    emulated: bool,
    started: bool,
    reply_id: String,
    /// Blocks that have begun and not ended, by the vendor's index.
    open: HashMap<u64, Open>,
    calls: u32,
    counts: anthropic::Usage,
    finished: bool,
    failed: bool,
    /// Words beside the forced tool: given only when the tool was not called after all.
    beside: String,
    answered: bool,
}

/// A block that is being told.
#[derive(Debug)]
enum Open {
    Text,
    /// The forced tool of an emulated schema.
    Answer(Input),
    Call {
        index: u32,
        input: Input,
    },
    Thinking {
        signature: String,
    },
    /// Nothing of it is relayed.
    Passed,
}

/// A tool's input so far.
#[derive(Debug)]
struct Input {
    /// What the block began with; it counts only when no fragment follows.
    initial: String,
    any: bool,
}

impl Stream {
    /// `emulated`: what `emulates_schema` said of the request.
    pub fn new(emulated: bool) -> Self {
        Self { emulated, ..Self::default() }
    }

    fn start(&mut self, message: &str, out: &mut Vec<ChatEvent>) -> Result<(), NotAFrame> {
        let reply: Reply = serde_json::from_str(message).map_err(|_| NotAFrame)?;
        if let Some(counts) = reply.usage {
            usage::merge(&mut self.counts, counts);
        }
        // Some fronts repeat `message_start`, or splice a second one in; the answer has begun only once.
        if !self.started {
            self.started = true;
            self.reply_id = reply.id.clone().unwrap_or_default();
            out.push(ChatEvent::Start { id: reply.id, model: reply.model });
        }
        Ok(())
    }

    fn open(&mut self, index: u64, block: Content, out: &mut Vec<ChatEvent>) {
        self.close(index, out);
        let open = match block {
            Content::Text { text } => {
                self.text(text.unwrap_or_default(), out);
                Open::Text
            }
            Content::ToolUse { name, input, .. } if self.emulated && name.as_deref() == Some(ANSWER_TOOL) => {
                self.answered = true;
                Open::Answer(Input::new(input))
            }
            Content::ToolUse { id, name, input } => {
                let index = self.calls;
                self.calls += 1;
                let id = call_id(id, &self.reply_id, index as usize);
                let name = name.unwrap_or_default();
                out.push(ChatEvent::ToolStart { choice: 0, index, id, name, signature: None });
                Open::Call { index, input: Input::new(input) }
            }
            Content::Thinking { thinking, signature } => {
                reasoning(thinking.unwrap_or_default(), out);
                Open::Thinking { signature: signature.unwrap_or_default() }
            }
            Content::RedactedThinking { data } => {
                let block =
                    Reasoning { origin: Some(Origin::Anthropic), redacted: data, ..Reasoning::default() };
                out.push(ChatEvent::ReasoningSeal { choice: 0, block });
                Open::Passed
            }
            Content::Other => Open::Passed,
        };
        self.open.insert(index, open);
    }

    fn grow(&mut self, index: u64, delta: BlockDelta<'_>, out: &mut Vec<ChatEvent>) -> Result<(), NotAFrame> {
        match &*delta.kind {
            // Text whose block was never announced is still text.
            "text_delta" => self.text(delta.text.ok_or(NotAFrame)?, out),
            "thinking_delta" => reasoning(delta.thinking.ok_or(NotAFrame)?, out),
            "signature_delta" => {
                let more = delta.signature.ok_or(NotAFrame)?;
                if let Some(Open::Thinking { signature }) = self.open.get_mut(&index) {
                    signature.push_str(&more);
                }
            }
            "input_json_delta" => {
                let fragment = delta.partial_json.ok_or(NotAFrame)?;
                self.input(index, fragment, out);
            }
            // Citations, compaction, and what is to come.
            _ => {}
        }
        Ok(())
    }

    fn input(&mut self, index: u64, fragment: String, out: &mut Vec<ChatEvent>) {
        match self.open.get_mut(&index) {
            _ if fragment.is_empty() => {}
            Some(Open::Call { index, input }) => {
                input.any = true;
                out.push(ChatEvent::ToolArguments { choice: 0, index: *index, fragment });
            }
            Some(Open::Answer(input)) => {
                input.any = true;
                out.push(ChatEvent::Text { choice: 0, text: fragment });
            }
            _ => {}
        }
    }

    /// Ends a block, if it is open: gives what only its end tells.
    fn close(&mut self, index: u64, out: &mut Vec<ChatEvent>) {
        match self.open.remove(&index) {
            Some(Open::Call { index, input }) if !input.any => {
                out.push(ChatEvent::ToolArguments { choice: 0, index, fragment: input.initial });
            }
            Some(Open::Answer(input)) if !input.any => {
                out.push(ChatEvent::Text { choice: 0, text: input.initial });
            }
            Some(Open::Thinking { signature }) if !signature.is_empty() => {
                let block = Reasoning {
                    origin: Some(Origin::Anthropic),
                    signature: Some(signature),
                    ..Reasoning::default()
                };
                out.push(ChatEvent::ReasoningSeal { choice: 0, block });
            }
            _ => {}
        }
    }

    fn close_all(&mut self, out: &mut Vec<ChatEvent>) {
        let mut indexes: Vec<u64> = self.open.keys().copied().collect();
        indexes.sort_unstable();
        for index in indexes {
            self.close(index, out);
        }
    }

    fn text(&mut self, text: String, out: &mut Vec<ChatEvent>) {
        if self.emulated {
            self.beside.push_str(&text);
        } else if !text.is_empty() {
            out.push(ChatEvent::Text { choice: 0, text });
        }
    }

    fn finish(&mut self, stop_reason: Option<&str>, out: &mut Vec<ChatEvent>) {
        if self.finished {
            return;
        }
        self.finished = true;
        self.close_all(out);
        if !self.answered && !self.beside.is_empty() {
            out.push(ChatEvent::Text { choice: 0, text: std::mem::take(&mut self.beside) });
        }
        let has_calls = self.calls > 0;
        match stop_reason.map(|reason| finish::finish(reason, has_calls)) {
            Some(Ok(reason)) => out.push(ChatEvent::Finish { choice: 0, reason }),
            Some(Err(failure)) => {
                self.failed = true;
                out.push(ChatEvent::Failed(failure));
            }
            None => {
                let reason = if has_calls { FinishReason::ToolCalls } else { FinishReason::Stop };
                out.push(ChatEvent::Finish { choice: 0, reason });
            }
        }
    }
}

impl Decode for Stream {
    fn frame(&mut self, frame: &Frame, out: &mut Vec<ChatEvent>) -> Result<(), NotAFrame> {
        let event: Event<'_> = serde_json::from_slice(&frame.data).map_err(|_| NotAFrame)?;
        if self.failed {
            return Ok(());
        }
        match &*event.kind {
            "message_start" => self.start(event.message.ok_or(NotAFrame)?.get(), out)?,
            "content_block_start" => {
                let block = event.content_block.ok_or(NotAFrame)?.get();
                self.open(event.index, serde_json::from_str(block).map_err(|_| NotAFrame)?, out);
            }
            "content_block_delta" => {
                let delta = event.delta.ok_or(NotAFrame)?.get();
                self.grow(event.index, serde_json::from_str(delta).map_err(|_| NotAFrame)?, out)?;
            }
            "content_block_stop" => self.close(event.index, out),
            "message_delta" => {
                let delta =
                    event.delta.map_or(Ok(MessageDelta::default()), |raw| serde_json::from_str(raw.get()));
                if let Some(reason) = delta.map_err(|_| NotAFrame)?.stop_reason {
                    self.finish(Some(&reason), out);
                }
                if let Some(counts) = event.usage
                    && !self.failed
                {
                    usage::merge(&mut self.counts, counts);
                    out.push(ChatEvent::Usage(usage::usage(&self.counts)));
                }
            }
            "message_stop" => self.finish(None, out),
            "error" => {
                self.failed = true;
                let told = serde_json::from_slice(&frame.data).unwrap_or_default();
                out.push(ChatEvent::Failed(evidence::from_stream_error(Provider::Anthropic, &told)));
            }
            // `ping`, and what is to come.
            _ => {}
        }
        Ok(())
    }

    /// Nothing is held back: `message_stop` or a stop reason tells the end, and without one the stream was cut.
    fn end(&mut self, _out: &mut Vec<ChatEvent>) {}
}

impl Input {
    fn new(initial: Option<serde_json::Value>) -> Self {
        let initial =
            initial.filter(|input| !input.is_null()).map_or_else(|| "{}".to_owned(), |i| i.to_string());
        Self { initial, any: false }
    }
}

fn reasoning(text: String, out: &mut Vec<ChatEvent>) {
    if !text.is_empty() {
        out.push(ChatEvent::Reasoning { choice: 0, text });
    }
}
