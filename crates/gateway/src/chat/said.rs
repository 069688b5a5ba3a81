//! What a stream has told so far, and what is made of it: whether it is complete, whether it is empty, what it used.

use maig_core::chat::{FinishReason, Usage};
use maig_core::failure::Failure;
use maig_core::translate::Signals;

/// What a stream's frames have told.
#[derive(Default)]
pub(super) struct Said {
    pub(super) content: bool,
    pub(super) chars: usize,
    /// Per choice.
    pub(super) finished: Vec<(u32, FinishReason)>,
    pub(super) usage: Option<Usage>,
    pub(super) model: Option<String>,
    /// The wire's own end mark.
    pub(super) done: bool,
    /// Frames that were no frames.
    pub(super) skipped: u64,
    /// How many answers make the stream complete.
    pub(super) expected: usize,
}

impl Said {
    /// Every choice has finished, or the provider said that it is done.
    pub(super) fn is_complete(&self) -> bool {
        self.done || self.finished.len() >= self.expected
    }

    pub(super) fn is_filtered(&self) -> bool {
        self.finished.iter().any(|(_, reason)| *reason == FinishReason::ContentFilter)
    }

    /// Nothing but silence, and no finish that explains it.
    pub(super) fn is_empty(&self) -> bool {
        !self.content
            && !self
                .finished
                .iter()
                .any(|(_, f)| matches!(f, FinishReason::Length | FinishReason::ContentFilter))
    }

    /// Takes in what a frame meant. An error is the provider's own.
    pub(super) fn heard(&mut self, signals: Signals) -> Result<(), Failure> {
        self.content |= signals.content;
        self.chars += signals.chars;
        self.done |= signals.done;
        self.usage = signals.usage.or(self.usage.take());
        self.model = signals.model.or(self.model.take());
        for (choice, reason) in signals.finished {
            if !self.finished.iter().any(|(known, _)| *known == choice) {
                self.finished.push((choice, reason));
            }
        }
        match signals.failed {
            // Every choice has had its finish: what a provider says after it takes nothing back.
            Some(failure) if !self.is_complete() => Err(failure),
            _ => Ok(()),
        }
    }
}

/// As good as any guess without the provider's tokeniser.
pub(super) fn estimate(prompt_bytes: usize, chars: usize) -> Usage {
    const PER_TOKEN: u64 = 4;
    let tokens = |length: usize| u64::try_from(length).unwrap_or(u64::MAX).div_ceil(PER_TOKEN);
    Usage { prompt: tokens(prompt_bytes), completion: tokens(chars), estimated: true, ..Usage::default() }
}
