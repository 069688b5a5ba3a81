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

impl Usage {
    pub fn total(&self) -> u64 {
        self.prompt.saturating_add(self.completion)
    }
}
