//! Tokens of one answer in OpenAI's arithmetic: `prompt` includes cached, `completion` includes reasoning, the total
//! is their sum. providers.md 0.4 says how each vendor's counts become these.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    pub prompt: u64,
    /// Part of `prompt` that was read from a cache.
    pub cached: u64,
    /// Part of `prompt` that was written to a cache.
    pub cache_written: u64,
    pub completion: u64,
    /// Part of `completion`.
    pub reasoning: u64,
    /// Counted by us, because the stream broke before the provider counted.
    pub estimated: bool,
}

/// Ten times the largest window there is.
const MOST_TOKENS: u64 = 100_000_000;

impl Usage {
    pub fn total(&self) -> u64 {
        self.prompt.saturating_add(self.completion)
    }

    /// With no count beyond reason. A provider's numbers are its own, and one that is absurd would make every sum
    /// overflow that it becomes a part of.
    #[must_use]
    pub fn bounded(self) -> Self {
        let within = |tokens: u64| tokens.min(MOST_TOKENS);
        Self {
            prompt: within(self.prompt),
            cached: within(self.cached),
            cache_written: within(self.cache_written),
            completion: within(self.completion),
            reasoning: within(self.reasoning),
            estimated: self.estimated,
        }
    }
}
