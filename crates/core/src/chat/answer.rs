//! A whole answer in neutral words, and how it is assembled from a stream's events.

use super::{AssistantMessage, ChatEvent, FinishReason, Part, Reasoning, ToolCall, Usage};
use crate::failure::Failure;

/// A complete answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub id: Option<String>,
    pub model: Option<String>,
    pub choices: Vec<Choice>,
    pub usage: Option<Usage>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Text is one part; it holds what the model said, in order.
    pub message: AssistantMessage,
    pub finish: Option<FinishReason>,
}

impl Answer {
    /// Takes one event in. A `Failed` event is returned, since an answer cannot hold it.
    pub fn take(&mut self, event: ChatEvent) -> Result<(), Failure> {
        match event {
            ChatEvent::Start { id, model } => {
                self.id = id.or(self.id.take());
                self.model = model.or(self.model.take());
            }
            ChatEvent::Text { choice, text } => match self.choice(choice).message.parts.last_mut() {
                Some(Part::Text(whole)) => whole.push_str(&text),
                _ => self.choice(choice).message.parts.push(Part::Text(text)),
            },
            ChatEvent::Refusal { choice, text } => {
                self.choice(choice).message.refusal.get_or_insert_default().push_str(&text);
            }
            ChatEvent::Reasoning { choice, text } => {
                let blocks = &mut self.choice(choice).message.reasoning;
                match blocks.last_mut() {
                    Some(block) if block.signature.is_none() && block.redacted.is_none() => {
                        block.text.push_str(&text)
                    }
                    _ => blocks.push(Reasoning { text, ..Reasoning::default() }),
                }
            }
            ChatEvent::ReasoningSeal { choice, block } => {
                let blocks = &mut self.choice(choice).message.reasoning;
                match blocks.last_mut() {
                    Some(open)
                        if open.signature.is_none()
                            && open.redacted.is_none()
                            && block.redacted.is_none() =>
                    {
                        open.origin = block.origin;
                        open.signature = block.signature;
                    }
                    _ => blocks.push(block),
                }
            }
            ChatEvent::ToolStart { choice, id, name, signature, .. } => {
                let call = ToolCall { id, name, arguments: String::new(), signature };
                self.choice(choice).message.tool_calls.push(call);
            }
            ChatEvent::ToolArguments { choice, index, fragment } => {
                let index = usize::try_from(index).unwrap_or(usize::MAX);
                if let Some(call) = self.choice(choice).message.tool_calls.get_mut(index) {
                    call.arguments.push_str(&fragment);
                }
            }
            ChatEvent::Signature { choice, signature } => {
                self.choice(choice).message.signature = Some(signature)
            }
            ChatEvent::Finish { choice, reason } => self.choice(choice).finish = Some(reason),
            ChatEvent::Usage(usage) => self.usage = Some(usage),
            ChatEvent::Failed(failure) => return Err(failure),
        }
        Ok(())
    }

    /// Whether nothing was said at all: no text, refusal, tool call or reasoning, and it did not stop for a reason that
    /// explains it (CONTRACT §5, `bad_response`).
    pub fn is_empty(&self) -> bool {
        self.choices.iter().all(|choice| {
            let said = &choice.message;
            let silent = said.refusal.as_deref().unwrap_or_default().is_empty()
                && said.tool_calls.is_empty()
                && said.reasoning.iter().all(|r| r.text.is_empty() && r.redacted.is_none())
                && said.parts.iter().all(|part| matches!(part, Part::Text(text) if text.is_empty()));
            silent && matches!(choice.finish, None | Some(FinishReason::Stop | FinishReason::ToolCalls))
        })
    }

    fn choice(&mut self, index: u32) -> &mut Choice {
        // Bound: no vendor gives more than 128 answers; a larger index is a broken stream and shares the last place.
        let index = usize::try_from(index).unwrap_or(usize::MAX).min(127);
        if self.choices.len() <= index {
            self.choices.resize_with(index + 1, Choice::default);
        }
        &mut self.choices[index]
    }
}
