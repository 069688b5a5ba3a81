//! `reasoning_effort` in the words of the model's generation: adaptive thinking with an effort, or a budget in tokens.
//! It must never cost an answer: where thinking would be refused (a forced tool, a turn whose thoughts are not at hand)
//! it stays off and is named as dropped.

use crate::catalog::ModelCard;
use crate::chat::{ChatRequest, Effort, Message, Origin};
use crate::wire::anthropic::{Choice, Thinking};

/// The least budget that the API takes.
const MIN_BUDGET: u64 = 1024;

#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) thinking: Option<Thinking>,
    pub(super) effort: Option<&'static str>,
}

pub(super) fn thinking(
    request: &ChatRequest,
    card: Option<&ModelCard>,
    max_tokens: u64,
    choice: Option<&Choice<'_>>,
    dropped: &mut Vec<String>,
) -> Told {
    let Some(effort) = request.reasoning_effort else { return Told::default() };
    let told = told(request, card, max_tokens, choice, effort);
    // A model that does not think has done all that `none` asks.
    let idle = effort == Effort::None && card.is_none_or(|card| card.can.thinking_always_on != Some(true));
    if told.thinking.is_none() && told.effort.is_none() && !idle {
        dropped.push("reasoning_effort".to_owned());
    }
    told
}

fn told(
    request: &ChatRequest,
    card: Option<&ModelCard>,
    max_tokens: u64,
    choice: Option<&Choice<'_>>,
    effort: Effort,
) -> Told {
    let Some(card) = card.filter(|card| card.reasoning || card.can.adaptive_thinking == Some(true)) else {
        return Told::default();
    };
    let always_on = card.can.thinking_always_on == Some(true);
    let forced = matches!(choice, Some(Choice::Any { .. } | Choice::Tool { .. }));
    if card.can.adaptive_thinking == Some(true) {
        return match effort {
            Effort::None if always_on => Told::default(),
            Effort::None => Told { thinking: Some(Thinking::Disabled), effort: None },
            _ => Told {
                // Not asked for beside a forced tool, as with a budget; the effort alone holds for any answer.
                thinking: (!forced).then_some(Thinking::Adaptive { display: "summarized" }),
                effort: Some(word(effort, card)),
            },
        };
    }
    let budget = match effort {
        Effort::None => return Told::default(),
        Effort::Minimal => MIN_BUDGET,
        Effort::Low => 2048,
        Effort::Medium => 8192,
        Effort::High => 16_384,
        Effort::XHigh | Effort::Max => 32_768,
    };
    // The budget is part of `max_tokens`; a fifth is kept for the answer itself.
    let budget = budget.min(max_tokens / 5 * 4);
    if budget < MIN_BUDGET || forced || turn_lacks_its_thoughts(request) {
        return Told::default();
    }
    Told { thinking: Some(Thinking::Enabled { budget_tokens: budget }), effort: None }
}

fn word(effort: Effort, card: &ModelCard) -> &'static str {
    match effort {
        Effort::None | Effort::Minimal | Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::High => "high",
        Effort::XHigh if card.can.effort_xhigh == Some(true) => "xhigh",
        Effort::XHigh => "high",
        Effort::Max if card.can.effort_max == Some(false) => "high",
        Effort::Max => "max",
    }
}

/// Whether the model is in the middle of a turn (it called tools, or its words are to be gone on with) that began
/// without thoughts of its own: with a budget, the API refuses such a turn. Another vendor may have begun it.
fn turn_lacks_its_thoughts(request: &ChatRequest) -> bool {
    let spoken = request.messages.iter().rposition(|message| matches!(message, Message::User { .. }));
    let turn = &request.messages[spoken.map_or(0, |at| at + 1)..];
    let first = turn.iter().find_map(|message| match message {
        Message::Assistant(said) => Some(said),
        _ => None,
    });
    first.is_some_and(|said| {
        !said.reasoning.iter().any(|block| {
            block.origin == Some(Origin::Anthropic) && (block.signature.is_some() || block.redacted.is_some())
        })
    })
}

impl Thinking {
    pub(super) fn thinks(self) -> bool {
        !matches!(self, Self::Disabled)
    }
}
