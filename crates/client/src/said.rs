//! An answer as it comes together: the chunks of a stream, or a whole answer at once. It must never give the same piece
//! of text twice.

use http::HeaderMap;

use crate::error::Error;
use crate::message::ToolCall;
use crate::response::{FinishReason, GenerateResponse, Usage};
use crate::transport::{REQUEST_ID, text};
use crate::wire::{self, Answer, Call, Choice, Chunk, Note};

#[derive(Default)]
pub(crate) struct Said {
    text: String,
    refusal: Option<String>,
    model: Option<String>,
    finish: Option<String>,
    usage: Option<Usage>,
    calls: Vec<ToolCall>,
    served_by: Option<String>,
    attempts: u32,
    fallback: bool,
    request_id: String,
    pub reconnects: u32,
}

impl Said {
    /// What the response's head tells. A head that comes later, of the same stream, may know more.
    pub(crate) fn head(&mut self, headers: &HeaderMap) {
        if let Some(id) = text(headers, REQUEST_ID)
            && self.request_id.is_empty()
        {
            self.request_id = id;
        }
        if let Some(served_by) = text(headers, "x-maig-served-by") {
            self.served_by = Some(served_by);
        }
        if let Some(attempts) = text(headers, "x-maig-attempts").and_then(|n| n.parse().ok()) {
            self.attempts = attempts;
        }
        if let Some(fallback) = text(headers, "x-maig-fallback") {
            self.fallback = fallback == "true";
        }
    }

    /// What a comment tells in the head's place.
    pub(crate) fn note(&mut self, note: &[u8]) {
        let Ok(note) = serde_json::from_slice::<Note>(note) else { return };
        self.served_by = note.served_by.or_else(|| self.served_by.take());
        self.attempts = note.attempts.unwrap_or(self.attempts);
        self.fallback = note.fallback.unwrap_or(self.fallback);
    }

    /// One `data:`; gives its piece of text. A frame that is no JSON says nothing.
    pub(crate) fn chunk(&mut self, data: &[u8]) -> Result<Option<String>, Error> {
        let Ok(chunk) = serde_json::from_slice::<Chunk>(data) else { return Ok(None) };
        if let Some(error) = chunk.error {
            return Err(wire::event(error).with_request_id(Some(self.request_id.clone())));
        }
        self.model = chunk.model.or_else(|| self.model.take());
        self.usage = chunk.usage.map(Usage::from).or(self.usage);
        Ok(chunk.choices.and_then(first).and_then(|choice| self.choice(choice)))
    }

    /// A whole answer. `None` if it is none: JSON of something else.
    pub(crate) fn whole(&mut self, body: &[u8]) -> Option<()> {
        let answer: Answer = serde_json::from_slice(body).ok()?;
        self.model = answer.model;
        self.usage = answer.usage.map(Usage::from);
        let choice = answer.choices.and_then(first)?;
        self.choice(choice);
        Some(())
    }

    /// Whether the model has said that it is done; what may follow are counts.
    pub(crate) fn has_finished(&self) -> bool {
        self.finish.is_some()
    }

    pub(crate) fn finish(self) -> GenerateResponse {
        GenerateResponse {
            text: self.text,
            refusal: self.refusal,
            model: self.model.unwrap_or_default(),
            finish_reason: FinishReason::from_wire(self.finish.as_deref().unwrap_or("stop")),
            usage: self.usage,
            fallback: self.fallback,
            request_id: self.request_id,
            served_by: self.served_by,
            attempts: self.attempts,
            tool_calls: self.calls,
            reconnects: self.reconnects,
        }
    }

    fn choice(&mut self, choice: Choice) -> Option<String> {
        self.finish = choice.finish_reason.or_else(|| self.finish.take());
        let said = choice.delta.or(choice.message)?;
        if let Some(refusal) = said.refusal {
            self.refusal.get_or_insert_default().push_str(&refusal);
        }
        for (place, call) in said.tool_calls.into_iter().flatten().enumerate() {
            self.call(place, call);
        }
        let text = said.content.filter(|text| !text.is_empty())?;
        self.text.push_str(&text);
        Some(text)
    }

