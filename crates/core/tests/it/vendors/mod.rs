//! Anthropic's and Gemini's wires: what is sent to them, and what is read from recorded traffic.

mod anthropic_outgoing;

mod anthropic_recorded;
mod gemini_outgoing;
mod gemini_recorded;
mod golden;
mod heard;
mod read;
mod recordings;
mod vocabulary;
