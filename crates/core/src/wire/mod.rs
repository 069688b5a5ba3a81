//! Serde mirrors of the vendors' JSON, and nothing else: no logic, no words of ours.

pub mod anthropic;
pub mod gemini;
pub mod openai;
