//! What happens when a target fails.

/// placeholder
#[derive(Debug)]
pub struct Breaker {}
