//! The gemini wire.
