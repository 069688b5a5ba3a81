//! The conversation: roles that alternate and begin with the user, no blank text, every tool's result in the one user
//! message after its call and before anything else there, and thoughts only to the vendor whose they are.

use std::borrow::Cow;

use super::media;
use crate::catalog::Capabilities;
use crate::chat::{AssistantMessage, ChatRequest, Message, Origin, Part, ToolCall};
use crate::translate::{Unsupported, body};
use crate::wire::anthropic::{self, Block, ResultContent, Role};

/// Stands where the wire demands a user's words and there are none.
const NOTHING_SAID: &str = "…";
/// Asks a model that does not go on with its own words to do so in a new turn.
const GO_ON: &str = "Continue.";

type Told<'a> = (Option<String>, Vec<anthropic::Message<'a>>);

/// The top-level `system`, and the messages.
pub(super) fn messages<'a>(
    request: &'a ChatRequest,
    can: Capabilities,
    dropped: &mut Vec<String>,
) -> Result<Told<'a>, Unsupported> {
    let leading =
        request.messages.iter().take_while(|message| matches!(message, Message::System { .. })).count();
    let (first, rest) = request.messages.split_at(leading);
    let mut system = first.iter().filter_map(system_text).collect::<Vec<_>>().join("\n\n");
    let mut turns = Turns::default();
    let mut detail = false;
    let mut name = false;
    for message in rest {
        match message {
            Message::System { .. } => turns.instruct(system_text(message), can),
            Message::User { parts, name: who } => {
                name |= who.is_some();
                detail |= parts.iter().any(|part| matches!(part, Part::Image(_, Some(d)) if d != "auto"));
                turns.user(parts)?;
            }
            Message::Assistant(said) => turns.assistant(said),
            Message::Tool { call_id, parts } => turns.result(call_id, parts)?,
        }
    }
    dropped.extend([(detail, "detail"), (name, "name")].into_iter().filter(|d| d.0).map(|d| d.1.to_owned()));
    let mut turns = turns.0;
    if turns.is_empty() {
        // Instructions alone: OpenAI answers them, so they are said as the user's.
        let text = if system.is_empty() { NOTHING_SAID.to_owned() } else { std::mem::take(&mut system) };
        turns.push(anthropic::Message { role: Role::User, content: vec![Block::Text { text: text.into() }] });
    }
    if turns[0].role != Role::User {
        turns.insert(0, said_by_user(NOTHING_SAID));
    }
    if let Some(last) = turns.last_mut().filter(|turn| turn.role == Role::Assistant) {
        if can.assistant_prefill == Some(false) {
            turns.push(said_by_user(GO_ON));
        } else if let Some(Block::Text { text }) = last.content.last_mut() {
            // The API refuses words to go on with that end in white space.
            *text = Cow::Owned(text.trim_end().to_owned());
        }
    }
    Ok(((!system.is_empty()).then_some(system), turns))
}

fn said_by_user(text: &'static str) -> anthropic::Message<'static> {
    anthropic::Message { role: Role::User, content: vec![Block::Text { text: text.into() }] }
}

fn system_text(message: &Message) -> Option<String> {
    let Message::System { text } = message else { return None };
    let text = text.iter().map(String::as_str).filter(|text| !text.trim().is_empty()).collect::<Vec<_>>();
    (!text.is_empty()).then(|| text.join("\n"))
}

/// The turns so far; neighbours of one role are one turn.
#[derive(Default)]
struct Turns<'a>(Vec<anthropic::Message<'a>>);

impl<'a> Turns<'a> {
    fn turn(&mut self, role: Role) -> &mut Vec<Block<'a>> {
        if self.0.last().is_none_or(|last| last.role != role) {
            self.0.push(anthropic::Message { role, content: Vec::new() });
        }
        let last = self.0.len() - 1;
        &mut self.0[last].content
    }

    fn user(&mut self, parts: &'a [Part]) -> Result<(), Unsupported> {
        let blocks = blocks(parts)?;
        let turn = self.turn(Role::User);
        turn.extend(blocks);
        if turn.is_empty() {
            turn.push(Block::Text { text: NOTHING_SAID.into() });
        }
        Ok(())
    }

    /// Instructions between turns: in a role of their own for models that take it (after a user's turn), else as words
    /// of the user's turn that are marked as what they are.
    fn instruct(&mut self, text: Option<String>, can: Capabilities) {
        let Some(text) = text else { return };
        let after_user = self.0.last().is_some_and(|last| last.role != Role::Assistant);
        if can.mid_conversation_system == Some(true) && after_user {
            self.turn(Role::System).push(Block::Text { text: text.into() });
        } else {
            let text = format!("<system>\n{text}\n</system>");
            self.turn(Role::User).push(Block::Text { text: text.into() });
        }
    }

    fn assistant(&mut self, said: &'a AssistantMessage) {
        let mut blocks = Vec::new();
        for block in said.reasoning.iter().filter(|block| block.origin == Some(Origin::Anthropic)) {
            match (&block.redacted, &block.signature) {
                (Some(data), _) => blocks.push(Block::RedactedThinking { data }),
                (None, Some(signature)) => blocks.push(Block::Thinking { thinking: &block.text, signature }),
                (None, None) => {}
            }
        }
        let texts = said.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text),
            // The vendor takes no media in its own turns; none of them made it.
            _ => None,
        });
        for text in texts.chain(&said.refusal).filter(|text| !text.trim().is_empty()) {
            blocks.push(Block::Text { text: text.as_str().into() });
        }
        blocks.extend(said.tool_calls.iter().map(tool_use));
        if !blocks.is_empty() {
            self.turn(Role::Assistant).append(&mut blocks);
        }
    }

    fn result(&mut self, call_id: &'a str, parts: &'a [Part]) -> Result<(), Unsupported> {
        let content = match parts {
            parts if parts.iter().all(|part| matches!(part, Part::Text(_))) => {
                let texts: Vec<&str> =
                    parts.iter().filter_map(text).filter(|text| !text.trim().is_empty()).collect();
                match texts.as_slice() {
                    [] => None,
                    [one] => Some(ResultContent::Text(Cow::Borrowed(*one))),
                    several => Some(ResultContent::Text(Cow::Owned(several.join("\n")))),
                }
            }
            parts => Some(ResultContent::Blocks(blocks(parts)?)),
        };
        let turn = self.turn(Role::User);
        let place = turn.iter().take_while(|block| matches!(block, Block::ToolResult { .. })).count();
        turn.insert(place, Block::ToolResult { tool_use_id: id(call_id), content });
        Ok(())
    }
}

fn text(part: &Part) -> Option<&str> {
    match part {
        Part::Text(text) => Some(text),
        _ => None,
    }
}

fn blocks(parts: &[Part]) -> Result<Vec<Block<'_>>, Unsupported> {
    let blank = |part: &&Part| text(part).is_some_and(|text| text.trim().is_empty());
    parts.iter().filter(|part| !blank(part)).map(media::block).collect()
}

fn tool_use(call: &ToolCall) -> Block<'_> {
    Block::ToolUse { id: id(&call.id), name: &call.name, input: body::arguments_object(&call.arguments) }
}

/// The API takes letters, digits, `_` and `-` in ids; other vendors' may hold more. Call and result change alike.
fn id(id: &str) -> Cow<'_, str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if id.is_empty() {
        Cow::Borrowed("call")
    } else if id.chars().all(fits) {
        Cow::Borrowed(id)
    } else {
        Cow::Owned(id.chars().map(|c| if fits(c) { c } else { '_' }).collect())
    }
}
