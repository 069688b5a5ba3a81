//! Gemini's generateContent wire, of AI Studio and of Vertex.

mod answer;
mod ask;
mod contents;
mod error;
mod schema;
mod token;

pub(crate) use answer::{as_array, stream, whole};
pub(crate) use ask::{authorise, read};
pub(crate) use error::error;
pub(crate) use token::token;
