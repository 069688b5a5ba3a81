//! Anthropic's and Gemini's wires: what is sent to them, and what is read from recorded traffic.

mod anthropic_recorded;
mod corpus;
mod gemini_recorded;
mod heard;