    /// A call, or a piece of the call with its index: the first has id and name, the others go on with its arguments.
    fn call(&mut self, place: usize, call: Call) {
        let index = call.index.unwrap_or(place);
        match self.calls.get_mut(index) {
            Some(known) => {
                let more = ToolCall::from(call);
                if known.id.is_empty() {
                    known.id = more.id;
                }
                if known.name.is_empty() {
                    known.name = more.name;
                }
                known.arguments.push_str(&more.arguments);
            }
            // Indices come in order; whatever else comes is the next call.
            None => self.calls.push(call.into()),
        }
    }
}

/// The first choice; this client never asks for more, and an app that does by `extra` reads the first.
fn first(choices: Vec<Choice>) -> Option<Choice> {
    choices.into_iter().find(|choice| choice.index.unwrap_or_default() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(frames: &[&str]) -> (Vec<String>, GenerateResponse) {
        let mut said = Said::default();
        let texts =
            frames.iter().filter_map(|frame| said.chunk(frame.as_bytes()).unwrap()).collect::<Vec<_>>();
        (texts, said.finish())
    }

    #[test]
    fn chunks_become_an_answer() {
        let (texts, answer) = read(&[
            r#"{"model":"gpt-4o-2024","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"Hel"}}]}"#,
            "not json",
            r#"{"choices":[{"index":1,"delta":{"content":"other"}}]}"#,
            r#"{"choices":[{"index":0,"delta":{"content":"lo"},"finish_reason":"stop"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,
                "completion_tokens_details":{"reasoning_tokens":2}}}"#,
        ]);
        assert_eq!(texts, ["Hel", "lo"]);
        assert_eq!((answer.to_string().as_str(), answer.model.as_str()), ("Hello", "gpt-4o-2024"));
        assert_eq!(answer.finish_reason, FinishReason::Stop);
        let usage = answer.usage.unwrap();
        assert_eq!((usage.total_tokens, usage.reasoning_tokens, usage.estimated), (7, 2, false));
    }

    #[test]
    fn pieces_of_tool_calls_are_joined_by_their_index() {
        let (texts, answer) = read(&[
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\""}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":1,"id":"b","function":{"name":"g","arguments":"{}"}}]}}]}"#,
            r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
        ]);
        assert_eq!(texts, Vec::<String>::new());
        assert_eq!(answer.finish_reason, FinishReason::ToolCalls);
        let calls: Vec<_> = answer.tool_calls.iter().map(|c| (&*c.id, &*c.name, &*c.arguments)).collect();
        assert_eq!(calls, [("a", "f", "{\"x\":1}"), ("b", "g", "{}")]);
    }

    #[test]
    fn an_error_event_is_typed() {
        let mut said = Said::default();
        let cut = r#"{"error":{"message":"m","type":"api_error","param":null,"code":"stream_interrupted"}}"#;
        let error = said.chunk(cut.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.status()), (crate::ErrorKind::Interrupted, None));
        let late = r#"{"error":{"message":"m","code":"all_targets_failed","status":502,"attempts":[
            {"model":"openai/gpt-4o","kind":"server_error","status":503,"ms":4}]}}"#;
        let error = said.chunk(late.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.status()), (crate::ErrorKind::Unavailable, Some(502)));
        assert_eq!(error.attempts()[0].model, "openai/gpt-4o");
    }

    #[test]
    fn what_an_early_head_could_not_say_comes_in_a_comment() {
        let mut said = Said::default();
        said.note(br#"{"served_by":"anthropic/claude-3-5-sonnet","attempts":2,"fallback":true}"#);
        let answer = said.finish();
        assert_eq!(
            (answer.served_by.as_deref(), answer.attempts, answer.fallback),
            (Some("anthropic/claude-3-5-sonnet"), 2, true)
        );
    }
}
