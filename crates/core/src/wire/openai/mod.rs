//! The openai wire.
