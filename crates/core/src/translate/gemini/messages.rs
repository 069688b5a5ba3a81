//! The conversation: two roles that alternate and begin with the user, results matched to calls by the function's name
//! and in the calls' order, and signatures that go back where they came from.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Value, json};

use super::generation::Generation;
use super::media;
use crate::catalog::Capabilities;
use crate::chat::{AssistantMessage, ChatRequest, Message, Part, ToolCall};
use crate::translate::{Unsupported, body};
use crate::wire::gemini::{self, Content, FunctionCall, FunctionResponse, Role, SystemInstruction};

/// Stands where the wire demands a user's words and there are none.
const NOTHING_SAID: &str = "…";
/// Asks a model that does not go on with its own words to do so in a new turn.
const GO_ON: &str = "Continue.";
/// Base64 of `skip_thought_signature_validator`: the vendor's word for a call whose signature is not at hand, because
/// another model made it. Without one, Gemini 3 refuses the turn that is under way.
const NO_SIGNATURE: &str = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

type Told<'a> = (Option<SystemInstruction<'a>>, Vec<Content<'a>>);

pub(super) fn messages<'a>(
    request: &'a ChatRequest,
    generation: Generation,
    can: Capabilities,
    dropped: &mut Vec<String>,
) -> Result<Told<'a>, Unsupported> {
    let leading =
        request.messages.iter().take_while(|message| matches!(message, Message::System { .. })).count();
    let (first, rest) = request.messages.split_at(leading);
    let mut system: Vec<gemini::Part<'a>> = first.iter().flat_map(instructions).map(said).collect();
    let under_way =
        rest.iter().rposition(|message| matches!(message, Message::User { .. })).map_or(0, |at| at + 1);
    let mut turns = Turns::new(generation);
    let mut detail = false;
    let mut name = false;
    for (at, message) in rest.iter().enumerate() {
        match message {
            Message::System { .. } => {
                for text in instructions(message) {
                    let text = format!("<system>\n{text}\n</system>");
                    turns.turn(Role::User).push(said(text));
                }
            }
            Message::User { parts, name: who } => {
                name |= who.is_some();
                detail |= parts.iter().any(|part| matches!(part, Part::Image(_, Some(d)) if d != "auto"));
                turns.user(parts)?;
            }
            Message::Assistant(said) => turns.model(said, at >= under_way),
            Message::Tool { call_id, parts } => turns.result(call_id, parts)?,
        }
    }
    dropped.extend([(detail, "detail"), (name, "name")].into_iter().filter(|d| d.0).map(|d| d.1.to_owned()));
    turns.give_results();
    let mut turns = turns.contents;
    if turns.is_empty() {
        // Instructions alone: OpenAI answers them, so they are said as the user's.
        let parts = if system.is_empty() { vec![said(NOTHING_SAID)] } else { std::mem::take(&mut system) };
        turns.push(Content { role: Role::User, parts });
    }
    if turns[0].role != Role::User {
        turns.insert(0, Content { role: Role::User, parts: vec![said(NOTHING_SAID)] });
    }
    if can.assistant_prefill == Some(false) && turns.last().is_some_and(|turn| turn.role == Role::Model) {
        turns.push(Content { role: Role::User, parts: vec![said(GO_ON)] });
    }
    Ok(((!system.is_empty()).then_some(SystemInstruction { parts: system }), turns))
}

fn instructions(message: &Message) -> impl Iterator<Item = &str> {
    let texts = match message {
        Message::System { text } => text.as_slice(),
        _ => &[],
    };
    texts.iter().map(String::as_str).filter(|text| !text.trim().is_empty())
}

fn said<'a>(text: impl Into<Cow<'a, str>>) -> gemini::Part<'a> {
    gemini::Part { text: Some(text.into()), ..gemini::Part::default() }
}

/// The turns so far. Neighbours of one role are one turn, except that results stand alone: the vendor counts them
/// against the calls before them.
struct Turns<'a> {
    contents: Vec<Content<'a>>,
    generation: Generation,
    /// Calls by id: name, and place among the calls of their turn.
    calls: HashMap<&'a str, (&'a str, usize)>,
    /// Results that wait for the others of their turn, each with its call's place.
    results: Vec<(usize, gemini::Part<'a>)>,
    /// Media of these results, for models that take them only as the user's.
    beside: Vec<gemini::Part<'a>>,
    /// The last turn holds results, and takes nothing else.
    closed: bool,
}

