//! The chunks of a stream → `ChatEvent`s. There is no end mark: the connection closes after the chunk that finishes.
//! It must never draw an id at random: where the vendor gives a call none, the same bytes give the same id.

use serde_json::{Value, json};

use super::{finish, partial, usage};
use crate::chat::{ChatEvent, FinishReason, Usage};
use crate::failure::evidence;
use crate::provider::Provider;
use crate::sse::Frame;
use crate::translate::{Decode, NotAFrame};
use crate::wire::gemini::{Candidate, Chunk, GivenCall, GivenPart, UsageMetadata};

/// Reads one streamed answer.
#[derive(Debug, Default)]
pub struct Stream {
    started: bool,
    reply_id: String,
    choices: Vec<Progress>,
    counts: UsageMetadata,
    told: Option<Usage>,
    failed: bool,
}

/// What was given of one candidate.
#[derive(Debug, Default)]
struct Progress {
    calls: u32,
    finished: bool,
    /// A call whose arguments come in pieces, and those so far.
    open: Option<(u32, Value)>,
}

impl Stream {
    pub fn new() -> Self {
        Self::default()
    }

    pub(super) fn chunk(&mut self, chunk: Chunk, out: &mut Vec<ChatEvent>) {
        if self.failed {
            return;
        }
        if let Some(error) = chunk.error {
            self.failed = true;
            let told = json!({ "error": error });
            out.push(ChatEvent::Failed(evidence::from_stream_error(Provider::Gemini, &told)));
            return;
        }
        if !self.started {
            self.started = true;
            self.reply_id = chunk.response_id.clone().unwrap_or_default();
            out.push(ChatEvent::Start { id: chunk.response_id, model: chunk.model_version });
        }
        let candidates = chunk.candidates.unwrap_or_default();
        let refused = candidates.is_empty()
            && chunk.prompt_feedback.is_some_and(|feedback| feedback.block_reason.is_some());
        for candidate in candidates {
            self.candidate(candidate, out);
        }
        if refused && !self.failed {
            self.finish(0, FinishReason::ContentFilter, out);
        }
        if let Some(counts) = chunk.usage_metadata {
            usage::merge(&mut self.counts, counts);
            let usage = usage::usage(&self.counts);
            if !self.failed && usage != self.told {
                self.told = usage;
                out.extend(usage.map(ChatEvent::Usage));
            }
        }
    }

    fn candidate(&mut self, candidate: Candidate, out: &mut Vec<ChatEvent>) {
        // Bound: no request asks for more than 8 candidates; a larger index is a broken stream and shares the last.
        let choice = candidate.index.unwrap_or(0).min(127);
        for part in candidate.content.and_then(|content| content.parts).unwrap_or_default() {
            self.part(choice, part, out);
        }
        let Some(reason) = candidate.finish_reason else { return };
        self.close(choice, out);
        let has_calls = self.progress(choice).calls > 0;
        match finish::finish(&reason, candidate.finish_message.as_deref(), has_calls) {
            Ok(reason) => self.finish(choice, reason, out),
            Err(failure) if !self.failed => {
                self.failed = true;
                out.push(ChatEvent::Failed(failure));
            }
            Err(_) => {}
        }
    }

    fn part(&mut self, choice: u32, part: GivenPart, out: &mut Vec<ChatEvent>) {
        let signature = part.thought_signature.filter(|signature| !signature.is_empty());
        if let Some(call) = part.function_call {
            self.call(choice, call, signature, out);
            return;
        }
        let Some(text) = part.text else { return };
        if !text.is_empty() {
            out.push(match part.thought {
                Some(true) => ChatEvent::Reasoning { choice, text },
                _ => ChatEvent::Text { choice, text },
            });
        }
        // It may come on an otherwise empty last part.
        out.extend(signature.map(|signature| ChatEvent::Signature { choice, signature }));
    }

    fn call(&mut self, choice: u32, call: GivenCall, signature: Option<String>, out: &mut Vec<ChatEvent>) {
        let goes_on = call.will_continue == Some(true);
        let pieces = call.partial_args.unwrap_or_default();
        match call.name.filter(|name| !name.is_empty()) {
            Some(name) => {
                self.close(choice, out);
                let args = call
                    .args
                    .filter(|args| !args.is_null())
                    .unwrap_or_else(|| Value::Object(Default::default()));
                let index = self.progress(choice).calls;
                self.progress(choice).calls += 1;
                let id = call.id.filter(|id| !id.is_empty()).unwrap_or_else(|| {
                    // A checksum, because OpenAI takes ids of at most 40 characters back; of more than the
                    // response's id, because not every front gives one.
                    let sum = crc32fast::hash(format!("{}\0{name}\0{args}", self.reply_id).as_bytes());
                    format!("call_{sum:08x}_{choice}_{index}")
                });
                out.push(ChatEvent::ToolStart { choice, index, id, name, signature });
                self.progress(choice).open = Some((index, args));
            }
            // A piece of nothing: a call without a name cannot be run.
            None if self.progress(choice).open.is_none() => return,
            None => {}
        }
        if let Some((_, args)) = &mut self.progress(choice).open {
            pieces.into_iter().for_each(|piece| partial::put(args, piece));
        }
        if !goes_on {
            self.close(choice, out);
        }
    }

    /// Gives the arguments of the open call, which are complete.
    fn close(&mut self, choice: u32, out: &mut Vec<ChatEvent>) {
        if let Some((index, args)) = self.progress(choice).open.take() {
            out.push(ChatEvent::ToolArguments { choice, index, fragment: args.to_string() });
        }
    }

    fn finish(&mut self, choice: u32, reason: FinishReason, out: &mut Vec<ChatEvent>) {
        let progress = self.progress(choice);
        if !progress.finished {
            progress.finished = true;
            out.push(ChatEvent::Finish { choice, reason });
        }
    }

    fn progress(&mut self, choice: u32) -> &mut Progress {
        let index = choice as usize;
        if self.choices.len() <= index {
            self.choices.resize_with(index + 1, Progress::default);
        }
        &mut self.choices[index]
    }
}

impl Decode for Stream {
    fn frame(&mut self, frame: &Frame, out: &mut Vec<ChatEvent>) -> Result<(), NotAFrame> {
        for chunk in chunks(&frame.data)? {
            self.chunk(chunk, out);
        }
        Ok(())
    }

    /// Nothing is held back: the last chunk tells the finish, and without one the stream was cut.
    fn end(&mut self, _out: &mut Vec<ChatEvent>) {}
}

/// One chunk, or an array of them: errors of streams come wrapped in an array of one.
pub(super) fn chunks(json: &[u8]) -> Result<Vec<Chunk>, NotAFrame> {
    let array = json.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    if array {
        serde_json::from_slice(json).map_err(|_| NotAFrame)
    } else {
        serde_json::from_slice(json).map(|chunk| vec![chunk]).map_err(|_| NotAFrame)
    }
}