impl<'a> Turns<'a> {
    fn new(generation: Generation) -> Self {
        let (contents, results, beside) = (Vec::new(), Vec::new(), Vec::new());
        Self { contents, generation, calls: HashMap::new(), results, beside, closed: false }
    }

    fn turn(&mut self, role: Role) -> &mut Vec<gemini::Part<'a>> {
        self.give_results();
        if self.closed || self.contents.last().is_none_or(|last| last.role != role) {
            self.contents.push(Content { role, parts: Vec::new() });
            self.closed = false;
        }
        let last = self.contents.len() - 1;
        &mut self.contents[last].parts
    }

    fn give_results(&mut self) {
        if self.results.is_empty() {
            return;
        }
        let mut results = std::mem::take(&mut self.results);
        results.sort_by_key(|(place, _)| *place);
        let parts = results.into_iter().map(|(_, part)| part).collect();
        self.contents.push(Content { role: Role::User, parts });
        self.closed = true;
        if !self.beside.is_empty() {
            let parts = std::mem::take(&mut self.beside);
            self.contents.push(Content { role: Role::User, parts });
            self.closed = false;
        }
    }

    fn user(&mut self, parts: &'a [Part]) -> Result<(), Unsupported> {
        let mut parts =
            parts.iter().filter(|part| !is_blank(part)).map(media::part).collect::<Result<Vec<_>, _>>()?;
        if parts.is_empty() {
            parts.push(said(NOTHING_SAID));
        }
        self.turn(Role::User).append(&mut parts);
        Ok(())
    }

    /// `under_way`: the turn is not answered yet, and its signatures are checked.
    fn model(&mut self, message: &'a AssistantMessage, under_way: bool) {
        let texts = message.parts.iter().filter_map(text).chain(message.refusal.as_deref());
        let mut parts: Vec<_> = texts.filter(|text| !text.trim().is_empty()).map(said).collect();
        if let (Some(signature), Some(last)) = (&message.signature, parts.last_mut()) {
            last.thought_signature = Some(signature.as_str().into());
        }
        for (place, call) in message.tool_calls.iter().enumerate() {
            self.calls.insert(&call.id, (&call.name, place));
            let lacks = under_way && place == 0 && self.generation == Generation::Three;
            let stand_in = lacks.then_some(Cow::Borrowed(NO_SIGNATURE));
            parts.push(gemini::Part {
                function_call: Some(FunctionCall {
                    id: own_id(&call.id),
                    name: &call.name,
                    args: body::arguments_object(&call.arguments),
                }),
                thought_signature: signature(call).or(stand_in),
                ..gemini::Part::default()
            });
        }
        if !parts.is_empty() {
            self.turn(Role::Model).append(&mut parts);
        }
    }

    fn result(&mut self, call_id: &'a str, parts: &'a [Part]) -> Result<(), Unsupported> {
        // A result of no known call is said under its id, which is all the name there is.
        let (name, place) = self.calls.get(call_id).copied().unwrap_or((call_id, usize::MAX));
        let texts: Vec<&str> = parts.iter().filter_map(text).collect();
        let mut beside = parts
            .iter()
            .filter(|part| !matches!(part, Part::Text(_)))
            .map(media::part)
            .collect::<Result<Vec<_>, _>>()?;
        let inside =
            if self.generation == Generation::Three { std::mem::take(&mut beside) } else { Vec::new() };
        let answer = FunctionResponse {
            id: own_id(call_id),
            name,
            response: object(&texts.join("\n")),
            parts: inside,
        };
        self.beside.append(&mut beside);
        let part = gemini::Part { function_response: Some(answer), ..gemini::Part::default() };
        self.results.push((place, part));
        Ok(())
    }
}

fn signature(call: &ToolCall) -> Option<Cow<'_, str>> {
    call.signature.as_deref().filter(|signature| !signature.is_empty()).map(Cow::Borrowed)
}

fn text(part: &Part) -> Option<&str> {
    match part {
        Part::Text(text) => Some(text),
        _ => None,
    }
}

fn is_blank(part: &Part) -> bool {
    text(part).is_some_and(|text| text.trim().is_empty())
}

/// Ids that Gemini gave go back; those of others (and the ones that we made) mean nothing to it, and not every front
/// takes the field. Without ids, results are matched by name and order.
fn own_id(id: &str) -> Option<&str> {
    let foreign = ["call_", "toolu_", "chatcmpl-", "fc_"];
    (!id.is_empty() && !foreign.iter().any(|prefix| id.starts_with(prefix))).then_some(id)
}

/// A result as the object that the wire wants.
fn object(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(object @ Value::Object(_)) => object,
        _ => json!({ "output": text }),
    }
}
